import type { Sql } from '#kernel'
import { itsEntry } from '../entries/read-store.ts'

/** A log's last checkpoint of each day (UTC) up to a size, oldest first. */
export async function dailyCheckpoints(sql: Sql, log: string, upTo: number): Promise<string[]> {
  const rows = await sql.rows<{ note: string }>({
    name: 'trail.pack.daily',
    text: `
      select distinct on ((at at time zone 'UTC')::date) note from trail.checkpoint
      where log = $1 and size < $2
      order by (at at time zone 'UTC')::date, size desc`,
    values: [log, upTo],
  })
  return rows.map(({ note }) => note)
}

/** A checkpoint of a log, its leaf in the root tree, and the root checkpoint that covers it. */
export interface AnchoredCheckpoint {
  readonly note: string
  readonly rootIndex: number
  readonly rootSize: number
  /** The root checkpoint with every signature line there is. */
  readonly rootNote: string
}

/** A log's newest checkpoint, of at most `size`, that a root checkpoint of at most `rootSize` covers. */
export async function anchoredAt(
  sql: Sql,
  log: string,
  size: number,
  rootSize: number,
): Promise<AnchoredCheckpoint | undefined> {
  return sql.first({
    name: 'trail.pack.anchored',
    text: `
      select c.note, c.root_index as "rootIndex", r.size as "rootSize",
        r.note || coalesce((
          select string_agg(line, '' order by kind, name) from trail.cosignature s
          where s.log = 'root' and s.size = r.size
        ), '') as "rootNote"
      from trail.checkpoint r
      join lateral (
        select note, root_index from trail.checkpoint
        where log = $1 and size <= $2 and root_index < r.size order by size desc limit 1
      ) c on true
      where r.log = 'root' and r.size <= $3 order by r.size desc limit 1`,
    values: [log, size, rootSize],
  })
}

/** Sizes of root checkpoints, newest first: those a witness has cosigned, and those an authority has dated. */
export async function vouchedSizes(sql: Sql, limit: number): Promise<number[]> {
  const rows = await sql.rows<{ size: number }>({
    name: 'trail.pack.vouched',
    text: `
      (select distinct s.size from trail.cosignature s, trail.signer
        where s.log = 'root' and not starts_with(s.name, signer.origin_prefix || '/')
        order by s.size desc limit $1)
      union
      (select distinct size from trail.timestamp order by size desc limit $1)
      order by size desc`,
    values: [limit],
  })
  return rows.map(({ size }) => size)
}

/** RFC 3161 tokens over the root checkpoint of a size. */
export async function tokensAt(sql: Sql, size: number): Promise<Buffer[]> {
  const rows = await sql.rows<{ token: Buffer }>({
    name: 'trail.pack.tokens',
    text: 'select token from trail.timestamp where size = $1 order by at, authority',
    values: [size],
  })
  return rows.map(({ token }) => token)
}

/** What there is to open of an entry; `sealed` is null once it is erased. */
export interface ClosedEntry {
  readonly index: number
  readonly entryId: string
  readonly touched: Buffer | null
  readonly sealed: Buffer | null
}

/** Entries `[start, end)` of a log with their sealed payloads. */
export async function closedEntries(
  sql: Sql,
  log: string,
  start: number,
  end: number,
): Promise<ClosedEntry[]> {
  return sql.rows({
    name: 'trail.pack.closed',
    text: `
      select s.idx as index, s.id as "entryId", e.touched, p.sealed
      from trail.sequence s cross join ${itsEntry}
        left join trail.payload p on p.entry_id = s.id
      where s.log = $1 and s.idx >= $2 and s.idx < $3 order by s.idx`,
    values: [log, start, end],
  })
}
