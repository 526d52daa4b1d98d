import type { Sql } from '#kernel'
import { itsEntry } from './read-store.ts'
import { parseStatement } from './statement.ts'

/** An entry of an act that was done, by what it touched. */
export interface SetEntry {
  readonly entryId: string
  /** Null while it waits for its place. */
  readonly index: number | null
  readonly position: number | null
  readonly action: string
  readonly touched: Buffer | null
  readonly statement: Buffer | null
}

/** How many entries a log has in their places. */
export async function placedIn(sql: Sql, log: string): Promise<number> {
  const row = await sql.first<{ size: number }>({
    name: 'trail.set.size',
    text: 'select coalesce(max(idx) + 1, 0) as size from trail.sequence where log = $1',
    values: [log],
  })
  return row!.size
}

/**
 * Entries of these actions in a log with an index in `[from, until)`, in order. Without `until` those to the
 * end, and after them those that wait for their place: one statement, so that none is missed in between.
 */
export function setsOf(
  sql: Sql,
  log: string,
  actions: readonly string[],
  { from, until }: { readonly from: number; readonly until?: number },
): Promise<SetEntry[]> {
  const those = `e.outcome = 'done' and e.action = any($2::text[])`
  const facts = 'e.id as "entryId", e.action, e.touched, e.statement'
  return sql.rows({
    // Unnamed: planned for the tables as they are now.
    text: `
      select s.idx as index, s.position, ${facts}
      from trail.sequence s join trail.entry e using (id)
      where s.log = $1 and s.idx >= $3 and ($4::bigint is null or s.idx < $4) and ${those}
      union all
      select null, null, ${facts} from trail.pending p join trail.entry e using (id)
      where p.log = $1 and $4::bigint is null and ${those}
      order by 1 nulls last, 3`,
    values: [log, actions, from, until ?? null],
  })
}

/** Sets of a log's entries that stand behind a position over all logs, in order. */
export function setsBehind(
  sql: Sql,
  log: string,
  position: number,
  limit: number,
): Promise<{ readonly position: number; readonly touched: Buffer | null }[]> {
  return sql.rows({
    name: 'trail.set.behind',
    text: `
      select s.position, e.touched from trail.sequence s cross join ${itsEntry}
      where s.log = $1 and s.position > $2 order by s.position limit $3`,
    values: [log, position, limit],
  })
}

/** Public statements of entries that wait for their place in these logs. */
export function waitingStatements(
  sql: Sql,
  logs: readonly string[],
): Promise<{ readonly log: string; readonly statement: Buffer }[]> {
  return sql.rows({
    name: 'trail.set.waiting-statements',
    text: `
      select p.log, e.statement from trail.pending p join trail.entry e using (id)
      where p.log = any($1::text[]) and e.statement is not null`,
    values: [logs],
  })
}

/** A stretch of positions whose entries were brought back after a restore: what they tell of is gone. */
export interface Undone {
  readonly after: number
  readonly before: number
  /** Entries that waited for their place when the backup was made: what they tell of was in it. */
  readonly but: ReadonlySet<string>
}

/** What restores took back of what the trail tells. */
export interface Restores {
  readonly undone: readonly Undone[]
  /**
   * The position of the last restore of a release that did not state how far its backup had come: which of
   * the entries before it were undone is not known. 0 where there is none.
   */
  readonly untoldBefore: number
}

export async function undoneByRestores(sql: Sql): Promise<Restores> {
  const rows = await sql.rows<{ position: number | null; statement: Buffer | null }>({
    name: 'trail.set.restores',
    text: `
      select s.position, e.statement from trail.entry e left join trail.sequence s using (id)
      where e.log = 'house' and e.action = 'continuity.restore.mark' and e.outcome = 'done'`,
  })
  const undone: Undone[] = []
  let untoldBefore = 0
  for (const { position, statement } of rows) {
    const restores = statement === null ? undefined : parseStatement(statement).restores
    const before = position ?? Infinity
    if (restores === undefined) untoldBefore = Math.max(untoldBefore, before)
    else undone.push({ after: restores.position, before, but: new Set(restores.waiting) })
  }
  return { undone, untoldBefore }
}

/** Entries that wait for their place. */
export async function waitingIds(sql: Sql): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    text: 'select id from trail.pending order by id',
  })
  return rows.map(({ id }) => id)
}
