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

/**
 * Takes all attempts back from one key, and one from another. Both are held in the order of keys, as
 * {@link addAttempts} takes them: in any other, two sign-ins of one person could wait for each other.
 */
export function forgiveAttempts(
  sql: Sql,
  { all, one }: { readonly all: Buffer; readonly one: Buffer },
) {
  return sql.run({
    name: 'identity.throttle.forgive',
    text: `with held as materialized (
             select key from identity.throttle where key = any(array[$1, $2]::bytea[])
             order by key for update
           ), gone as (
             delete from identity.throttle t using held h where t.key = h.key and t.key = $1
           )
           update identity.throttle t set attempts = greatest(attempts - 1, 0)
           from held h where t.key = h.key and t.key = $2`,
    values: [all, one],
  })
}
