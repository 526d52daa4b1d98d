import type { Sql } from '#kernel'
import type { Day } from './day.ts'

/** Version of the PostgreSQL that holds our data: `18.4`. */
export async function databaseVersion(sql: Sql): Promise<string> {
  const row = await sql.first<{ number: number }>({
    name: 'governance.database-version',
    text: `select current_setting('server_version_num')::int as number`,
  })
  const number = row?.number ?? 0
  return `${Math.floor(number / 10_000)}.${number % 10_000}`
}

export interface Coverage {
  readonly all: number
  readonly covered: number
}

const binding = `c.ended_at is null and c.signed_on <= $1
  and (c.expires_on is null or c.expires_on >= $1)`

/** Vendors at work, and how many of them are bound by a contract that passes our duties on. */
export async function vendorCoverage(sql: Sql, today: Day): Promise<Coverage> {
  return coverage(sql, {
    name: 'governance.contract.vendors',
    text: `select count(*) as all, count(*) filter (where exists (
             select from governance.contract c
             where c.vendor_id = v.id and c.kind = 'dpa' and c.flow_down and ${binding})) as covered
           from governance.vendor v where v.state = 'active'`,
    values: [today],
  })
}

/** How many of these controllers have a data-protection contract with us that binds today. */
export async function controllerCoverage(
  sql: Sql,
  controllerIds: readonly string[],
  today: Day,
): Promise<Coverage> {
  return coverage(sql, {
    name: 'governance.contract.controllers',
    text: `select count(*) as all, count(*) filter (where exists (
             select from governance.contract c
             where c.controller_id = k.id and c.kind = 'dpa' and ${binding})) as covered
           from unnest($2::uuid[]) as k(id)`,
    values: [today, controllerIds],
  })
}

async function coverage(sql: Sql, statement: Parameters<Sql['first']>[0]): Promise<Coverage> {
  return (await sql.first<Coverage>(statement)) ?? { all: 0, covered: 0 }
}
