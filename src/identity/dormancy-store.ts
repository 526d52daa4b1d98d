import type { Sql } from '#kernel'
import type { ActorRef } from './actor-store.ts'

/** Writes down when each account was last used, before the rows that tell are swept away. */
export function keepLastUse(sql: Sql) {
  return sql.run({
    name: 'identity.dormancy.keep',
    text: `update identity.actor a set last_used_at = u.at
           from (select person_id as id, max(last_seen_at) as at from identity.session group by 1
                 union all
                 select workload_id, max(last_used_at) from identity.credential group by 1) u
           where u.id = a.id and u.at > coalesce(a.last_used_at, '-infinity')`,
  })
}

/** Enabled accounts nobody used since `before`; those used longest ago first, so the freshest administrator stays. */
export function dormantSince(sql: Sql, before: Date): Promise<ActorRef[]> {
  return sql.rows({
    name: 'identity.dormancy.list',
    text: `select id, kind from identity.actor
           where disabled_at is null and not canary and coalesce(last_used_at, created_at) < $1
           order by coalesce(last_used_at, created_at), id`,
    values: [before],
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
