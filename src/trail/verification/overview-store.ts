import type { Sql } from '#kernel'
import type { TreeHead } from '../tree/store.ts'

export interface LogOverview extends TreeHead {
  readonly signedSize: number
  readonly signedAt: Date | null
}

/** Every tree, and how much of it is signed. */
export async function logOverviews(sql: Sql): Promise<LogOverview[]> {
  return sql.rows({
    name: 'trail.log.overview',
    text: `
      select log, size, root, signed_size as "signedSize", signed_at as "signedAt"
      from trail.log order by log`,
  })
}

/** How many entries wait for their place, and since when the oldest does. */
export async function backlog(sql: Sql): Promise<{ pending: number; oldest: Date | null }> {
  const row = await sql.first<{ pending: number; oldest: Date | null }>({
    name: 'trail.pending.backlog',
    text: `
      select count(*) as pending,
        (select at from trail.entry where id = (select id from trail.pending order by id limit 1))
          as oldest
      from trail.pending`,
  })
  return row!
}

/** Whether an entry of this action and code was written since. */
export async function hasEntry(
  sql: Sql,
  { action, code, since }: { action: string; code: string; since: Date },
): Promise<boolean> {
  const row = await sql.first<{ there: boolean }>({
    name: 'trail.entry.has',
    text: `
      select exists (
        select from trail.entry where action = $1 and code = $2 and at >= $3
      ) as there`,
    values: [action, code, since],
  })
  return row!.there
}
