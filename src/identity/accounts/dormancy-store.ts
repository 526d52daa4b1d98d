import type { Sql } from '#kernel'
import type { ActorRef } from './actor-store.ts'

/** Writes down when each account was last used, before the rows that tell are swept away. */
export function keepLastUse(sql: Sql) {
  return sql.run({
    name: 'identity.dormancy.keep',
    text: `update identity.actor a set last_used_at = u.at
           from (select person_id as id, max(last_seen_at) as at from identity.session group by 1
                 union all
                 select workload_id, max(last_used_at) from identity.credential group by 1
                 union all
                 select workload_id, max(last_used_at) from identity.certificate group by 1) u
           where u.id = a.id and u.at > coalesce(a.last_used_at, '-infinity')`,
  })
}

export interface Sleeper extends ActorRef {
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  /** Since it was last used. */
  readonly warnedAt: Date | null
  /** It may open the glass, and is looked at instead of disabled. */
  readonly exempt: boolean
  /** A workload's; persons' names are sealed. */
  readonly name: string | null
}

/** Enabled accounts nobody used since `before`; those used longest ago first, so the freshest administrator stays. */
export function dormantSince(sql: Sql, before: Date): Promise<Sleeper[]> {
  return sql.rows({
    name: 'identity.dormancy.list',
    text: `select u.*, exists (select from identity.break_glass b where b.person_id = u.id) as exempt,
             (select w.name from identity.workload w where w.id = u.id) as name
           from (
             select a.id, a.kind, a.created_at as "createdAt", l.at as "lastUsedAt",
               case when a.warned_at > coalesce(l.at, a.created_at) then a.warned_at end as "warnedAt"
             from identity.actor a cross join lateral (
               select greatest(a.last_used_at,
                 (select max(s.last_seen_at) from identity.session s where s.person_id = a.id),
                 (select max(c.last_used_at) from identity.credential c where c.workload_id = a.id),
                 (select max(c.last_used_at) from identity.certificate c where c.workload_id = a.id)) as at
             ) l
             where a.disabled_at is null and not a.canary and coalesce(l.at, a.created_at) < $1
           ) u order by coalesce(u."lastUsedAt", u."createdAt"), u.id`,
    values: [before],
  })
}

export function setWarned(sql: Sql, ids: readonly string[], at: Date) {
  return sql.run({
    name: 'identity.dormancy.warned',
    text: 'update identity.actor set warned_at = $2 where id = any($1::uuid[])',
    values: [ids, at],
  })
}

/** Removes what no longer counts: answered challenges, old tallies, sessions and links ended long ago. */
export async function sweepBefore(sql: Sql, now: Date, before: Date): Promise<void> {
  await sql.run({
    name: 'identity.sweep.challenge',
    text: 'delete from identity.challenge where expires_at < $1',
    values: [now],
  })
  await sql.run({
    name: 'identity.sweep.token',
    text: `delete from identity.credential
           where kind = 'token' and expires_at < $1::timestamptz - interval '1 day'`,
    values: [now],
  })
  await sql.run({
    name: 'identity.sweep.throttle',
    text: `delete from identity.throttle where since < $1::timestamptz - interval '1 day'`,
    values: [now],
  })
  await sql.run({
    name: 'identity.sweep.session',
    text: 'delete from identity.session where least(ended_at, expires_at) < $1',
    values: [before],
  })
  await sql.run({
    name: 'identity.sweep.enrolment',
    text: 'delete from identity.enrolment where expires_at < $1',
    values: [before],
  })
}
