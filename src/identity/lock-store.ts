import type { Sql } from '#kernel'

export interface LockRow {
  readonly id: string
  readonly actorId: string
  /** Sealed. */
  readonly reason: Buffer
  readonly lockedBy: string
  readonly lockedAt: Date
  readonly sessions: readonly string[]
  readonly credentials: readonly string[]
}

/** Sets a lock; 0 when one stands already. */
export function insertLock(sql: Sql, l: LockRow) {
  return sql.run({
    name: 'identity.lock.insert',
    text: `insert into identity.lock (id, actor_id, reason, locked_by, locked_at, sessions, credentials)
           values ($1, $2, $3, $4, $5, $6::uuid[], $7::uuid[])
           on conflict (actor_id) where lifted_at is null do nothing`,
    values: [l.id, l.actorId, l.reason, l.lockedBy, l.lockedAt, l.sessions, l.credentials],
  })
}

/** Adds to a standing lock what a second cut found. */
export function widenLock(
  sql: Sql,
  actorId: string,
  sessions: readonly string[],
  credentials: readonly string[],
) {
  return sql.run({
    name: 'identity.lock.widen',
    text: `update identity.lock set sessions = sessions || $2::uuid[],
             credentials = credentials || $3::uuid[]
           where actor_id = $1 and lifted_at is null`,
    values: [actorId, sessions, credentials],
  })
}

export function standingLocks(
  sql: Sql,
): Promise<(LockRow & { readonly kind: 'person' | 'workload' })[]> {
  return sql.rows({
    name: 'identity.lock.list',
    text: `select l.id, l.actor_id as "actorId", a.kind, l.reason, l.locked_by as "lockedBy",
             l.locked_at as "lockedAt", l.sessions, l.credentials
           from identity.lock l join identity.actor a on a.id = l.actor_id
           where l.lifted_at is null and not a.canary order by l.id`,
  })
}

/** Lifts an actor's lock; 0 when none stands. */
export function liftLockOf(sql: Sql, actorId: string, by: string, at: Date) {
  return sql.run({
    name: 'identity.lock.lift',
    text: `update identity.lock set lifted_by = $2, lifted_at = $3
           where actor_id = $1 and lifted_at is null`,
    values: [actorId, by, at],
  })
}
