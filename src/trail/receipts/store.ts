import type { Sql } from '#kernel'
import { hashBytes } from '../tree/merkle.ts'
import { tileWidth } from '../tree/tiles.ts'

/** What the database has of an entry: its leaf while it waits, its place once it has one. */
export interface EntryPlace {
  readonly log: string
  /** Null while it waits. */
  readonly index: number | null
  /** The leaf in the tree; while it waits, the one in the queue; null when there is none. */
  readonly leaf: Buffer | null
  readonly signedSize: number
}

/** Where an entry stands. Tree and queue are asked in one statement: between two it could move. */
export async function placeOf(sql: Sql, entryId: string): Promise<EntryPlace | undefined> {
  return sql.first({
    name: 'trail.receipt.place',
    text: `
      select s.log, s.idx as index, coalesce(l.signed_size, 0) as "signedSize",
        substring(t.hashes from (s.idx % ${tileWidth} * ${hashBytes} + 1)::int for ${hashBytes}) as leaf
      from trail.sequence s
        left join trail.log l using (log)
        left join trail.tile t on t.log = s.log and t.level = 0 and t.n = s.idx / ${tileWidth}
      where s.id = $1
      union all
      select log, null, 0, leaf from trail.pending where id = $1`,
    values: [entryId],
  })
}

/** The first place of a leaf in a tree, by looking at every one. For when nothing else knows it. */
export async function findLeaf(
  sql: Sql,
  log: string,
  leaf: Buffer,
): Promise<{ index: number; signedSize: number } | undefined> {
  const rows = await sql.rows<{ n: number; hashes: Buffer; signedSize: number }>({
    name: 'trail.receipt.leaf',
    text: `
      select n, hashes, signed_size as "signedSize"
      from trail.tile join trail.log using (log)
      where log = $1 and level = 0 and position($2::bytea in hashes) > 0 order by n`,
    values: [log, leaf],
  })
  for (const { n, hashes, signedSize } of rows) {
    for (let at = 0; at < hashes.length; at += hashBytes) {
      if (!hashes.subarray(at, at + hashBytes).equals(leaf)) continue
      return { index: n * tileWidth + at / hashBytes, signedSize }
    }
  }
  return undefined
}
