import type { Sql } from '#kernel'

/** A legal hold: nothing of the log goes while it lies on it. */
export interface Hold {
  readonly holdId: string
  /** Null: every log. */
  readonly log: string | null
  readonly laidAt: Date
  readonly laidBy: string
  /** Sealed. */
  readonly reason: Buffer
  readonly liftedAt: Date | null
  readonly liftedBy: string | null
}

export async function insertHold(
  sql: Sql,
  { holdId, log, laidAt, laidBy, reason }: Omit<Hold, 'liftedAt' | 'liftedBy'>,
): Promise<void> {
  await sql.run({
    name: 'trail.hold.insert',
    text: `insert into trail.hold (id, log, laid_at, laid_by, reason) values ($1, $2, $3, $4, $5)`,
    values: [holdId, log, laidAt, laidBy, reason],
  })
}

/** @returns false where there is none that is not lifted yet. */
export async function liftHold(sql: Sql, holdId: string, at: Date, by: string): Promise<boolean> {
  const lifted = await sql.run({
    name: 'trail.hold.lift',
    text: `update trail.hold set lifted_at = $2, lifted_by = $3 where id = $1 and lifted_at is null`,
    values: [holdId, at, by],
  })
  return lifted === 1
}

/** All that were ever laid, newest first. */
export async function listHolds(sql: Sql): Promise<Hold[]> {
  return sql.rows({
    name: 'trail.hold.list',
    text: `
      select id as "holdId", log, laid_at as "laidAt", laid_by as "laidBy", reason,
        lifted_at as "liftedAt", lifted_by as "liftedBy"
      from trail.hold order by laid_at desc, id desc`,
  })
}
