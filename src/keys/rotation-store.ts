import type { Sql } from '#kernel'
import type { Rotation } from './rotation.ts'

const columns = `rotation_id as "rotationId", ring, family,
  to_version as "toVersion", state, finalise, pass, total, moved, cursor, until, left_over as "leftOver",
  not_before as "notBefore", started_at as "startedAt", moved_at as "movedAt", ended_at as "endedAt"`

/** Begins a rotation. Returns false while another of the same keys is under way. */
export async function insertRotation(sql: Sql, r: Rotation): Promise<boolean> {
  const inserted = await sql.run({
    name: 'keys.rotation.insert',
    text: `insert into keys.rotation (rotation_id, ring, family, to_version, state, finalise,
             total, moved, left_over, not_before, started_at, moved_at, ended_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
           on conflict do nothing`,
    values: [
      r.rotationId,
      r.ring,
      r.family,
      r.toVersion,
      r.state,
      r.finalise,
      r.total,
      r.moved,
      r.leftOver,
      r.notBefore,
      r.startedAt,
      r.movedAt,
      r.endedAt,
    ],
  })
  return inserted === 1
}

/** Whose rotations are asked for: a room moves its own rows. */
export type RingKind = 'house' | 'controllers'

/** Whether rotations of these families have something to do. */
export async function hasRotation(
  sql: Sql,
  families: readonly string[],
  of: RingKind = 'controllers',
): Promise<boolean> {
  const row = await sql.first<{ any: boolean }>({
    name: 'keys.rotation.any',
    text: `select exists (select from keys.rotation
             where state <> 'done' and family = any($1::text[]) and not_before <= now()
               and (ring = 'house') = $2) as any`,
    values: [families, of === 'house'],
  })
  return row?.any ?? false
}

/** Rotations of these families that have something to do at this instant, oldest first; of all rings by default. */
export function waitingRotations(
  sql: Sql,
  families: readonly string[],
  now: Date,
  of?: RingKind,
): Promise<Rotation[]> {
  return sql.rows({
    name: 'keys.rotation.waiting',
    text: `select ${columns} from keys.rotation
           where state <> 'done' and family = any($1::text[]) and not_before <= $2
             and ($3::boolean is null or (ring = 'house') = $3)
           order by started_at, rotation_id`,
    values: [families, now, of === undefined ? null : of === 'house'],
  })
}

/** Rotations, youngest first; of one ring, or of all. */
export function listRotations(
  sql: Sql,
  ring: string | undefined,
  limit: number,
): Promise<Rotation[]> {
  return sql.rows({
    name: 'keys.rotation.list',
    text: `select ${columns} from keys.rotation
           where $1::text is null or ring = $1
           order by started_at desc, rotation_id desc limit $2`,
    values: [ring ?? null, limit],
  })
}

/** A rotation as it stands, locked: two processes never take the same step. */
export function lockRotation(sql: Sql, rotationId: string): Promise<Rotation | undefined> {
  return sql.first({
    name: 'keys.rotation.lock',
    text: `select ${columns} from keys.rotation where rotation_id = $1 for update`,
    values: [rotationId],
  })
}

/** Notes how far it has come. */
export async function updateRotation(sql: Sql, r: Rotation): Promise<void> {
  await sql.run({
    name: 'keys.rotation.update',
    text: `update keys.rotation set state = $2, moved = $3, cursor = $4, until = $5, left_over = $6,
             not_before = $7, moved_at = $8, ended_at = $9, total = $10, pass = $11
           where rotation_id = $1`,
    values: [
      r.rotationId,
      r.state,
      r.moved,
      r.cursor,
      r.until,
      r.leftOver,
      r.notBefore,
      r.movedAt,
      r.endedAt,
      r.total,
      r.pass,
    ],
  })
}

/** Milliseconds a subject took in the last rotation of this family that went through a thousand or more. */
export async function lastDone(sql: Sql, family: string): Promise<number | undefined> {
  const row = await sql.first<{ pace: number }>({
    name: 'keys.rotation.pace',
    text: `select extract(epoch from ended_at - greatest(started_at, not_before))::float8 * 1000 / moved as pace
           from keys.rotation
           where family = $1 and state = 'done' and not finalise and moved >= 1000
             and ended_at > greatest(started_at, not_before)
           order by ended_at desc limit 1`,
    values: [family],
  })
  return row?.pace
}

/** When keys were last destroyed at once; undefined where they never were. */
export async function lastFinal(sql: Sql): Promise<Date | undefined> {
  const row = await sql.first<{ at: Date | null }>({
    name: 'keys.rotation.last-final',
    text: `select max(ended_at) as at from keys.rotation
           where finalise and state = 'done' and family <> 'root'`,
  })
  return row?.at ?? undefined
}
