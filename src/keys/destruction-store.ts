import type { Sql } from '#kernel'
import type { Erasure } from './erasure.ts'

/** A key of a ring that is destroyed. */
export interface Destruction {
  readonly family: string
  readonly version: number
  readonly createdAt: Date
  readonly at: Date
  /** The act that destroyed it. */
  readonly action: string
}

export async function insertDestruction(
  sql: Sql,
  ring: string,
  { family, version, createdAt, at, action }: Destruction,
): Promise<void> {
  await sql.run({
    name: 'keys.destruction.insert',
    text: `insert into keys.destruction (ring, family, version, created_at, at, action)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [ring, family, version, createdAt, at, action],
  })
}

/** Destroyed wrapping keys of a ring, oldest first. */
export function destroyedWraps(sql: Sql, ring: string): Promise<Destruction[]> {
  return sql.rows({
    name: 'keys.destruction.wraps',
    text: `select family, version, created_at as "createdAt", at, action from keys.destruction
           where ring = $1 and family = 'wrap' order by version`,
    values: [ring],
  })
}

/** What the ledger says of a subject's erasure. */
export function erasureOf(
  sql: Sql,
  controllerId: string,
  subjectId: string,
): Promise<Erasure | undefined> {
  return sql.first({
    name: 'keys.erasure.of',
    text: `select key_id as "keyId", controller_id as "controllerId", subject_id as "subjectId",
             commitment, at, reason
           from keys.erasure where controller_id = $1 and subject_id = $2`,
    values: [controllerId, subjectId],
  })
}

/** How many subjects of a controller were erased. */
export async function countErasures(sql: Sql, controllerId: string): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'keys.erasure.count',
    text: 'select count(*) as count from keys.erasure where controller_id = $1',
    values: [controllerId],
  })
  return row?.count ?? 0
}
