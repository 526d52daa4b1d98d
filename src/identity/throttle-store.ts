import type { Sql } from '#kernel'

export interface Tally {
  readonly since: Date
  readonly attempts: number
}

/** Adds one attempt to each key; a tally older than `from` starts anew. Keys in order, so that no two callers wait for each other. */
export function addAttempts(
  sql: Sql,
  keys: readonly Buffer[],
  now: Date,
  from: Date,
): Promise<Tally[]> {
  return sql.rows({
    name: 'identity.throttle.add',
    text: `insert into identity.throttle as t (key, since, attempts)
           select key, $2, 1 from unnest($1::bytea[]) key order by key
           on conflict (key) do update set
             attempts = case when t.since <= $3 then 1 else t.attempts + 1 end,
             since = case when t.since <= $3 then $2 else t.since end
           returning since, attempts`,
    values: [keys, now, from],
  })
}

/** Takes one attempt back from a key. */
export function forgiveAttempt(sql: Sql, key: Buffer) {
  return sql.run({
    name: 'identity.throttle.forgive',
    text: 'update identity.throttle set attempts = greatest(attempts - 1, 0) where key = $1',
    values: [key],
  })
}

/** Takes all attempts back from a key. */
export function forgetAttempts(sql: Sql, key: Buffer) {
  return sql.run({
    name: 'identity.throttle.forget',
    text: 'delete from identity.throttle where key = $1',
    values: [key],
  })
}
