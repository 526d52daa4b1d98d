import { byteaArray, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from '#ground'
import type { Sql } from '#kernel'
import type { EntryFacts } from './entry.ts'

/** An entry about to be stored. */
export interface NewEntry extends EntryFacts {
  readonly body: Buffer
  readonly leaf: Buffer
  /** Null only where a copy is put back whose payload was erased. */
  readonly payload: Buffer | null
  /** The ordinal of the only subject it concerns; null where there is none, or several. */
  readonly subject: number | null
}

/** Inserts entries, their payloads and their places in the integrator's queue, in one statement. */
export async function insertEntries(sql: Sql, entries: readonly NewEntry[]): Promise<void> {
  await sql.run({
    name: 'trail.entry.insert',
    text: `
      with draft as (
        select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[],
          $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[],
          $13::int[], $14::int[], $15::bytea[], $16::bytea[], $17::bytea[], $18::bytea[],
          $19::bytea[], $20::text[], $21::bytea[], $22::bigint[])
          as draft (id, log, at, actor_kind, actor_id, session_id, credential_id, action, outcome,
            code, purpose, subjects, records, categories, touched, source_key, body, leaf, payload,
            grant_id, statement, subject)
      ), entry as (
        insert into trail.entry (id, log, at, actor_kind, actor_id, session_id, credential_id,
          controller_id, action, outcome, code, purpose, subjects, records, categories, touched,
          source_key, body, leaf, grant_id, statement)
        select id, log, at, actor_kind, actor_id, session_id, credential_id,
          case when log <> 'house' then log::uuid end, action, outcome, code, purpose,
          subjects, records, categories, touched, source_key, body, leaf, grant_id, statement
        from draft
        returning id, log, leaf
      ), payload as (
        insert into trail.payload (entry_id, log, subject, sealed)
        select id, log, subject, payload from draft where payload is not null
      )
      insert into trail.pending (id, log, leaf) select id, log, leaf from entry`,
    values: [
      uuidArray(entries.map((e) => e.entryId)),
      textArray(entries.map((e) => e.log)),
      timestamptzArray(entries.map((e) => e.at)),
      textArray(entries.map((e) => e.actorKind)),
      textArray(entries.map((e) => e.actorId)),
      uuidArray(entries.map((e) => e.sessionId)),
      uuidArray(entries.map((e) => e.credentialId)),
      textArray(entries.map((e) => e.action)),
      textArray(entries.map((e) => e.outcome)),
      textArray(entries.map((e) => e.code)),
      textArray(entries.map((e) => e.purpose)),
      int4Array(entries.map((e) => e.subjects)),
      int4Array(entries.map((e) => e.records)),
      int4Array(entries.map((e) => e.categories)),
      byteaArray(entries.map((e) => e.touched)),
      byteaArray(entries.map((e) => e.sourceKey)),
      byteaArray(entries.map((e) => e.body)),
      byteaArray(entries.map((e) => e.leaf)),
      byteaArray(entries.map((e) => e.payload)),
      textArray(entries.map((e) => e.grantId)),
      byteaArray(entries.map((e) => e.statement)),
      int8Array(entries.map((e) => e.subject)),
    ],
  })
}
