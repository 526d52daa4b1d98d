import type { Sql } from '#kernel'
import type { Tile } from './tiles.ts'

/** An entry waiting for its place. */
export interface PendingLeaf {
  readonly id: string
  readonly log: string
  readonly leaf: Buffer
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

/** Removes the oldest waiting leaves from the queue, at most `limit`, and gives them in order. */
export async function takePending(sql: Sql, limit: number): Promise<PendingLeaf[]> {
  const taken = await sql.rows<PendingLeaf>({
    name: 'trail.pending.take',
    text: `
      delete from trail.pending
      where id = any (array(select id from trail.pending order by id limit $1))
      returning id, log, leaf`,
    values: [limit],
  })
  return taken.sort((a, b) => (a.id < b.id ? -1 : 1))
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
    values: [names.map((t) => t.log), names.map((t) => t.level), names.map((t) => t.n)],
  })
}

export async function insertPlaces(sql: Sql, places: readonly Place[]): Promise<void> {
  await sql.run({
    name: 'trail.sequence.insert',
    text: `
      insert into trail.sequence (position, log, idx, id)
      select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[])`,
    values: [
      places.map((p) => p.position),
      places.map((p) => p.log),
      places.map((p) => p.index),
      places.map((p) => p.id),
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
      tiles.map((t) => t.log),
      tiles.map((t) => t.level),
      tiles.map((t) => t.n),
      tiles.map((t) => t.hashes),
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
    values: [heads.map((h) => h.log), heads.map((h) => h.size), heads.map((h) => h.root)],
  })
}

/** The head of every tree, for whoever writes down what the house looked like. */
export async function treeHeads(sql: Sql): Promise<TreeHead[]> {
  return sql.rows({
    name: 'trail.log.all',
    text: 'select log, size, root from trail.log order by log',
  })
}
