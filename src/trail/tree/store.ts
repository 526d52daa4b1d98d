import { byteaArray, int4Array, int8Array, textArray, uuidArray } from '#ground'
import type { Sql } from '#kernel'
import type { Tile } from './tiles.ts'

/** Leaves that have just been given their places in one log. */
export interface PlacedLeaves {
  readonly log: string
  /** What the log had before, and so the index of the first. */
  readonly size: number
  /** 32 bytes each, in order. */
  readonly leaves: Buffer
}

/** The head of one tree. */
export interface TreeHead {
  readonly log: string
  readonly size: number
  readonly root: Buffer
}

/** A tile of one tree. */
export interface LogTile extends Tile {
  readonly log: string
}

/** Where an entry stands. */
export interface Place {
  readonly position: number
  readonly log: string
  readonly index: number
  readonly id: string
}

/**
 * Takes the fence: one integrator or publisher at a time, whatever leadership says. A process that
 * hangs while it holds it is cut off soon, so that the next leader need not wait. Gives the counter.
 */
export async function lockState(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'trail.state.lock',
    text: `
      select position, set_config('idle_in_transaction_session_timeout', '5s', true)
      from trail.state for update`,
  })
  return row!.position
}

export async function savePosition(sql: Sql, position: number): Promise<void> {
  await sql.run({
    name: 'trail.state.position',
    text: 'update trail.state set position = $1',
    values: [position],
  })
}

/**
 * Takes the oldest waiting entries out of the queue, at most `limit`, and gives them their places: dense
 * after `position` over all logs, dense after its size in each log, in the order of their ids.
 * Hold the fence.
 */
export function placePending(sql: Sql, position: number, limit: number): Promise<PlacedLeaves[]> {
  return sql.rows({
    // Unnamed: it is planned for the queue as it is now. A plan kept from when the queue was short
    // holds every waiting entry against every one that is taken.
    text: `
      with oldest as materialized (
        select ctid as place from trail.pending order by id limit $2::int
      ), taken as (
        delete from trail.pending p using oldest o where p.ctid = o.place
        returning p.id, p.log, p.leaf
      ), placed as materialized (
        select t.id, t.log, t.leaf, coalesce(l.size, 0) as size,
          row_number() over (order by t.id) as n,
          row_number() over (partition by t.log order by t.id) as in_log
        from taken t left join trail.log l using (log)
      ), sequenced as (
        insert into trail.sequence (position, log, idx, id)
        select $1::bigint + n, log, size + in_log - 1, id from placed order by n
      )
      select log, size, string_agg(leaf, ''::bytea order by id) as leaves
      from placed group by log, size`,
    values: [position, limit],
  })
}

export async function headsOf(sql: Sql, logs: readonly string[]): Promise<TreeHead[]> {
  return sql.rows({
    name: 'trail.log.heads',
    text: 'select log, size, root from trail.log where log = any ($1::text[])',
    values: [logs],
  })
}

/** The tiles that exist among those named. */
export async function tilesAt(
  sql: Sql,
  names: readonly { readonly log: string; readonly level: number; readonly n: number }[],
): Promise<LogTile[]> {
  if (names.length === 0) return []
  return sql.rows({
    name: 'trail.tile.at',
    text: `
      select log, level, n, hashes
      from unnest($1::text[], $2::int[], $3::bigint[]) as wanted (log, level, n)
      join trail.tile using (log, level, n)`,
    values: [
      textArray(names.map((t) => t.log)),
      int4Array(names.map((t) => t.level)),
      int8Array(names.map((t) => t.n)),
    ],
  })
}

export async function insertPlaces(sql: Sql, places: readonly Place[]): Promise<void> {
  await sql.run({
    name: 'trail.sequence.insert',
    text: `
      insert into trail.sequence (position, log, idx, id)
      select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[])`,
    values: [
      int8Array(places.map((p) => p.position)),
      textArray(places.map((p) => p.log)),
      int8Array(places.map((p) => p.index)),
      uuidArray(places.map((p) => p.id)),
    ],
  })
}

/** Stores tiles. A tile only ever grows: what is there must be the beginning of what comes. */
export async function saveTiles(sql: Sql, tiles: readonly LogTile[]): Promise<void> {
  const saved = await sql.run({
    name: 'trail.tile.save',
    text: `
      insert into trail.tile (log, level, n, hashes)
      select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[])
      on conflict (log, level, n) do update set hashes = excluded.hashes
      where tile.hashes = substring(excluded.hashes for octet_length(tile.hashes))`,
    values: [
      textArray(tiles.map((t) => t.log)),
      int4Array(tiles.map((t) => t.level)),
      int8Array(tiles.map((t) => t.n)),
      byteaArray(tiles.map((t) => t.hashes)),
    ],
  })
  if (saved !== tiles.length) throw new Error('a stored tile is not the beginning of its new form')
}

export async function saveHeads(sql: Sql, heads: readonly TreeHead[]): Promise<void> {
  await sql.run({
    name: 'trail.log.save',
    text: `
      insert into trail.log (log, size, root)
      select * from unnest($1::text[], $2::bigint[], $3::bytea[])
      on conflict (log) do update set size = excluded.size, root = excluded.root`,
    values: [
      textArray(heads.map((h) => h.log)),
      int8Array(heads.map((h) => h.size)),
      byteaArray(heads.map((h) => h.root)),
    ],
  })
}

/** The head of every tree, for whoever writes down what the house looked like. */
export async function treeHeads(sql: Sql): Promise<TreeHead[]> {
  return sql.rows({
    name: 'trail.log.all',
    text: 'select log, size, root from trail.log order by log',
  })
}
