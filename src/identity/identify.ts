import { timingSafeEqual } from 'node:crypto'
import { type Actor, anonymous, type Assurance, type Grant, type Sql } from '#kernel'
import {
  credentialExpired,
  credentialRevoked,
  credentialUnknown,
  disabled,
  locked,
  sessionExpired,
} from './refusals.ts'
import { idleMinutes, sessionCookie } from './session.ts'
import { credentialIdIn, isOpaqueToken, tokenHash } from './token.ts'

/** The two headers a caller can prove itself with, as they came. */
export interface Shown {
  readonly authorization?: string | undefined
  /** The whole `Cookie` header. */
  readonly cookie?: string | undefined
}

/**
 * Who is calling: one statement, which also notes the use (to the minute), so `sql` must be able
 * to write. A bearer credential wins over a cookie. Neither means {@link anonymous}.
 *
 * Rights, locks and ends are read with each request: a change takes effect on the next one.
 *
 * @throws {Refusal} `identity.session-expired`, `identity.credential-unknown`,
 *   `identity.credential-expired`, `identity.credential-revoked` (401), `identity.locked`,
 *   `identity.disabled` (403). Only who shows the right secret learns more than "unknown".
 */
export async function identify(
  sql: Sql,
  { authorization, cookie }: Shown,
  now: Date,
): Promise<Actor> {
  if (authorization !== undefined) return workloadBy(sql, authorization, now)
  const token = cookie === undefined ? undefined : sessionTokenIn(cookie)
  return token === undefined ? anonymous : personBy(sql, token, now)
}

interface Standing {
  readonly actorId: string
  readonly disabled: boolean
  readonly locked: boolean
  readonly grants: readonly Grant[]
}

interface CredentialRow extends Standing {
  readonly tokenHash: Buffer
  readonly name: string
  readonly expiresAt: Date
  readonly revoked: boolean
}

interface SessionRow extends Standing {
  readonly sessionId: string
  readonly assurance: Assurance
  readonly alive: boolean
}

async function workloadBy(sql: Sql, authorization: string, now: Date): Promise<Actor> {
  const token = /^Bearer (hf_\w{1,120})$/i.exec(authorization)?.[1]
  const credentialId = token === undefined ? undefined : credentialIdIn(token)
  if (token === undefined || credentialId === undefined) throw credentialUnknown()
  const shown = tokenHash(token)
  const row = await sql.first<CredentialRow>({
    name: 'identity.identify.credential',
    text: byCredential,
    values: [credentialId, shown, now],
  })
  if (row === undefined || !timingSafeEqual(row.tokenHash, shown)) throw credentialUnknown()
  // A lock revokes every credential too; saying "locked" sends the reader to the right place.
  demandStanding(row)
  if (row.revoked) throw credentialRevoked(credentialId)
  if (row.expiresAt <= now) throw credentialExpired(credentialId)
  const { actorId: id, grants, name: label } = row
  return { id, kind: 'workload', assurance: 1, grants, label, credentialId }
}

async function personBy(sql: Sql, token: string, now: Date): Promise<Actor> {
  if (!isOpaqueToken(token)) throw sessionExpired()
  const row = await sql.first<SessionRow>({
    name: 'identity.identify.session',
    text: bySession,
    values: [tokenHash(token), now],
  })
  if (row === undefined) throw sessionExpired()
  demandStanding(row)
  if (!row.alive) throw sessionExpired()
  const { actorId: id, assurance, grants, sessionId } = row
  // The name is sealed and stays so: the trail knows people by their id.
  return { id, kind: 'person', assurance, grants, label: `person ${id}`, sessionId }
}

function demandStanding(row: Standing): void {
  if (row.locked) throw locked()
  if (row.disabled) throw disabled()
}

/** Whether a request shows a credential at all, be it a good one or not. */
export const showsCredential = ({ authorization, cookie }: Shown): boolean =>
  authorization !== undefined || (cookie !== undefined && sessionTokenIn(cookie) !== undefined)

function sessionTokenIn(cookie: string): string | undefined {
  const prefix = `__Host-${sessionCookie}=`
  const pair = cookie.split(/;\s*/).find((candidate) => candidate.startsWith(prefix))
  return pair?.slice(prefix.length)
}

const standing = `
    a.id as "actorId", a.disabled_at is not null as disabled,
    exists (select from identity.lock l where l.actor_id = a.id and l.lifted_at is null) as locked,
    held.grants`

const heldGrants = (now: string) => `
    cross join lateral (
      select coalesce(bool_or(r.privileged), false) as privileged,
        coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'actions', r.actions,
          'controllers', g.controllers, 'categories', g.categories, 'purposes', g.purposes)
          order by g.id) filter (where g.id is not null), '[]') as grants
      from identity.grant g join identity.role r on r.name = g.role_name
      where g.actor_id = a.id and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > ${now})
    ) held`

const byCredential = `
  with found as (
    select c.id, c.token_hash as "tokenHash", c.expires_at as "expiresAt",
      c.revoked_at is not null as revoked, w.name, ${standing}
    from identity.credential c
    join identity.workload w on w.id = c.workload_id
    join identity.actor a on a.id = w.id ${heldGrants('$3')}
    where c.id = $1
  ), used as (
    update identity.credential c set last_used_at = $3 from found f
    where c.id = f.id and f."tokenHash" = $2 and not f.revoked and f."expiresAt" > $3
      and not f.locked and not f.disabled
      and (c.last_used_at is null or c.last_used_at < $3::timestamptz - interval '1 minute')
  )
  select * from found`

const bySession = `
  with found as (
    select s.id as "sessionId", s.assurance,
      s.ended_at is null and s.expires_at > $2 and s.last_seen_at > $2::timestamptz
        - make_interval(mins => case when held.privileged
            then ${idleMinutes.privileged} else ${idleMinutes.others} end) as alive,
      ${standing}
    from identity.session s
    join identity.actor a on a.id = s.person_id ${heldGrants('$2')}
    where s.token_hash = $1
  ), seen as (
    update identity.session s set last_seen_at = $2 from found f
    where s.id = f."sessionId" and f.alive and not f.locked and not f.disabled
      and s.last_seen_at < $2::timestamptz - interval '1 minute'
  )
  select * from found`
