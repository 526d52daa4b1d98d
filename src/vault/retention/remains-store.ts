import type { Sql } from '#kernel'
import type { SealedRecord } from '../subjects/subject.ts'
import type { Remains } from './anonymise.ts'

/** Alike records that were counted together. */
export interface RemainsRow {
  /** The category's bit. */
  readonly category: number
  /** The contract's version whose rule made it. */
  readonly version: number
  readonly kept: Remains
  readonly count: number
  readonly firstAt: Date
  readonly lastAt: Date
}

export function remainsOfController(sql: Sql, controllerId: string): Promise<RemainsRow[]> {
  return sql.rows({
    name: 'vault.remains.list',
    text: `select category, version, kept, count, first_at as "firstAt", last_at as "lastAt"
      from vault.remains where controller_id = $1 order by category, version, count desc, kept`,
    values: [controllerId],
  })
}

/** Counts more alike records to what remains already. */
export async function addRemains(
  sql: Sql,
  at: { readonly controllerId: string; readonly category: number; readonly version: number },
  now: Date,
  groups: readonly { readonly remains: Remains; readonly count: number }[],
): Promise<void> {
  await sql.run({
    text: `insert into vault.remains
        (controller_id, category, version, kept, count, first_at, last_at)
      select $1, $2, $3, t.kept, t.count, $4, $4 from unnest($5::jsonb[], $6::int[]) t (kept, count)
      on conflict (controller_id, category, version, kept) do update
      set count = remains.count + excluded.count, last_at = excluded.last_at`,
    values: [
      at.controllerId,
      at.category,
      at.version,
      now,
      groups.map(({ remains }) => JSON.stringify(remains)),
      groups.map(({ count }) => count),
    ],
  })
}

/** Records of a category whose time is over and that no legal hold keeps. */
export function overRecords(
  sql: Sql,
  wanted: {
    readonly controllerId: string
    readonly category: number
    readonly now: Date
    readonly limit: number
  },
): Promise<SealedRecord[]> {
  return sql.rows({
    name: 'vault.remains.over',
    text: `select r.subject_id as "subjectId", r.record_id as "recordId", r.ordinal, r.category,
        r.version, r.key_id as "keyId", r.sealed, r.stored_at as "storedAt",
        r.erase_after as "eraseAfter"
      from vault.record r join vault.subject s using (controller_id, subject_id)
      where r.controller_id = $1 and r.category = $2 and r.erase_after <= $3 and not s.held
      order by r.erase_after, r.ordinal limit $4`,
    values: [wanted.controllerId, wanted.category, wanted.now, wanted.limit],
  })
}

/** Deletes these records where they are the version that was read. @returns their ids. */
export async function deleteExactly(
  sql: Sql,
  controllerId: string,
  category: number,
  records: readonly { readonly subjectId: string; readonly version: number }[],
): Promise<string[]> {
  const rows = await sql.rows<{ subjectId: string }>({
    text: `with gone as (
        delete from vault.record r using unnest($3::uuid[], $4::int[]) t (subject_id, version)
        where r.controller_id = $1 and r.category = $2 and r.subject_id = t.subject_id
          and r.version = t.version
        returning r.subject_id),
      unindexed as (
        delete from vault.field_index i using gone g
        where i.controller_id = $1 and i.category = $2 and i.subject_id = g.subject_id)
      select subject_id as "subjectId" from gone`,
    values: [
      controllerId,
      category,
      records.map(({ subjectId }) => subjectId),
      records.map(({ version }) => version),
    ],
  })
  return rows.map(({ subjectId }) => subjectId)
}

/** Forgets what remains of a controller that leaves. */
export async function forgetRemains(sql: Sql, controllerId: string): Promise<void> {
  await sql.run({
    name: 'vault.remains.forget',
    text: 'delete from vault.remains where controller_id = $1',
    values: [controllerId],
  })
}

/** The newest records of a category whose subjects are not restricted; to try a rule on. */
export function someRecords(
  sql: Sql,
  wanted: {
    readonly controllerId: string
    readonly category: number
    readonly now: Date
    readonly limit: number
  },
): Promise<SealedRecord[]> {
  return sql.rows({
    text: `select r.subject_id as "subjectId", r.record_id as "recordId", r.ordinal, r.category,
        r.version, r.key_id as "keyId", r.sealed, r.stored_at as "storedAt",
        r.erase_after as "eraseAfter"
      from vault.record r join vault.subject s using (controller_id, subject_id)
      where r.controller_id = $1 and r.category = $2 and r.erase_after > $3 and not s.restricted
      order by r.ordinal desc limit $4`,
    values: [wanted.controllerId, wanted.category, wanted.now, wanted.limit],
  })
}
