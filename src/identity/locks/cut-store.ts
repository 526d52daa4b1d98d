import type { Sql } from '#kernel'
import { addressIn } from '../network.ts'
import type { Passage } from './under-way.ts'

/** A passage that may not go on, by its place in the list, and the lock that says so, if one does. */
export interface Fallen {
  readonly n: number
  readonly lockId: string | null
}

/**
 * Which requests under way have lost what they came in by: their actor, session, network, role or
 * controller is locked, their account disabled, their session or credential ended by somebody else.
 */
export function fallenAmong(sql: Sql, passages: readonly Passage[]): Promise<Fallen[]> {
  return sql.rows({
    name: 'identity.cut.fallen',
    text: `select u.n::int, l.id as "lockId"
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::inet[], $5::uuid[])
             with ordinality as u(actor, session, credential, address, controller, n)
           left join lateral (
             select l.id from identity.lock l where l.lifted_at is null and (
               l.actor_id = u.actor or l.network >>= u.address
               or (l.kind = 'session' and l.target = u.session::text)
               or (l.kind = 'controller' and l.target = u.controller::text)
               or (l.kind = 'role' and exists (select from identity.grant g
                 where g.actor_id = u.actor and g.role_name = l.target and g.revoked_at is null
                   and (g.expires_at is null or g.expires_at > l.locked_at))))
             order by l.id limit 1
           ) l on true
           where l.id is not null
             or exists (select from identity.actor a where a.id = u.actor and a.disabled_at is not null)
             or exists (select from identity.session s where s.id = u.session
                  and s.ended_because not in ('left', 'signed in anew'))
             or exists (select from identity.credential c where c.id = u.credential
                  and c.revoked_at is not null)
             or exists (select from identity.certificate c where c.id = u.credential
                  and c.revoked_at is not null)`,
    values: [
      passages.map(({ actor }) => actor.id),
      passages.map(({ actor }) => actor.sessionId ?? null),
      passages.map(({ actor }) => actor.credentialId ?? null),
      passages.map(({ address }) => addressIn(address)),
      passages.map(({ scope }) => (scope === 'house' ? null : scope.controllerId)),
    ],
  })
}

export interface LockCut {
  readonly lockId: string
  readonly at: Date
  readonly action: string
  readonly actorId: string
  readonly sessionId: string | null
  readonly ranMs: number
}

export function insertCuts(sql: Sql, cuts: readonly LockCut[]) {
  return sql.run({
    name: 'identity.cut.insert',
    text: `insert into identity.lock_cut (lock_id, at, action, actor_id, session_id, ran_ms)
           select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[], $6::int[])`,
    values: [
      cuts.map(({ lockId }) => lockId),
      cuts.map(({ at }) => at),
      cuts.map(({ action }) => action),
      cuts.map(({ actorId }) => actorId),
      cuts.map(({ sessionId }) => sessionId),
      cuts.map(({ ranMs }) => ranMs),
    ],
  })
}
