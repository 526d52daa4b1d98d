import type { Sql } from '#kernel'
import type { Anchor, AnchorKind, SignedHead } from './rung.ts'

const columns = `anchor_id as "anchorId", kind, name, url, key, held_by as "heldBy",
  every_minutes as "everyMinutes", added_at as "addedAt", size, signed_at as "signedAt", reached_at as "reachedAt",
  locked_at as "lockedAt", failing_since as "failingSince", failure`

export async function anchors(sql: Sql): Promise<Anchor[]> {
  return sql.rows({
    name: 'trail.anchor.all',
    text: `select ${columns} from trail.anchor order by kind, added_at, name`,
  })
}

export async function anchorsOf(sql: Sql, kind: AnchorKind): Promise<Anchor[]> {
  return sql.rows({
    name: 'trail.anchor.kind',
    text: `select ${columns} from trail.anchor where kind = $1 order by added_at, name`,
    values: [kind],
  })
}

/** Adds an anchor; undefined when one of this kind and name is there. */
export async function insertAnchor(
  sql: Sql,
  anchor: Pick<
    Anchor,
    'anchorId' | 'kind' | 'name' | 'url' | 'key' | 'heldBy' | 'everyMinutes' | 'addedAt'
  >,
): Promise<Anchor | undefined> {
  const { anchorId, kind, name, url, key, heldBy, everyMinutes, addedAt } = anchor
  return sql.first({
    name: 'trail.anchor.insert',
    text: `
      insert into trail.anchor (anchor_id, kind, name, url, key, held_by, every_minutes, added_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (kind, name) do nothing
      returning ${columns}`,
    values: [anchorId, kind, name, url, key, heldBy, everyMinutes, addedAt],
  })
}

export async function deleteAnchor(
  sql: Sql,
  kind: AnchorKind,
  anchorId: string,
): Promise<Anchor | undefined> {
  return sql.first({
    name: 'trail.anchor.delete',
    text: `delete from trail.anchor where kind = $1 and anchor_id = $2 returning ${columns}`,
    values: [kind, anchorId],
  })
}

/** Forgets copies in stores that are not set any more. */
export async function keepCopy(sql: Sql, name: string): Promise<void> {
  await sql.run({
    name: 'trail.anchor.keep',
    text: `delete from trail.anchor where kind = 'copy' and name <> $1`,
    values: [name],
  })
}

/** The anchor holds this head. Whatever failed before is over. */
export async function markReached(
  sql: Sql,
  anchorId: string,
  { size, at }: SignedHead,
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'trail.anchor.reached',
    text: `
      update trail.anchor set size = $2, signed_at = $3, reached_at = $4,
        failing_since = null, failure = null
      where anchor_id = $1`,
    values: [anchorId, size, at, now],
  })
}

/** The anchor could not be reached, or answered what it must not. The first instant stays. */
export async function markFailed(
  sql: Sql,
  anchorId: string,
  failure: string,
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'trail.anchor.failed',
    text: `
      update trail.anchor set failure = $2, failing_since = coalesce(failing_since, $3)
      where anchor_id = $1`,
    values: [anchorId, failure, now],
  })
}

export async function markLocked(sql: Sql, anchorId: string, lockedAt: Date | null): Promise<void> {
  await sql.run({
    name: 'trail.anchor.locked',
    text: 'update trail.anchor set locked_at = $2 where anchor_id = $1',
    values: [anchorId, lockedAt],
  })
}

/** The newest signed head of the root tree. */
export async function signedHead(sql: Sql): Promise<SignedHead | undefined> {
  return sql.first({
    name: 'trail.anchor.head',
    text: `select size, at from trail.checkpoint where log = 'root' order by size desc limit 1`,
  })
}

/** When the oldest root checkpoint after `size` was signed: since then an anchor of that size is behind. */
export async function behindSince(sql: Sql, size: number): Promise<Date | undefined> {
  const row = await sql.first<{ at: Date }>({
    name: 'trail.anchor.behind',
    text: `
      select at from trail.checkpoint where log = 'root' and size > $1 order by size limit 1`,
    values: [size],
  })
  return row?.at
}

/** Logs of which full tiles wait to be copied, and how many leaves the store has. */
export async function unanchored(
  sql: Sql,
  place: string,
  prefixOf: { readonly before: string },
): Promise<{ log: string; signedSize: number; leaves: number }[]> {
  return sql.rows({
    name: 'trail.anchored.waiting',
    text: `
      select log, signed_size as "signedSize", coalesce(leaves, 0) as leaves
      from trail.log left join trail.anchored on place = $1 and prefix = $2 || log
      where signed_size / 256 * 256 > coalesce(leaves, 0) order by log`,
    values: [place, prefixOf.before],
  })
}

/** How many full bundles of all logs wait to be copied to a store. */
export async function unanchoredBundles(sql: Sql, place: string): Promise<number> {
  const row = await sql.first<{ waiting: number }>({
    name: 'trail.anchored.count',
    text: `
      select greatest(0, (select coalesce(sum(signed_size / 256), 0) from trail.log)
        - (select coalesce(sum(leaves / 256), 0) from trail.anchored where place = $1))::bigint as waiting`,
    values: [place],
  })
  return row!.waiting
}

export async function saveAnchored(
  sql: Sql,
  place: string,
  prefix: string,
  leaves: number,
): Promise<void> {
  await sql.run({
    name: 'trail.anchored.save',
    text: `
      insert into trail.anchored (place, prefix, leaves) values ($1, $2, $3)
      on conflict (place, prefix) do update set leaves = excluded.leaves`,
    values: [place, prefix, leaves],
  })
}

/** The newest root checkpoint as the log alone signed it. */
export async function bareRoot(
  sql: Sql,
): Promise<{ size: number; at: Date; note: string } | undefined> {
  return sql.first({
    name: 'trail.anchor.root',
    text: `
      select size, at, note from trail.checkpoint where log = 'root' order by size desc limit 1`,
  })
}

export interface TimestampToken {
  readonly size: number
  readonly authority: string
  /** The time it proves. */
  readonly at: Date
  /** What it dates: these bytes. */
  readonly note: string
  /** The TimeStampToken, DER. */
  readonly token: Buffer
}

export async function insertTimestamp(sql: Sql, timestamp: TimestampToken): Promise<void> {
  const { size, authority, at, note, token } = timestamp
  await sql.run({
    name: 'trail.timestamp.insert',
    text: `
      insert into trail.timestamp (size, authority, at, note, token) values ($1, $2, $3, $4, $5)
      on conflict do nothing`,
    values: [size, authority, at, note, token],
  })
}

/** The newest tokens, newest first. */
export async function timestamps(sql: Sql, limit: number): Promise<TimestampToken[]> {
  return sql.rows({
    name: 'trail.timestamp.newest',
    text: `
      select size, authority, at, note, token from trail.timestamp
      order by at desc, authority limit $1`,
    values: [limit],
  })
}
