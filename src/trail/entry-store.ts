import type { Sql } from '#kernel'
import type { EntryFacts } from './entry.ts'

/** An entry about to be stored. */
export interface NewEntry extends EntryFacts {
  readonly body: Buffer
  readonly leaf: Buffer
  readonly payload: Buffer
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
        select id, log, subject, payload from draft
      )
      insert into trail.pending (id, log, leaf) select id, log, leaf from entry`,
    values: [
      entries.map((e) => e.entryId),
      entries.map((e) => e.log),
      entries.map((e) => e.at),
      entries.map((e) => e.actorKind),
      entries.map((e) => e.actorId),
      entries.map((e) => e.sessionId),
      entries.map((e) => e.credentialId),
      entries.map((e) => e.action),
      entries.map((e) => e.outcome),
      entries.map((e) => e.code),
      entries.map((e) => e.purpose),
      entries.map((e) => e.subjects),
      entries.map((e) => e.records),
      entries.map((e) => e.categories),
      entries.map((e) => e.touched),
      entries.map((e) => e.sourceKey),
      entries.map((e) => e.body),
      entries.map((e) => e.leaf),
      entries.map((e) => e.payload),
      entries.map((e) => e.grantId),
      entries.map((e) => e.statement),
      entries.map((e) => e.subject),
    ],
  })
}
