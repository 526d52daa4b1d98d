import type { Sql } from '#kernel'

/** One grant in force, with what it was used for as far as the trail has been read. */
export interface MeasuredGrant {
  readonly id: string
  readonly actorId: string
  readonly kind: 'person' | 'workload'
  readonly role: string
  readonly actions: readonly string[]
  readonly privileged: boolean
  readonly origin: 'standing' | 'request' | 'break-glass'
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly used: readonly string[]
}

/** Every grant in force, with the actions it was used for. */
export function measuredGrants(sql: Sql, now: Date): Promise<MeasuredGrant[]> {
  return sql.rows({
    name: 'identity.privilege.measured',
    text: `select g.id, g.actor_id as "actorId", a.kind, g.role_name as role, r.actions, r.privileged,
             g.origin, g.created_at as "createdAt", g.expires_at as "expiresAt",
             g.last_used_at as "lastUsedAt",
             array(select u.action from identity.grant_use u where u.grant_id = g.id order by 1) as used
           from identity.grant g join identity.role r on r.name = g.role_name
           join identity.actor a on a.id = g.actor_id
           where not a.canary and g.revoked_at is null and (g.expires_at is null or g.expires_at > $1)
           order by g.id`,
    values: [now],
  })
}

/** One use of a grant for an action, several times counted together. */
export interface GrantUse {
  readonly grantId: string
  readonly action: string
  readonly uses: number
  readonly at: Date
}

/** Counts uses; of grants that went with a canary nothing is kept. */
export function addUses(sql: Sql, uses: readonly GrantUse[]) {
  return sql.run({
    name: 'identity.privilege.add-uses',
    text: `insert into identity.grant_use as u (grant_id, action, uses, last_used_at)
           select n.* from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[])
             as n(grant_id, action, uses, at) join identity.grant g on g.id = n.grant_id
           on conflict (grant_id, action) do update
             set uses = u.uses + excluded.uses,
                 last_used_at = greatest(u.last_used_at, excluded.last_used_at)`,
    values: [
      uses.map(({ grantId }) => grantId),
      uses.map(({ action }) => action),
      uses.map(({ uses: n }) => n),
      uses.map(({ at }) => at),
    ],
  })
}
