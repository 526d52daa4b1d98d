import type { Sql } from '#kernel'
import type { Suspect } from './finding.ts'
import type { Past } from './habit.ts'
import type { HabitRow, HourSet } from './hour.ts'

/** One suspect's hour, as a key. */
export interface SuspectHour extends Suspect {
  readonly hour: Date
}

/** A suspect's hours of the last thirty days, for each measure. */
export interface Pasts {
  readonly subjects: Past
  readonly records: Past
  readonly refused: Past
}

/** The stored bits of these chunks; those never stored are left out. */
export async function storedSets(sql: Sql, sets: readonly HourSet[]): Promise<HourSet[]> {
  if (sets.length === 0) return []
  return sql.rows({
    name: 'watch.hour-set.read',
    text: `
      select h.actor_kind as "actorKind", h.actor_id as "actorId", h.credential_id as "credentialId",
        h.hour, h.controller_id as "controllerId", h.chunk, h.bits
      from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::int[])
        as wanted (kind, actor, credential, hour, controller, chunk)
      join watch.hour_set h on h.actor_kind = wanted.kind and h.actor_id = wanted.actor
        and h.credential_id is not distinct from wanted.credential and h.hour = wanted.hour
        and h.controller_id = wanted.controller and h.chunk = wanted.chunk`,
    values: setColumns(sets),
  })
}

export async function saveSets(sql: Sql, sets: readonly HourSet[]): Promise<void> {
  if (sets.length === 0) return
  await sql.run({
    name: 'watch.hour-set.save',
    text: `
      insert into watch.hour_set (actor_kind, actor_id, credential_id, hour, controller_id, chunk, bits)
      select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[],
        $6::int[], $7::bytea[])
      on conflict (actor_kind, actor_id, credential_id, hour, controller_id, chunk)
      do update set bits = excluded.bits`,
    values: [...setColumns(sets), sets.map((set) => set.bits)],
  })
}

/** Adds to the counts of suspects' hours. */
export async function addHabits(sql: Sql, rows: readonly HabitRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql.run({
    name: 'watch.habit.add',
    text: `
      insert into watch.habit as h (actor_kind, actor_id, credential_id, hour, source_key, subjects,
        records, refused, first_at, last_at, first_position, last_position)
      select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::bytea[],
        $6::bigint[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[],
        $11::bigint[], $12::bigint[])
      on conflict (actor_kind, actor_id, credential_id, hour, source_key) do update set
        subjects = h.subjects + excluded.subjects, records = h.records + excluded.records,
        refused = h.refused + excluded.refused,
        first_at = least(h.first_at, excluded.first_at), last_at = greatest(h.last_at, excluded.last_at),
        last_position = excluded.last_position`,
    values: [
      ...hourColumns(rows),
      rows.map((row) => row.sourceKey),
      rows.map((row) => row.subjects),
      rows.map((row) => row.records),
      rows.map((row) => row.refused),
      rows.map((row) => row.firstAt),
      rows.map((row) => row.lastAt),
      rows.map((row) => row.firstPosition),
      rows.map((row) => row.lastPosition),
    ],
  })
}

/** All addresses of these suspects' hours, with their counts so far. */
export async function habitsOf(sql: Sql, hours: readonly SuspectHour[]): Promise<HabitRow[]> {
  if (hours.length === 0) return []
  return sql.rows({
    name: 'watch.habit.read',
    text: `
      select h.actor_kind as "actorKind", h.actor_id as "actorId", h.credential_id as "credentialId",
        h.hour, h.source_key as "sourceKey", h.subjects, h.records, h.refused,
        h.first_at as "firstAt", h.last_at as "lastAt", h.first_position as "firstPosition",
        h.last_position as "lastPosition"
      from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
        as wanted (kind, actor, credential, hour)
      join watch.habit h on h.actor_kind = wanted.kind and h.actor_id = wanted.actor
        and h.credential_id is not distinct from wanted.credential and h.hour = wanted.hour`,
    values: hourColumns(hours),
  })
}

/**
 * What came before each of these hours, in their order. Hours inside a finding that nobody has
 * dismissed teach nothing: an attack must not become the habit.
 */
export async function pastsOf(sql: Sql, hours: readonly SuspectHour[]): Promise<Pasts[]> {
  if (hours.length === 0) return []
  const rows = await sql.rows<Record<string, number>>({
    name: 'watch.habit.past',
    text: `
      select ${['subjects', 'records'].map((of) => moments(of, `${of} > 0`)).join(', ')},
        ${moments('refused', 'hour is not null')}
      from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
        with ordinality as wanted (kind, actor, credential, until, place)
      left join lateral (
        select h.hour, sum(h.subjects)::float8 as subjects, sum(h.records)::float8 as records,
          sum(h.refused)::float8 as refused
        from watch.habit h
        where h.actor_kind = wanted.kind and h.actor_id = wanted.actor
          and h.credential_id is not distinct from wanted.credential
          and h.hour < wanted.until and h.hour >= wanted.until - interval '30 days'
          and not exists (
            select from watch.finding f
            where f.actor_kind = h.actor_kind and f.actor_id = h.actor_id
              and f.credential_id is not distinct from h.credential_id and f.state <> 'dismissed'
              and h.hour between date_trunc('hour', f.first_at) and f.last_at)
        group by h.hour
      ) past on true
      group by place order by place`,
    values: hourColumns(hours),
  })
  return rows.map((row) => ({
    subjects: pastIn(row, 'subjects'),
    records: pastIn(row, 'records'),
    refused: pastIn(row, 'refused'),
  }))
}

/** Forgets hours nobody will compare with again. */
export async function forgetHabits(
  sql: Sql,
  before: { readonly habits: Date; readonly sets: Date },
): Promise<number> {
  await sql.run({
    name: 'watch.hour-set.forget',
    text: 'delete from watch.hour_set where hour < $1',
    values: [before.sets],
  })
  return sql.run({
    name: 'watch.habit.forget',
    text: 'delete from watch.habit where hour < $1',
    values: [before.habits],
  })
}

const moments = (of: string, where: string) => `
  (count(*) filter (where ${where}))::int as "${of}Hours",
  coalesce(sum(${of}) filter (where ${where}), 0) as "${of}Sum",
  coalesce(sum(${of} * ${of}) filter (where ${where}), 0) as "${of}Squares",
  coalesce(max(${of}) filter (where ${where}), 0) as "${of}Busiest"`

const pastIn = (row: Readonly<Record<string, number>>, of: string): Past => ({
  hours: row[`${of}Hours`]!,
  sum: row[`${of}Sum`]!,
  sumOfSquares: row[`${of}Squares`]!,
  busiest: row[`${of}Busiest`]!,
})

const hourColumns = (hours: readonly SuspectHour[]) => [
  hours.map((h) => h.actorKind),
  hours.map((h) => h.actorId),
  hours.map((h) => h.credentialId),
  hours.map((h) => h.hour),
]

const setColumns = (sets: readonly HourSet[]) => [
  ...hourColumns(sets),
  sets.map((set) => set.controllerId),
  sets.map((set) => set.chunk),
]
