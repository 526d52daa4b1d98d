import type { Sql } from '#kernel'
import type { Erasure } from './erasure.ts'

export async function hasUnexported(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ any: boolean }>({
    name: 'keys.erasure.any-unexported',
    text: 'select exists (select from keys.unexported_erasure) as any',
  })
  return row?.any ?? false
}

export function unexportedErasures(sql: Sql, limit: number): Promise<Erasure[]> {
  return sql.rows({
    name: 'keys.erasure.unexported',
    text: `select e.key_id as "keyId", e.controller_id as "controllerId",
             e.subject_id as "subjectId", e.commitment, e.at, e.reason
           from keys.unexported_erasure u join keys.erasure e using (key_id)
           order by e.at, e.key_id limit $1`,
    values: [limit],
  })
}

export function forgetUnexported(sql: Sql, keyIds: readonly string[]): Promise<number> {
  return sql.run({
    name: 'keys.erasure.exported',
    text: 'delete from keys.unexported_erasure where key_id = any($1::uuid[])',
    values: [keyIds],
  })
}

/** Those of these keys whose erasure the database does not know. */
export async function unknownErasures(sql: Sql, keyIds: readonly string[]): Promise<Set<string>> {
  const rows = await sql.rows<{ id: string }>({
    text: `select id from unnest($1::uuid[]) as told (id)
           where not exists (select from keys.erasure where key_id = told.id)`,
    values: [keyIds],
  })
  return new Set(rows.map(({ id }) => id))
}

/** Erases again what a restore brought back, and completes the ledger. Returns how many keys were back. */
export async function eraseAgain(sql: Sql, erasures: readonly Erasure[]): Promise<number> {
  await sql.run({
    name: 'keys.erasure.restore',
    text: `insert into keys.erasure (key_id, controller_id, subject_id, commitment, at, reason)
           select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::timestamptz[], $6::text[])
           on conflict do nothing`,
    values: [
      erasures.map((erasure) => erasure.keyId),
      erasures.map((erasure) => erasure.controllerId),
      erasures.map((erasure) => erasure.subjectId),
      erasures.map((erasure) => erasure.commitment),
      erasures.map((erasure) => erasure.at),
      erasures.map((erasure) => erasure.reason),
    ],
  })
  return sql.run({
    name: 'keys.erasure.replay',
    text: 'delete from keys.subject_key where subject_id = any($1::uuid[])',
    values: [erasures.map((erasure) => erasure.subjectId)],
  })
}
