import type { Sql } from '#kernel'
import type { AccessRole } from './role.ts'

/** How a grant came about: what was asked for in time ends by itself. */
export type GrantOrigin = 'standing' | 'request' | 'break-glass'

export interface NewGrant {
  readonly id: string
  readonly actorId: string
  readonly role: string
  readonly controllers: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly purposes: readonly string[] | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** Default `standing`. */
  readonly origin?: GrantOrigin
}

export interface GrantRow extends NewGrant {
  readonly kind: 'person' | 'workload'
  readonly actions: readonly string[]
  readonly lastUsedAt: Date | null
  readonly origin: GrantOrigin
  readonly privileged: boolean
}

export function insertGrant(sql: Sql, g: NewGrant) {
  return sql.run({
    name: 'identity.grant.insert',
    text: `insert into identity.grant (id, actor_id, role_name, controllers, categories, purposes,
             created_by, created_at, expires_at, origin)
           values ($1, $2, $3, $4::uuid[], $5::text[], $6::text[], $7, $8, $9, $10)`,
    values: [
      g.id,
      g.actorId,
      g.role,
      g.controllers,
      g.categories,
      g.purposes,
      g.createdBy,
      g.createdAt,
      g.expiresAt,
      g.origin ?? 'standing',
    ],
  })
}

const grants = `
  select g.id, g.actor_id as "actorId", a.kind, g.role_name as role, r.actions, g.controllers,
    g.categories, case when w.purposes is null then g.purposes
      when g.purposes is null then w.purposes
      else array(select unnest(g.purposes) intersect select unnest(w.purposes) order by 1) end as purposes,
    g.created_by as "createdBy", g.created_at as "createdAt",
    g.expires_at as "expiresAt", g.last_used_at as "lastUsedAt", g.origin, r.privileged
  from identity.grant g
  join identity.role r on r.name = g.role_name
  join identity.actor a on a.id = g.actor_id
  left join identity.workload w on w.id = g.actor_id`

/** A grant that counts for something: its role is not locked, and it shares a purpose with its workload. */
const counts = `not exists (select from identity.lock l where l.kind = 'role'
    and l.target = g.role_name and l.lifted_at is null)
  and (w.purposes is null or g.purposes is null or g.purposes && w.purposes)`

const standing = (now: string) =>
  `g.revoked_at is null and (g.expires_at is null or g.expires_at > ${now}) and not a.canary`

/** Grants in force after one id; with `unusedSince`, those nobody used since then, nor got since. */
export function grantsAfter(
  sql: Sql,
  {
    after,
    now,
    limit,
    unusedSince,
  }: { after: string; now: Date; limit: number; unusedSince: Date | null },
): Promise<GrantRow[]> {
  return sql.rows({
    name: 'identity.grant.list',
    text: `${grants} where g.id > $1 and ${standing('$2')}
             and ($4::timestamptz is null or coalesce(g.last_used_at, g.created_at) < $4)
           order by g.id limit $3`,
    values: [after, now, limit, unusedSince],
  })
}

export function grantsOf(sql: Sql, actorIds: readonly string[], now: Date): Promise<GrantRow[]> {
  return sql.rows({
    name: 'identity.grant.of',
    text: `${grants} where g.actor_id = any($1::uuid[]) and g.revoked_at is null
             and (g.expires_at is null or g.expires_at > $2) order by g.id`,
    values: [actorIds, now],
  })
}

/** As {@link grantsOf} of one actor, without those of a locked role, and within what a workload is bound to. */
export function countingGrants(sql: Sql, actorId: string, now: Date): Promise<GrantRow[]> {
  return sql.rows({
    name: 'identity.grant.counting',
    text: `${grants} where g.actor_id = $1 and g.revoked_at is null
             and (g.expires_at is null or g.expires_at > $2) and ${counts} order by g.id`,
    values: [actorId, now],
  })
}

/**
 * Who may do an action, of those who could do anything at all now. With a controller, also whose
 * grants are confined to it; without, only grants that reach the house.
 */
export function whoMay(
  sql: Sql,
  action: string,
  controllerId: string | null,
  now: Date,
): Promise<GrantRow[]> {
  return sql.rows({
    name: 'identity.grant.who',
    text: `${grants} where ${standing('$3')} and a.disabled_at is null
             and not exists (select from identity.lock l where l.actor_id = a.id and l.lifted_at is null)
             and ${counts}
             and not exists (select from identity.lock l where l.lifted_at is null
               and l.kind = 'controller' and l.target = $2::uuid::text)
             and (g.controllers is null or $2::uuid = any(g.controllers))
             and exists (select from unnest(r.actions) pattern where pattern = $1
               or (right(pattern, 1) = '*' and starts_with($1, left(pattern, -1))))
           order by g.id`,
    values: [action, controllerId, now],
  })
}

export function grantBy(sql: Sql, id: string): Promise<GrantRow | undefined> {
  return sql.first({
    name: 'identity.grant.get',
    text: `${grants} where g.id = $1 and g.revoked_at is null for update of g`,
    values: [id],
  })
}

export function setGrantRevoked(sql: Sql, id: string, at: Date, because: string) {
  return sql.run({
    name: 'identity.grant.revoke',
    text: `update identity.grant set revoked_at = $2, revoked_because = $3
           where id = $1 and revoked_at is null`,
    values: [id, at, because],
  })
}

/** Notes when grants were last used. */
export function setUsed(sql: Sql, uses: ReadonlyMap<string, Date>) {
  return sql.run({
    name: 'identity.grant.used',
    text: `update identity.grant g set last_used_at = u.at
           from unnest($1::uuid[], $2::timestamptz[]) as u(id, at)
           where g.id = u.id and (g.last_used_at is null or g.last_used_at < u.at)`,
    values: [[...uses.keys()], [...uses.values()]],
  })
}

/** How far the trail has been read for uses. */
export async function usagePosition(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'identity.usage.get',
    text: 'select position from identity.usage for update',
  })
  return row?.position ?? 0
}

export function setUsagePosition(sql: Sql, position: number) {
  return sql.run({
    name: 'identity.usage.set',
    text: 'update identity.usage set position = $1',
    values: [position],
  })
}

/**
 * Whether anyone can administer without a limit of time: an enabled person with an administrator's
 * grant that is confined by nothing.
 */
export async function administratorsExist(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ exist: boolean }>({
    name: 'identity.administrators-exist',
    text: `select exists (
             select from identity.grant g join identity.actor a on a.id = g.actor_id
             where g.role_name = 'administrator' and g.revoked_at is null and g.expires_at is null
               and g.controllers is null and g.categories is null and g.purposes is null
               and a.kind = 'person' and not a.canary and a.disabled_at is null) as exist`,
  })
  return row?.exist ?? false
}

/** Lets one transaction at a time lessen the number of administrators. */
export function holdAdministrators(sql: Sql) {
  return sql.run({
    name: 'identity.administrators-hold',
    text: `select pg_advisory_xact_lock(hashtext('identity.administrators'))`,
  })
}

const roleColumns = `name, description, actions, privileged, built_in as "builtIn",
  for_workloads as "forWorkloads"`

export function allRoles(sql: Sql): Promise<AccessRole[]> {
  return sql.rows({
    name: 'identity.role.list',
    text: `select ${roleColumns} from identity.role order by built_in desc, name`,
  })
}

export function roleBy(sql: Sql, name: string): Promise<AccessRole | undefined> {
  return sql.first({
    name: 'identity.role.get',
    text: `select ${roleColumns} from identity.role where name = $1`,
    values: [name],
  })
}

export function insertRole(sql: Sql, r: AccessRole, by: string, at: Date) {
  return sql.run({
    name: 'identity.role.insert',
    text: `insert into identity.role (name, description, actions, privileged, built_in,
             changed_by, changed_at)
           values ($1, $2, $3, $4, false, $5, $6) on conflict (name) do nothing`,
    values: [r.name, r.description, r.actions, r.privileged, by, at],
  })
}

export function updateRole(sql: Sql, r: AccessRole, by: string, at: Date) {
  return sql.run({
    name: 'identity.role.update',
    text: `update identity.role set description = $2, actions = $3, privileged = $4,
             changed_by = $5, changed_at = $6
           where name = $1 and not built_in`,
    values: [r.name, r.description, r.actions, r.privileged, by, at],
  })
}
