import type { Sql } from '#kernel'
import type { AccountKind } from './account.ts'

/** The ids among these of which there is no entry of an act that was done. */
export async function withoutEntry(sql: Sql, entryIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'trail.account.missing',
    text: `
      select distinct seen.id from unnest($1::uuid[]) as seen (id)
        -- Each by its id: asked whether any is missing, PostgreSQL would read all there are.
        left join lateral (
          select true as done from trail.entry where id = seen.id and outcome = 'done' limit 1
        ) e on true
      where e.done is null`,
    values: [entryIds],
  })
  return rows.map(({ id }) => id)
}

export interface AccountCounts {
  readonly kind: AccountKind
  readonly seen: number
  readonly looked: number
  readonly missing: number
}

/** Adds to the counts of the hour that `at` lies in. */
export async function addAccount(sql: Sql, at: Date, counts: AccountCounts): Promise<void> {
  const { kind, seen, looked, missing } = counts
  await sql.run({
    name: 'trail.account.add',
    text: `
      insert into trail.account as a (hour, kind, seen, looked, missing)
      values (date_trunc('hour', $1::timestamptz, 'UTC'), $2, $3, $4, $5)
      on conflict (hour, kind) do update set seen = a.seen + excluded.seen,
        looked = a.looked + excluded.looked, missing = a.missing + excluded.missing`,
    values: [at, kind, seen, looked, missing],
  })
}

/** The counts of all hours that end after `since`. */
export async function accountsSince(sql: Sql, since: Date): Promise<AccountCounts[]> {
  return sql.rows({
    name: 'trail.account.since',
    text: `
      select kind, sum(seen)::bigint as seen, sum(looked)::bigint as looked,
        sum(missing)::bigint as missing
      from trail.account where hour > $1::timestamptz - interval '1 hour' group by kind order by kind`,
    values: [since],
  })
}
