import type { Sql } from '#kernel'

/** How far the trail has been evaluated. */
export interface Cursor {
  readonly position: number
  /** Entries evaluated so far; equal to `position` unless some were skipped. */
  readonly evaluated: number
  /** Findings made or extended so far. */
  readonly noticed: number
  readonly entryAt: Date | null
  readonly turnedAt: Date | null
}

const columns = 'position, evaluated, noticed, entry_at as "entryAt", turned_at as "turnedAt"'

export async function readCursor(sql: Sql): Promise<Cursor> {
  const row = await sql.first<Cursor>({
    name: 'watch.cursor.read',
    text: `select ${columns} from watch.cursor`,
  })
  return row!
}

/** As {@link readCursor}, and nobody else moves it before this transaction ends. */
export async function lockCursor(sql: Sql): Promise<Cursor> {
  const row = await sql.first<Cursor>({
    name: 'watch.cursor.lock',
    text: `select ${columns} from watch.cursor for update`,
  })
  return row!
}

export async function moveCursor(
  sql: Sql,
  to: {
    readonly position: number
    readonly entries: number
    readonly noticed: number
    readonly entryAt: Date
    readonly now: Date
  },
): Promise<void> {
  await sql.run({
    name: 'watch.cursor.move',
    text: `update watch.cursor set position = $1, evaluated = evaluated + $2,
             noticed = noticed + $3, entry_at = $4, turned_at = $5`,
    values: [to.position, to.entries, to.noticed, to.entryAt, to.now],
  })
}
