import type { Sql } from '#kernel'
import { firstIdAt, monthsBack, type Retention } from './retention.ts'

export async function currentRetention(sql: Sql): Promise<Retention & { readonly at: Date }> {
  const row = await sql.first<Retention & { at: Date }>({
    name: 'trail.retention.current',
    text: `
      select payload_months as "payloadMonths", bundle_months as "bundleMonths", at
      from trail.retention order by at desc, id desc limit 1`,
  })
  return row!
}

export async function insertRetention(
  sql: Sql,
  id: string,
  at: Date,
  { payloadMonths, bundleMonths }: Retention,
): Promise<void> {
  await sql.run({
    name: 'trail.retention.insert',
    text: `insert into trail.retention (id, at, payload_months, bundle_months) values ($1, $2, $3, $4)`,
    values: [id, at, payloadMonths, bundleMonths],
  })
}

/** The instant of the oldest payload there is, to the month it is of. */
export async function oldestPayload(sql: Sql): Promise<Date | undefined> {
  const row = await sql.first<{ id: string | null }>({
    name: 'trail.payload.oldest',
    // One look into each partition's index; PostgreSQL has no min() of a uuid before version 18.
    text: 'select entry_id as id from trail.payload order by entry_id limit 1',
  })
  if (row?.id == null) return undefined
  const ms = Number.parseInt(row.id.slice(0, 8) + row.id.slice(9, 13), 16)
  return monthsBack(new Date(ms), 0)
}

/** Payloads of one month in one log. */
export interface MonthOfLog {
  readonly log: string
  readonly payloads: number
  readonly bytes: number
  readonly held: boolean
}

export async function payloadsOfMonth(sql: Sql, month: Date): Promise<MonthOfLog[]> {
  return sql.rows({
    name: 'trail.payload.of-month',
    text: `
      select log, count(*) as payloads, sum(octet_length(sealed))::bigint as bytes,
        trail.is_held(log) as held
      from trail.payload where entry_id >= $1 and entry_id < $2 group by log order by log`,
    values: [firstIdAt(month), firstIdAt(monthsBack(month, -1))],
  })
}

/** Makes a month's partition. @returns whether there was none. */
export async function makeMonth(sql: Sql, month: Date): Promise<boolean> {
  const row = await sql.first<{ made: boolean }>({
    name: 'trail.payload.make-month',
    text: 'select trail.make_payload_month($1) as made',
    values: [month],
  })
  return row!.made
}

/** Drops a month of payloads; what is held stays. @returns `dropped` whole, or `deleted` row by row. */
export async function dropMonth(sql: Sql, month: Date, now: Date): Promise<string> {
  const row = await sql.first<{ how: string }>({
    name: 'trail.payload.drop-month',
    text: 'select trail.drop_payload_month($1, $2) as how',
    values: [month, now],
  })
  return row!.how
}

/** Whether a month of the next three wants its partition. */
export async function wantsMonth(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ wants: boolean }>({
    name: 'trail.payload.wants-month',
    text: `
      select exists (
        select from generate_series(0, 3) as ahead
        where to_regclass('trail.payload_' || to_char(date_trunc('month', now() at time zone 'UTC')
          + make_interval(months => ahead), 'YYYYMM')) is null
      ) as wants`,
  })
  return row!.wants
}

/** Months from the given ones for which there is no partition yet. */
export async function unmadeMonths(sql: Sql, months: readonly Date[]): Promise<Date[]> {
  return (
    await sql.rows<{ month: Date }>({
      name: 'trail.payload.unmade',
      text: `
        select month from unnest($1::timestamptz[]) as month
        where to_regclass('trail.payload_' || to_char(month at time zone 'UTC', 'YYYYMM')) is null
        order by month`,
      values: [months],
    })
  ).map(({ month }) => month)
}

/** How far a tree may be cut: its first entry of `since` or later, and what is signed of it. */
export interface Cut {
  readonly log: string
  readonly minimum: number
  readonly signed: number
  /** Null where every entry is older. */
  readonly first: number | null
  readonly held: boolean
}

export async function cutsAt(sql: Sql, since: Date): Promise<Cut[]> {
  return sql.rows({
    name: 'trail.log.cuts',
    text: `
      select l.log, l.minimum_index as minimum, l.signed_size as signed, trail.is_held(l.log) as held,
        (select s.idx from trail.sequence s
          where s.log = l.log and s.idx >= l.minimum_index and s.id >= $1
          order by s.idx limit 1) as first
      from trail.log l where l.log <> 'root' order by l.log`,
    values: [firstIdAt(since)],
  })
}

/** Moves a log's minimum index up; never down. */
export async function raiseMinimum(sql: Sql, log: string, minimum: number): Promise<boolean> {
  const raised = await sql.run({
    name: 'trail.log.minimum',
    text: `
      update trail.log set minimum_index = $2
      where log = $1 and minimum_index < $2 and signed_size >= $2 and not trail.is_held(log)`,
    values: [log, minimum],
  })
  return raised === 1
}

export async function minimumOf(sql: Sql, log: string): Promise<number | undefined> {
  const row = await sql.first<{ minimum: number }>({
    name: 'trail.log.minimum-of',
    text: 'select minimum_index as minimum from trail.log where log = $1',
    values: [log],
  })
  return row?.minimum
}
