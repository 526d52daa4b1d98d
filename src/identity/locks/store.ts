import type { Sql } from '#kernel'
import type { LockKind } from './lock.ts'

export interface LockRow {
  readonly id: string
  readonly kind: LockKind
  readonly target: string
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
    text: `insert into identity.lock (id, kind, target, actor_id, network, reason, locked_by, locked_at,
             sessions, credentials)
           values ($1, $2::text, $3::text, case when $2::text in ('person', 'workload') then $3::text::uuid end,
             case when $2::text = 'network' then $3::text::cidr end, $4, $5, $6, $7::uuid[], $8::uuid[])
           on conflict (kind, target) where lifted_at is null do nothing`,
    values: [l.id, l.kind, l.target, l.reason, l.lockedBy, l.lockedAt, l.sessions, l.credentials],
  })
}

/** Adds to a standing lock what a second cut found. */
export function widenLock(
  sql: Sql,
  kind: LockKind,
  target: string,
  sessions: readonly string[],
  credentials: readonly string[],
) {
  return sql.run({
    name: 'identity.lock.widen',
    text: `update identity.lock set sessions = sessions || $3::uuid[],
             credentials = credentials || $4::uuid[]
           where kind = $1 and target = $2 and lifted_at is null`,
    values: [kind, target, sessions, credentials],
  })
}

export interface CutRequest {
  readonly at: string
  readonly action: string
  readonly actorId: string
  readonly sessionId: string | null
  readonly ranMs: number
}

export interface StandingLock extends LockRow {
  /** The requests it broke off, newest first. */
  readonly requests: readonly CutRequest[]
}

export function standingLocks(sql: Sql): Promise<StandingLock[]> {
  return sql.rows({
    name: 'identity.lock.list',
    text: `select l.id, l.kind, l.target, l.reason, l.locked_by as "lockedBy",
             l.locked_at as "lockedAt", l.sessions, l.credentials,
             (select coalesce(jsonb_agg(jsonb_build_object('at',
                  to_char(c.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'action', c.action,
                  'actorId', c.actor_id, 'sessionId', c.session_id, 'ranMs', c.ran_ms)
                order by c.at desc), '[]')
              from (select * from identity.lock_cut c where c.lock_id = l.id
                    order by c.at desc limit 200) c) as requests
           from identity.lock l left join identity.actor a on a.id = l.actor_id
           where l.lifted_at is null and a.canary is not true order by l.id`,
  })
}

/** Who set the lock that stands here, if one does; held until the transaction ends. */
export async function lockerOf(
  sql: Sql,
  kind: LockKind,
  target: string,
): Promise<string | undefined> {
  const row = await sql.first<{ by: string }>({
    name: 'identity.lock.locker',
    text: `select locked_by as by from identity.lock
           where kind = $1 and target = $2 and lifted_at is null for update`,
    values: [kind, target],
  })
  return row?.by
}

/** Lifts a lock; 0 when none stands. */
export function liftLock(sql: Sql, kind: LockKind, target: string, by: string, at: Date) {
  return sql.run({
    name: 'identity.lock.lift',
    text: `update identity.lock set lifted_by = $3, lifted_at = $4
           where kind = $1 and target = $2 and lifted_at is null`,
    values: [kind, target, by, at],
  })
}

/** Whether an address lies in a locked network. */
export async function isLockedNetwork(sql: Sql, address: string | null): Promise<boolean> {
  const row = await sql.first<{ locked: boolean }>({
    name: 'identity.lock.network',
    text: `select exists (select from identity.lock where lifted_at is null and actor_id is null
             and network >>= $1::inet) as locked`,
    values: [address],
  })
  return row?.locked ?? false
}

/** A network as PostgreSQL writes it, and whether an address lies in it. */
export async function networkAs(
  sql: Sql,
  text: string,
  address: string | null,
): Promise<{ network: string; holds: boolean }> {
  const row = await sql.first<{ network: string; holds: boolean }>({
    name: 'identity.lock.network-as',
    text: `select network($1::inet)::text as network,
             coalesce($2::inet <<= network($1::inet), false) as holds`,
    values: [text, address],
  })
  return row!
}

/** Sessions that neither ended nor ran out, of everybody or of who holds a role. */
export function liveSessions(
  sql: Sql,
  role: string | null,
  now: Date,
): Promise<{ id: string; personId: string; source: Buffer }[]> {
  return sql.rows({
    name: 'identity.lock.sessions',
    text: `select s.id, s.person_id as "personId", s.source from identity.session s
           where s.ended_at is null and s.expires_at > $2 and ($1::text is null or exists (
             select from identity.grant g where g.actor_id = s.person_id and g.role_name = $1
               and g.revoked_at is null and (g.expires_at is null or g.expires_at > $2)))
           order by s.id`,
    values: [role, now],
  })
}
