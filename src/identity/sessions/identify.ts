import { timingSafeEqual } from 'node:crypto'
import { Gather } from '#ground'
import { type Actor, anonymous, type Assurance, type Grant, type Settings, type Sql } from '#kernel'
import { addressIn } from '../network.ts'
import {
  certificateBound,
  certificateUnknown,
  credentialExpired,
  credentialRevoked,
  credentialUnknown,
  disabled,
  locked,
  outsideNetwork,
  sessionExpired,
  wrongEnvironment,
} from '../refusals.ts'
import { credentialIdIn, isOpaqueToken, tokenHash } from '../workloads/token.ts'
import { cookieIn, idleMinutes, sessionCookie } from './session.ts'

/** What a caller can prove itself with, as it came, and where it came in. */
export interface Shown {
  readonly authorization?: string | undefined
  /** The whole `Cookie` header. */
  readonly cookie?: string | undefined
  /** Where the connection comes from. Whoever is bound to networks is refused without it. */
  readonly address?: string | undefined
  /** SHA-256 of the certificate (DER) the connection was opened with; of ours, and proven by TLS. */
  readonly certificate?: Buffer | undefined
  /** What this house is; `production` unless said otherwise. */
  readonly environment?: Settings['environment'] | undefined
}

/** Says who is calling. */
export type Identify = (shown: Shown, now: Date) => Promise<Actor>

/**
 * Who is calling, by a statement that begins after the request has come and also notes the use (to
 * the minute), so `sql` must be able to write. Workloads that arrive together are looked up together.
 * A bearer credential wins over a certificate, and that over a cookie. Neither means {@link anonymous}.
 *
 * Rights, locks and ends are read with each request: a change takes effect on the next one.
 *
 * @returns a function that throws `identity.session-expired`, `identity.credential-unknown`,
 *   `identity.credential-expired`, `identity.credential-revoked` (401), `identity.locked`,
 *   `identity.disabled`, `identity.wrong-environment`, `identity.outside-network` (403). Only who
 *   shows the right secret learns more than "unknown".
 */
export function identifyWith(sql: Sql): Identify {
  const workloads = new Gather<ShownCredential, CredentialRow | undefined>(
    (shown) => credentials(sql, shown),
    mostAtOnce,
  )
  return async (shown, now) => {
    const { authorization, cookie } = shown
    if (authorization !== undefined) return workloadBy(workloads, { ...shown, authorization }, now)
    if (shown.certificate !== undefined)
      return certifiedBy(sql, { ...shown, certificate: shown.certificate }, now)
    const token = cookie === undefined ? undefined : sessionTokenIn(cookie)
    return token === undefined ? anonymous : personBy(sql, token, shown, now)
  }
}

/**
 * What somebody who was known a moment ago may now, whether or not what they showed then still stands:
 * a long answer outlives a session, and not the rights it began with.
 *
 * @returns a function that gives the same actor with the rights of this moment, and throws
 *   `identity.locked`, `identity.disabled`, `identity.outside-network` (403).
 */
export function rightsNowWith(sql: Sql) {
  return async (actor: Actor, { address }: Pick<Shown, 'address'>, now: Date): Promise<Actor> => {
    if (actor.kind !== 'person' && actor.kind !== 'workload') return actor
    const row = await sql.first<RightsRow>({
      name: 'identity.identify.rights',
      text: byActor,
      values: [actor.id, now, addressIn(address), actor.sessionId ?? null],
    })
    if (row === undefined) throw disabled()
    demandStanding(row)
    if (row.outside) throw outsideNetwork()
    const { closed, purposes } = row
    return { ...actor, closed, grants: boundTo(purposes, row.grants) }
  }
}

const mostAtOnce = 512

interface ShownCredential {
  readonly credentialId: string
  readonly hash: Buffer
  readonly address: string | null
  readonly now: Date
}

interface Standing {
  readonly actorId: string
  readonly disabled: boolean
  readonly locked: boolean
  readonly grants: readonly Grant[]
  readonly closed: readonly string[]
}

interface CredentialRow extends Standing {
  readonly credentialId: string
  readonly address: string | null
  readonly tokenHash: Buffer
  readonly name: string
  readonly expiresAt: Date
  readonly revoked: boolean
  readonly environment: Settings['environment']
  readonly outside: boolean
  readonly purposes: readonly string[] | null
  readonly boundTo: Buffer | null
}

type RightsRow = Pick<CredentialRow, keyof Standing | 'outside' | 'purposes'>

type CertificateRow = Omit<CredentialRow, 'tokenHash' | 'boundTo'>

interface SessionRow extends Standing {
  readonly sessionId: string
  readonly assurance: Assurance
  readonly alive: boolean
  readonly provenAt: Date | null
}

async function workloadBy(
  workloads: Gather<ShownCredential, CredentialRow | undefined>,
  { authorization, certificate, ...shown }: Shown & { authorization: string },
  now: Date,
): Promise<Actor> {
  const token = /^Bearer (hf_\w{1,120})$/i.exec(authorization)?.[1]
  const credentialId = token === undefined ? undefined : credentialIdIn(token)
  if (token === undefined || credentialId === undefined) throw credentialUnknown()
  const hash = tokenHash(token)
  const row = await workloads.add({ credentialId, hash, address: addressIn(shown.address), now })
  if (row === undefined || !timingSafeEqual(row.tokenHash, hash)) throw credentialUnknown()
  // A lock revokes every credential too; saying "locked" sends the reader to the right place.
  demandStanding(row)
  if (row.revoked) throw credentialRevoked(credentialId)
  if (row.expiresAt <= now) throw credentialExpired(credentialId)
  // RFC 8705 §3: a token in other hands than those it was given to opens nothing.
  if (row.boundTo !== null && certificate?.equals(row.boundTo) !== true) throw certificateBound()
  return workloadIn(row, shown)
}

/** The workload a certificate was issued to. */
async function certifiedBy(
  sql: Sql,
  { certificate, ...shown }: Shown & { certificate: Buffer },
  now: Date,
): Promise<Actor> {
  const row = await sql.first<CertificateRow>({
    name: 'identity.identify.certificate',
    text: byCertificate,
    values: [certificate, addressIn(shown.address), now],
  })
  if (row === undefined) throw certificateUnknown()
  demandStanding(row)
  if (row.revoked || row.expiresAt <= now) throw certificateUnknown()
  return workloadIn(row, shown)
}

function workloadIn(
  row: CertificateRow,
  { environment = 'production' }: Pick<Shown, 'environment'>,
): Actor {
  if (row.environment !== environment) throw wrongEnvironment(row.environment)
  if (row.outside) throw outsideNetwork()
  const { actorId: id, name: label, closed, credentialId } = row
  const grants = boundTo(row.purposes, row.grants)
  return { id, kind: 'workload', assurance: 1, grants, label, credentialId, closed }
}

/** What is kept of each credential shown, whether or not its secret is the right one. */
async function credentials(
  sql: Sql,
  shown: readonly ShownCredential[],
): Promise<(CredentialRow | undefined)[]> {
  const once = new Map(
    shown.map((one) => [`${one.hash.toString('hex')} ${placeOf(one)}`, one] as const),
  )
  const distinct = [...once.values()]
  const rows = await sql.rows<CredentialRow>({
    name: 'identity.identify.credential',
    text: byCredential,
    values: [
      distinct.map(({ credentialId }) => credentialId),
      distinct.map(({ hash }) => hash),
      distinct.map(({ address }) => address),
      // The latest: whoever came before it gains no time.
      new Date(Math.max(...shown.map(({ now }) => now.getTime()))),
    ],
  })
  const found = new Map(rows.map((row) => [placeOf(row), row]))
  return shown.map((one) => found.get(placeOf(one)))
}

const placeOf = ({ credentialId, address }: Pick<CredentialRow, 'credentialId' | 'address'>) =>
  `${credentialId} ${address}`

/** A workload bound to purposes has no grant that reaches beyond them. */
function boundTo(purposes: readonly string[] | null, grants: readonly Grant[]): readonly Grant[] {
  if (purposes === null) return grants
  return grants.flatMap((grant) => {
    const left =
      grant.purposes === null ? purposes : grant.purposes.filter((p) => purposes.includes(p))
    return left.length === 0 ? [] : [{ ...grant, purposes: left }]
  })
}

async function personBy(sql: Sql, token: string, { address }: Shown, now: Date): Promise<Actor> {
  if (!isOpaqueToken(token)) throw sessionExpired()
  const row = await sql.first<SessionRow>({
    name: 'identity.identify.session',
    text: bySession,
    values: [tokenHash(token), now, addressIn(address)],
  })
  if (row === undefined) throw sessionExpired()
  demandStanding(row)
  if (!row.alive) throw sessionExpired()
  const { actorId: id, assurance, grants, sessionId, closed, provenAt } = row
  // The name is sealed and stays so: the trail knows people by their id.
  const label = `person ${id}`
  const proven = provenAt === null ? {} : { provenAt }
  return { id, kind: 'person', assurance, grants, label, sessionId, closed, ...proven }
}

function demandStanding(row: Standing): void {
  if (row.locked) throw locked()
  if (row.disabled) throw disabled()
}

/** Whether a request shows a credential at all, be it a good one or not. */
export const showsCredential = ({ authorization, cookie }: Shown): boolean =>
  authorization !== undefined || (cookie !== undefined && sessionTokenIn(cookie) !== undefined)

const sessionTokenIn = (cookie: string) => cookieIn(cookie, sessionCookie)

/** Locks that stand on nobody in particular are few; those on actors are found by their index. */
const standing = (address: string, session: string) => `
    a.id as "actorId", a.disabled_at is not null as disabled,
    exists (select from identity.lock l where l.actor_id = a.id and l.lifted_at is null)
      or exists (select from identity.lock l where l.lifted_at is null and l.actor_id is null
        and (l.network >>= ${address}::inet or (l.kind = 'session' and l.target = ${session}))) as locked,
    held.grants,
    (select coalesce(jsonb_agg(l.target), '[]') from identity.lock l
     where l.kind = 'controller' and l.lifted_at is null and l.actor_id is null) as closed`

const heldGrants = (now: string) => `
    cross join lateral (
      select coalesce(bool_or(r.privileged), false) as privileged,
        coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'actions', r.actions,
          'controllers', g.controllers, 'categories', g.categories, 'purposes', g.purposes)
          order by g.id) filter (where g.id is not null), '[]') as grants
      from identity.grant g join identity.role r on r.name = g.role_name
      where g.actor_id = a.id and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > ${now})
        and not exists (select from identity.lock l where l.kind = 'role'
          and l.target = g.role_name and l.lifted_at is null and l.actor_id is null)
    ) held`

const byCredential = `
  with shown as materialized (
    -- Of lists behind a select PostgreSQL counts nothing, so one plan does for all: making it costs 1 ms.
    select * from unnest((select $1::uuid[]), (select $2::bytea[]), (select $3::text[]))
      s (id, hash, address)
  ), found as (
    select c.id as "credentialId", s.address, c.token_hash as "tokenHash",
      c.expires_at as "expiresAt", c.revoked_at is not null as revoked, w.name, w.environment,
      w.purposes, c.bound_to as "boundTo",
      w.networks is not null and not coalesce(s.address::inet <<= any (w.networks), false) as outside,
      ${standing('s.address', 'null')}
    from (select distinct id, address from shown) s
    join identity.credential c on c.id = s.id
    join identity.workload w on w.id = c.workload_id
    join identity.actor a on a.id = w.id ${heldGrants('$4')}
  ), due as (
    -- Skipped where somebody holds the row, to revoke it perhaps: nobody else's request waits for that.
    select c.id from identity.credential c
    join found f on f."credentialId" = c.id
    join shown s on s.id = c.id and s.address is not distinct from f.address
    where f."tokenHash" = s.hash and not f.revoked and f."expiresAt" > $4 and not f.locked
      and not f.disabled
      and (c.last_used_at is null or c.last_used_at < $4::timestamptz - interval '1 minute')
    for no key update of c skip locked
  ), used as (
    update identity.credential c set last_used_at = $4 from due where c.id = due.id
  )
  select * from found`

const byCertificate = `
  with found as (
    select c.id as "credentialId", c.expires_at as "expiresAt", c.revoked_at is not null as revoked,
      w.name, w.environment, w.purposes,
      w.networks is not null and not coalesce($2::inet <<= any (w.networks), false) as outside,
      ${standing('$2', 'null')}
    from identity.certificate c
    join identity.workload w on w.id = c.workload_id
    join identity.actor a on a.id = w.id ${heldGrants('$3')}
    where c.fingerprint = $1
  ), used as (
    update identity.certificate c set last_used_at = $3 from found f
    where c.id = f."credentialId" and not f.revoked and f."expiresAt" > $3 and not f.locked
      and not f.disabled
      and (c.last_used_at is null or c.last_used_at < $3::timestamptz - interval '1 minute')
  )
  select * from found`

const bySession = `
  with found as (
    select s.id as "sessionId", s.assurance, s.proven_at as "provenAt",
      s.ended_at is null and s.expires_at > $2 and s.last_seen_at > $2::timestamptz
        - make_interval(mins => case when held.privileged
            then ${idleMinutes.privileged} else ${idleMinutes.others} end)
        and s.started_at < $2::timestamptz + interval '5 minutes' as alive,
      ${standing('$3', 's.id::text')}
    from identity.session s
    join identity.actor a on a.id = s.person_id ${heldGrants('$2')}
    where s.token_hash = $1
  ), seen as (
    update identity.session s set last_seen_at = $2 from found f
    where s.id = f."sessionId" and f.alive and not f.locked and not f.disabled
      and s.last_seen_at < $2::timestamptz - interval '1 minute'
  )
  select * from found`

const byActor = `
  select ${standing('$3', '$4')}, w.purposes,
    w.networks is not null and not coalesce($3::inet <<= any (w.networks), false) as outside
  from identity.actor a left join identity.workload w on w.id = a.id ${heldGrants('$2')}
  where a.id = $1`
