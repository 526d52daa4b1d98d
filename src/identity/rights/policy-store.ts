import type { Sql } from '#kernel'
import type { Holder, PolicyTest, RoleConflict } from './rights.ts'

export interface PolicyTestRow extends PolicyTest {
  readonly createdBy: string
  readonly createdAt: Date
}

export function policyTests(sql: Sql): Promise<PolicyTestRow[]> {
  return sql.rows({
    name: 'identity.policy.list',
    text: `select id, sentence, subject_kind as "subjectKind", subject, may, action,
             only_for as "controllerId", created_by as "createdBy", created_at as "createdAt"
           from identity.policy_test order by id`,
  })
}

export function insertPolicyTest(sql: Sql, t: PolicyTestRow) {
  return sql.run({
    name: 'identity.policy.insert',
    text: `insert into identity.policy_test (id, sentence, subject_kind, subject, may, action,
             only_for, created_by, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      t.id,
      t.sentence,
      t.subjectKind,
      t.subject,
      t.may,
      t.action,
      t.controllerId,
      t.createdBy,
      t.createdAt,
    ],
  })
}

export async function deletePolicyTest(sql: Sql, id: string): Promise<string | undefined> {
  const row = await sql.first<{ sentence: string }>({
    name: 'identity.policy.delete',
    text: 'delete from identity.policy_test where id = $1 returning sentence',
    values: [id],
  })
  return row?.sentence
}

export interface RoleConflictRow extends RoleConflict {
  readonly createdBy: string
  readonly createdAt: Date
}

export function roleConflicts(sql: Sql): Promise<RoleConflictRow[]> {
  return sql.rows({
    name: 'identity.conflict.list',
    text: `select role_a as "roleA", role_b as "roleB", why, created_by as "createdBy",
             created_at as "createdAt"
           from identity.role_conflict order by 1, 2`,
  })
}

/** Keeps a conflict; 0 when it stands already. */
export function insertConflict(sql: Sql, c: RoleConflictRow) {
  return sql.run({
    name: 'identity.conflict.insert',
    text: `insert into identity.role_conflict (role_a, role_b, why, created_by, created_at)
           values ($1, $2, $3, $4, $5) on conflict do nothing`,
    values: [c.roleA, c.roleB, c.why, c.createdBy, c.createdAt],
  })
}

export function deleteConflict(sql: Sql, roleA: string, roleB: string) {
  return sql.run({
    name: 'identity.conflict.delete',
    text: 'delete from identity.role_conflict where role_a = $1 and role_b = $2',
    values: [roleA, roleB],
  })
}

/** Lets one transaction at a time change rights: what was checked together holds together. */
export function holdRights(sql: Sql) {
  return sql.run({
    name: 'identity.rights-hold',
    text: `select pg_advisory_xact_lock(hashtext('identity.rights'))`,
  })
}

const holders = `
  select a.id as "actorId", a.kind,
    coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'role', r.name, 'actions', r.actions,
      'controllers', g.controllers, 'categories', g.categories, 'purposes', g.purposes)
      order by g.id) filter (where g.id is not null), '[]') as grants
  from identity.actor a
  left join identity.grant g on g.actor_id = a.id and g.revoked_at is null
    and (g.expires_at is null or g.expires_at > $1)
  left join identity.role r on r.name = g.role_name`

/** One actor with the grants in force, with or without any. Canaries are nobody. */
export function holderOf(sql: Sql, actorId: string, now: Date): Promise<Holder | undefined> {
  return sql.first({
    name: 'identity.holder.one',
    text: `${holders} where not a.canary and a.id = $2 group by a.id`,
    values: [now, actorId],
  })
}

/** Everybody who holds a role, with all their grants in force. */
export function holdersOfRole(sql: Sql, role: string, now: Date): Promise<Holder[]> {
  return sql.rows({
    name: 'identity.holder.of-role',
    text: `${holders} where not a.canary and exists (
             select from identity.grant h where h.actor_id = a.id and h.role_name = $2
               and h.revoked_at is null and (h.expires_at is null or h.expires_at > $1))
           group by a.id order by a.id`,
    values: [now, role],
  })
}

/** Everybody who holds anything. */
export function allHolders(sql: Sql, now: Date): Promise<Holder[]> {
  return sql.rows({
    name: 'identity.holder.all',
    text: `${holders} where not a.canary and g.id is not null group by a.id order by a.id`,
    values: [now],
  })
}
