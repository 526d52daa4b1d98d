import type { Sql } from '#kernel'

/** Adds to the counter of the hour that `at` lies in. */
export async function addRefusals(sql: Sql, at: Date, code: string, count: number): Promise<void> {
  await sql.run({
    name: 'gate.refusal.add',
    text: `
      insert into gate.refusal_hour (hour, code, count)
      values (date_trunc('hour', $1::timestamptz, 'UTC'), $2, $3)
      on conflict (hour, code) do update set count = gate.refusal_hour.count + excluded.count`,
    values: [at, code, count],
  })
}

/** Forgets counters of hours before `before`. Returns how many. */
export async function dropRefusals(sql: Sql, before: Date): Promise<number> {
  return sql.run({
    name: 'gate.refusal.drop',
    text: 'delete from gate.refusal_hour where hour < $1',
    values: [before],
  })
}

/** Refusals by code in all hours that end after `since`, most frequent first. */
export async function refusalsSince(
  sql: Sql,
  since: Date,
): Promise<{ code: string; count: number }[]> {
  return sql.rows({
    name: 'gate.refusal.since',
    text: `
      select code, sum(count)::bigint as count from gate.refusal_hour
      where hour > $1::timestamptz - interval '1 hour' group by code order by 2 desc, 1`,
    values: [since],
  })
}
