import { int4Array } from '#ground'
import type { Sql } from '#kernel'
import type { Discrepancy, LiveRecord } from './record-states.ts'

/** Records and files that stand, of the next `limit` subjects after a number, and the last of those. */
export async function standingAfter(
  sql: Sql,
  controllerId: string,
  after: number,
  limit: number,
): Promise<{ readonly rows: LiveRecord[]; readonly last: number | undefined }> {
  const subjects = await sql.first<{ last: number | null }>({
    text: `select max(ordinal) as last from (select ordinal from vault.subject
        where controller_id = $1 and ordinal > $2 order by ordinal limit $3) s`,
    values: [controllerId, after, limit],
  })
  const last = subjects?.last ?? undefined
  if (last === undefined) return { rows: [], last }
  const rows = await sql.rows<LiveRecord>({
    text: standing('s.ordinal > $2 and s.ordinal <= $3'),
    values: [controllerId, after, last],
  })
  return { rows, last }
}

/** Records and files that stand, of subjects by their numbers. */
export function standingOf(
  sql: Sql,
  controllerId: string,
  subjects: readonly number[],
): Promise<LiveRecord[]> {
  return sql.rows({
    text: standing('s.ordinal = any($2::int[])'),
    values: [controllerId, int4Array(subjects)],
  })
}

const standing = (which: string) => `
  select r.ordinal as record, s.ordinal as subject, r.subject_id as "subjectId", r.category, r.version
    from vault.subject s join vault.record r using (controller_id, subject_id)
    where s.controller_id = $1 and ${which}
  union all
  select a.ordinal, s.ordinal, a.subject_id, a.category, null
    from vault.subject s join vault.attachment a using (controller_id, subject_id)
    where s.controller_id = $1 and a.state = 'kept' and ${which}`

export interface Verified {
  readonly controllerId: string
  readonly verifiedAt: Date
  readonly records: number
  readonly entries: number
  readonly uncertain: number
}

export async function saveVerified(sql: Sql, v: Verified): Promise<void> {
  await sql.run({
    name: 'vault.verification.save',
    text: `insert into vault.verification (controller_id, verified_at, records, entries, uncertain)
      values ($1, $2, $3, $4, $5)
      on conflict (controller_id) do update set verified_at = excluded.verified_at,
        records = excluded.records, entries = excluded.entries, uncertain = excluded.uncertain`,
    values: [v.controllerId, v.verifiedAt, v.records, v.entries, v.uncertain],
  })
}

/** Active controllers, those first that were verified longest ago, with what is open of each. */
export function verifiedControllers(sql: Sql): Promise<
  {
    controllerId: string
    createdAt: Date
    verifiedAt: Date | null
    records: number
    uncertain: number
    open: number
  }[]
> {
  return sql.rows({
    name: 'vault.verification.all',
    text: `select c.controller_id as "controllerId", c.created_at as "createdAt",
        v.verified_at as "verifiedAt", coalesce(v.records, 0) as records,
        coalesce(v.uncertain, 0) as uncertain,
        (select count(*) from vault.discrepancy d where d.controller_id = c.controller_id) as open
      from vault.controller c left join vault.verification v using (controller_id)
      where c.state = 'active' and not c.hidden
      order by v.verified_at nulls first, c.controller_id`,
  })
}

/** A discrepancy that stands open, and since when it is known. */
export type OpenDiscrepancy = Discrepancy & {
  readonly foundAt: Date
  /** Null where the subject's row is gone too. */
  readonly subjectId: string | null
}

export function openDiscrepancies(sql: Sql, controllerId: string): Promise<OpenDiscrepancy[]> {
  return sql.rows({
    name: 'vault.discrepancy.list',
    text: `select d.record, d.subject, d.category, d.kind, d.told, d.found, d.found_at as "foundAt",
        s.subject_id as "subjectId"
      from vault.discrepancy d left join vault.subject s
        on s.controller_id = d.controller_id and s.ordinal = d.subject
      where d.controller_id = $1 order by d.record, d.subject, d.category`,
    values: [controllerId],
  })
}

export async function insertDiscrepancies(
  sql: Sql,
  controllerId: string,
  now: Date,
  found: readonly Discrepancy[],
): Promise<void> {
  if (found.length === 0) return
  await sql.run({
    name: 'vault.discrepancy.insert',
    text: `insert into vault.discrepancy
        (controller_id, record, subject, category, kind, told, found, found_at)
      select $1, t.*, $2 from unnest($3::int[], $4::int[], $5::smallint[], $6::text[], $7::int[], $8::int[]) t`,
    values: [
      controllerId,
      now,
      found.map(({ record }) => record),
      found.map(({ subject }) => subject),
      found.map(({ category }) => category),
      found.map(({ kind }) => kind),
      found.map(({ told }) => told),
      found.map((one) => one.found),
    ],
  })
}

/** Forgets what is open of these numbers. */
export async function deleteDiscrepancies(
  sql: Sql,
  controllerId: string,
  records: readonly number[],
): Promise<void> {
  if (records.length === 0) return
  await sql.run({
    name: 'vault.discrepancy.delete',
    text: 'delete from vault.discrepancy where controller_id = $1 and record = any($2::int[])',
    values: [controllerId, records],
  })
}

/** Restricts live subjects by their numbers. @returns those that were not before. */
export async function restrictByOrdinal(
  sql: Sql,
  controllerId: string,
  subjects: readonly number[],
): Promise<number[]> {
  const rows = await sql.rows<{ ordinal: number }>({
    name: 'vault.discrepancy.restrict',
    text: `update vault.subject set restricted = true
      where controller_id = $1 and ordinal = any($2::int[]) and not restricted and erased_at is null
      returning ordinal`,
    values: [controllerId, subjects],
  })
  return rows.map(({ ordinal }) => ordinal)
}
