import {
  byteaArray,
  int2Array,
  int4Array,
  ofKeys,
  textArray,
  timestamptzArray,
  uuidArray,
} from '#ground'
import type { Sql } from '#kernel'
import type { SealedRecord } from '../subjects/subject.ts'

/** A record that stands before a put replaces it. */
export interface Standing {
  readonly subjectId: string
  readonly category: number
  readonly recordId: string
  readonly ordinal: number
  readonly version: number
}

/** Records that exist for these (subject, category) pairs. The arrays run in parallel. */
export function standingRecords(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  categories: readonly number[],
): Promise<Standing[]> {
  return sql.rows({
    // Unnamed, as deleteIndex below.
    text: `select r.subject_id as "subjectId", r.category, r.record_id as "recordId", r.ordinal, r.version
      from unnest($2::uuid[], $3::smallint[]) w (subject_id, category)
      join vault.record r on r.controller_id = $1 and r.subject_id = w.subject_id
        and r.category = w.category`,
    values: [controllerId, uuidArray(subjectIds), int2Array(categories)],
  })
}

/** Inserts records where none stands. */
export async function insertRecords(
  sql: Sql,
  controllerId: string,
  r: readonly SealedRecord[],
): Promise<void> {
  await sql.run({
    name: 'vault.record.insert',
    text: `insert into vault.record (controller_id, subject_id, category, record_id, ordinal, version,
        key_id, sealed, stored_at, erase_after)
      select $1, t.* from unnest($2::uuid[], $3::smallint[], $4::uuid[], $5::int[], $6::int[],
        $7::uuid[], $8::bytea[], $9::timestamptz[], $10::timestamptz[]) t`,
    values: [
      controllerId,
      uuidArray(r.map(({ subjectId }) => subjectId)),
      int2Array(r.map(({ category }) => category)),
      uuidArray(r.map(({ recordId }) => recordId)),
      int4Array(r.map(({ ordinal }) => ordinal)),
      int4Array(r.map(({ version }) => version)),
      uuidArray(r.map(({ keyId }) => keyId)),
      byteaArray(r.map(({ sealed }) => sealed)),
      timestamptzArray(r.map(({ storedAt }) => storedAt)),
      timestamptzArray(r.map(({ eraseAfter }) => eraseAfter)),
    ],
  })
}

/** Replaces records that stand, in their places. */
export async function replaceRecords(
  sql: Sql,
  controllerId: string,
  r: readonly SealedRecord[],
): Promise<void> {
  await sql.run({
    // Unnamed, as deleteIndex below.
    text: `update vault.record r
      set version = t.version, key_id = t.key_id, sealed = t.sealed, stored_at = t.stored_at,
        erase_after = t.erase_after
      from unnest($2::uuid[], $3::smallint[], $4::int[], $5::uuid[], $6::bytea[],
        $7::timestamptz[], $8::timestamptz[])
        t (subject_id, category, version, key_id, sealed, stored_at, erase_after)
      where r.controller_id = $1 and r.subject_id = t.subject_id and r.category = t.category`,
    values: [
      controllerId,
      uuidArray(r.map(({ subjectId }) => subjectId)),
      int2Array(r.map(({ category }) => category)),
      int4Array(r.map(({ version }) => version)),
      uuidArray(r.map(({ keyId }) => keyId)),
      byteaArray(r.map(({ sealed }) => sealed)),
      timestamptzArray(r.map(({ storedAt }) => storedAt)),
      timestamptzArray(r.map(({ eraseAfter }) => eraseAfter)),
    ],
  })
}

/** Records of these subjects and categories that are not due for erasure, in physical order of reading. */
export async function liveRecords(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  categories: readonly number[],
  now: Date,
): Promise<SealedRecord[]> {
  const records = await ofKeys(
    sql,
    {
      name: 'vault.record.of-subject',
      text: (
        among,
      ) => `select subject_id as "subjectId", record_id as "recordId", ordinal, category,
          version, key_id as "keyId", sealed, stored_at as "storedAt", erase_after as "eraseAfter"
        from vault.record where controller_id = $2 and subject_id ${among}
        order by subject_id, category`,
      values: [controllerId],
      keyOf: ({ subjectId }: SealedRecord) => subjectId,
    },
    subjectIds,
  )
  // Chosen here, so that readers of other categories and moments can share the statement.
  return records.filter(
    ({ category, eraseAfter }) => categories.includes(category) && eraseAfter > now,
  )
}

/** A record that was deleted, as the trail counts it. */
export interface Gone {
  readonly subjectId: string
  readonly ordinal: number
  readonly category: number
}

/** Deletes records of these subjects with their index rows: all of them, or those due at `dueAt`. */
export async function deleteRecords(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  dueAt: Date | 'all',
): Promise<Gone[]> {
  return sql.rows({
    name: 'vault.record.delete',
    text: `with gone as (
        delete from vault.record
        where controller_id = $1 and subject_id = any($2::uuid[]) and erase_after <= $3::timestamptz
        returning subject_id, ordinal, category),
      unindexed as (
        delete from vault.field_index i using gone g
        where i.controller_id = $1 and i.subject_id = g.subject_id and i.category = g.category)
      select subject_id as "subjectId", ordinal, category from gone`,
    values: [controllerId, subjectIds, dueAt === 'all' ? 'infinity' : dueAt],
  })
}

/** As {@link deleteRecords}, by the records' own numbers. */
export function deleteNumbered(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  ordinals: readonly number[],
): Promise<Gone[]> {
  return sql.rows({
    name: 'vault.record.delete-numbered',
    text: `with gone as (
        delete from vault.record
        where controller_id = $1 and subject_id = any($2::uuid[]) and ordinal = any($3::int[])
        returning subject_id, ordinal, category),
      unindexed as (
        delete from vault.field_index i using gone g
        where i.controller_id = $1 and i.subject_id = g.subject_id and i.category = g.category)
      select subject_id as "subjectId", ordinal, category from gone`,
    values: [controllerId, subjectIds, int4Array(ordinals)],
  })
}

/** Whose the records and files are that stand under these numbers. */
export function ownersOf(
  sql: Sql,
  controllerId: string,
  ordinals: readonly number[],
): Promise<{ readonly subjectId: string; readonly ordinal: number }[]> {
  return sql.rows({
    // Unnamed: planned for so many.
    text: `select subject_id as "subjectId", ordinal from vault.record
        where controller_id = $1 and ordinal = any($2::int[])
      union all
      select subject_id, ordinal from vault.attachment
        where controller_id = $1 and ordinal = any($2::int[]) and state = 'kept'`,
    values: [controllerId, int4Array(ordinals)],
  })
}

/** Those of these subjects that have no record left, and no file. */
export async function withoutRecords(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'vault.record.without',
    text: `select id from unnest($2::uuid[]) w (id) where not exists (
        select from vault.record r where r.controller_id = $1 and r.subject_id = w.id)
      and not exists (
        select from vault.attachment a
        where a.controller_id = $1 and a.subject_id = w.id and a.state = 'kept')`,
    values: [controllerId, subjectIds],
  })
  return rows.map(({ id }) => id)
}

/** How a category's records end. */
export interface Ending {
  readonly controllerId: string
  /** The category's bit. */
  readonly bit: number
  readonly retainDays: number
  readonly retainFrom: string | null
  /** Whole days from storing, where the event never comes. */
  readonly longestRetention: number
}

/** Gives every record of a category, or those of one subject, the erasure date of another retention. */
export function redateRecords(
  sql: Sql,
  { controllerId, bit, retainDays, retainFrom, longestRetention }: Ending,
  subjectId: string | null = null,
): Promise<{ readonly ordinal: number; readonly eraseAfter: Date }[]> {
  return sql.rows({
    text: `with files as (${redating('vault.attachment', subjectId)} and r.state = 'kept')
      ${redating('vault.record', subjectId)}
      ${subjectId === null ? '' : 'returning r.ordinal, r.erase_after as "eraseAfter"'}`,
    values: [
      controllerId,
      bit,
      retainDays,
      retainFrom,
      longestRetention,
      ...(subjectId === null ? [] : [subjectId]),
    ],
  })
}

/** Files end as the records of their category do. */
const redating = (table: 'vault.record' | 'vault.attachment', subjectId: string | null) =>
  `update ${table} r set erase_after = case
      when $4::text is null then r.stored_at + $3 * interval '24 hours'
      else coalesce(
        (select e.happened_at + $3 * interval '24 hours' from vault.subject_event e
          where e.controller_id = r.controller_id and e.subject_id = r.subject_id and e.event = $4),
        r.stored_at + $5 * interval '24 hours') end
    where r.controller_id = $1 and r.category = $2 ${subjectId === null ? '' : 'and r.subject_id = $6'}`

/** 1 when the category has a record, else 0. */
export async function recordsOfCategory(
  sql: Sql,
  controllerId: string,
  bit: number,
): Promise<number> {
  const rows = await sql.rows({
    name: 'vault.record.any-of-category',
    text: 'select 1 from vault.record where controller_id = $1 and category = $2 limit 1',
    values: [controllerId, bit],
  })
  return rows.length
}

export interface IndexRow {
  readonly subjectId: string
  readonly category: number
  readonly field: string
  readonly value: Buffer
}

/** Forgets the index rows of these (subject, category) pairs. The arrays run in parallel. */
export async function deleteIndex(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  categories: readonly number[],
): Promise<void> {
  await sql.run({
    // Unnamed, so that it is planned for the table as it is now: a plan kept from when the table was
    // small reads all of it for each pair.
    text: `delete from vault.field_index i
      using unnest($2::uuid[], $3::smallint[]) w (subject_id, category)
      where i.controller_id = $1 and i.subject_id = w.subject_id and i.category = w.category`,
    values: [controllerId, uuidArray(subjectIds), int2Array(categories)],
  })
}

export async function insertIndex(
  sql: Sql,
  controllerId: string,
  indexVersion: number,
  rows: readonly IndexRow[],
): Promise<void> {
  await sql.run({
    name: 'vault.index.insert',
    text: `insert into vault.field_index
        (controller_id, subject_id, category, field, value, index_version)
      select $1, t.*, $6 from unnest($2::uuid[], $3::smallint[], $4::text[], $5::bytea[]) t`,
    values: [
      controllerId,
      uuidArray(rows.map(({ subjectId }) => subjectId)),
      int2Array(rows.map(({ category }) => category)),
      textArray(rows.map(({ field }) => field)),
      byteaArray(rows.map(({ value }) => value)),
      indexVersion,
    ],
  })
}

/** Forgets a field's whole index: it is no longer searchable. */
export async function dropIndex(
  sql: Sql,
  f: { readonly controllerId: string; readonly bit: number; readonly field: string },
): Promise<void> {
  await sql.run({
    name: 'vault.index.drop',
    text: 'delete from vault.field_index where controller_id = $1 and category = $2 and field = $3',
    values: [f.controllerId, f.bit, f.field],
  })
}

/** A subject found, and the record whose field matched. */
export interface Match {
  readonly subjectId: string
  readonly subject: number
  readonly record: number
}

/** Subjects after an ordinal whose field has one of these blind indexes of one value and may be read: neither due nor restricted. */
export function matchesOf(
  sql: Sql,
  wanted: {
    readonly controllerId: string
    readonly bit: number
    readonly field: string
    /** What to look for, and how many of them one record must have. */
    readonly values: readonly Buffer[]
    readonly least: number
    /** Who objected to this purpose, or did not consent where it rests on that, is not found. */
    readonly purpose: string
    readonly consent: boolean
    readonly now: Date
    readonly after: number
    readonly limit: number
  },
): Promise<Match[]> {
  const [only] = wanted.values
  const isOne = wanted.values.length === 1
  return sql.rows({
    name: `vault.index.matches.${isOne ? 'one' : 'several'}`,
    text: `select s.subject_id as "subjectId", s.ordinal as subject, r.ordinal as record
      from vault.field_index i
      join vault.record r using (controller_id, subject_id, category)
      join vault.subject s using (controller_id, subject_id)
      where i.controller_id = $1 and i.category = $2 and i.field = $3
        and i.value ${isOne ? '= $4' : '= any($4::bytea[])'}
        and r.erase_after > $5 and s.ordinal > $6 and not s.restricted
        and not coalesce($8 = any(s.objections), false)
        and (not $9::boolean or coalesce($8 = any(s.consents), false))
      group by 1, 2, 3 having count(distinct i.value) >= $10
      order by s.ordinal limit $7`,
    values: [
      wanted.controllerId,
      wanted.bit,
      wanted.field,
      isOne ? only : wanted.values,
      wanted.now,
      wanted.after,
      wanted.limit,
      wanted.purpose,
      wanted.consent,
      wanted.least,
    ],
  })
}
