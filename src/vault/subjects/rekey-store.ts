import { byteaArray, int2Array, int4Array, uuidArray } from '#ground'
import type { Sql } from '#kernel'
import type { SealedRecord } from './subject.ts'

/** Live subjects of an interval of ordinals, in order, without a lock. */
export function subjectsBetween(
  sql: Sql,
  controllerId: string,
  {
    after,
    until,
    limit,
  }: { readonly after: number; readonly until: number; readonly limit: number },
): Promise<{ subjectId: string; ordinal: number }[]> {
  return sql.rows({
    name: 'vault.rekey.subjects',
    text: `select subject_id as "subjectId", ordinal from vault.subject
      where controller_id = $1 and ordinal > $2 and ordinal <= $3 and erased_at is null
      order by ordinal limit $4`,
    values: [controllerId, after, until, limit],
  })
}

/** The last ordinal given to a subject, 0 where there is none. */
export async function lastOrdinal(sql: Sql, controllerId: string): Promise<number> {
  const row = await sql.first<{ last: number }>({
    name: 'vault.rekey.last-ordinal',
    text: 'select coalesce(max(ordinal), 0) as last from vault.subject where controller_id = $1',
    values: [controllerId],
  })
  return row?.last ?? 0
}

/** Every record of these subjects, whether or not it is due for erasure. */
export function recordsOf(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<SealedRecord[]> {
  return sql.rows({
    name: 'vault.rekey.records',
    text: `select subject_id as "subjectId", record_id as "recordId", ordinal, category, version,
        key_id as "keyId", sealed, stored_at as "storedAt", erase_after as "eraseAfter"
      from vault.record where controller_id = $1 and subject_id = any($2::uuid[])`,
    values: [controllerId, subjectIds],
  })
}

/** Puts what was sealed anew in the place of what it replaces. */
export async function updateRecords(
  sql: Sql,
  controllerId: string,
  r: readonly Pick<SealedRecord, 'subjectId' | 'category' | 'keyId' | 'sealed'>[],
): Promise<void> {
  await sql.run({
    // Unnamed: planned for the table as it is now.
    text: `update vault.record r set key_id = n.key_id, sealed = n.sealed
      from unnest($2::uuid[], $3::smallint[], $4::uuid[], $5::bytea[])
        as n (subject_id, category, key_id, sealed)
      where r.controller_id = $1 and r.subject_id = n.subject_id and r.category = n.category`,
    values: [
      controllerId,
      r.map(({ subjectId }) => subjectId),
      r.map(({ category }) => category),
      r.map(({ keyId }) => keyId),
      r.map(({ sealed }) => sealed),
    ],
  })
}

export async function updateIdentifiers(
  sql: Sql,
  controllerId: string,
  s: readonly { readonly subjectId: string; readonly keyId: string; readonly keySealed: Buffer }[],
): Promise<void> {
  await sql.run({
    text: `update vault.subject s set key_id = n.key_id, key_sealed = n.key_sealed
      from unnest($2::uuid[], $3::uuid[], $4::bytea[]) as n (subject_id, key_id, key_sealed)
      where s.controller_id = $1 and s.subject_id = n.subject_id`,
    values: [
      controllerId,
      s.map(({ subjectId }) => subjectId),
      s.map(({ keyId }) => keyId),
      s.map(({ keySealed }) => keySealed),
    ],
  })
}

/** Records that are not sealed under their subject's present key. */
export async function countUnderOldKeys(sql: Sql, controllerId: string): Promise<number> {
  const row = await sql.first<{ count: number }>({
    text: `select (
        select count(*) from vault.record r join vault.subject s using (controller_id, subject_id)
        where r.controller_id = $1 and r.key_id <> s.key_id) + (
        select count(*) from vault.attachment a join vault.subject s using (controller_id, subject_id)
        where a.controller_id = $1 and a.state = 'kept' and a.key_id <> s.key_id) as count`,
    values: [controllerId],
  })
  return row?.count ?? 0
}

/** A blind index made under an older version of the index key. */
export interface OldIndex {
  readonly subjectId: string
  readonly value: Buffer
}

export function oldSubjectIndexes(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  version: number,
): Promise<(OldIndex & { readonly keySealed: Buffer })[]> {
  return sql.rows({
    name: 'vault.rekey.old-subject-indexes',
    text: `select subject_id as "subjectId", key_index as value, key_sealed as "keySealed"
      from vault.subject
      where controller_id = $1 and subject_id = any($2::uuid[]) and index_version <> $3
        and key_index is not null`,
    values: [controllerId, subjectIds, version],
  })
}

/** A record some of whose field indexes were made under another version. */
export interface OldRecordIndex {
  readonly subjectId: string
  readonly category: number
}

export function oldRecordIndexes(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  version: number,
): Promise<OldRecordIndex[]> {
  return sql.rows({
    name: 'vault.rekey.old-record-indexes',
    text: `select distinct subject_id as "subjectId", category from vault.field_index
      where controller_id = $1 and subject_id = any($2::uuid[]) and index_version <> $3`,
    values: [controllerId, subjectIds, version],
  })
}

/** Those of these records that stand as they were read. */
export function unchangedRecords(
  sql: Sql,
  controllerId: string,
  r: readonly (OldRecordIndex & { readonly version: number })[],
): Promise<OldRecordIndex[]> {
  return sql.rows({
    text: `select r.subject_id as "subjectId", r.category
      from unnest($2::uuid[], $3::smallint[], $4::int[]) as n (subject_id, category, version)
      join vault.record r on r.controller_id = $1 and r.subject_id = n.subject_id
        and r.category = n.category and r.version = n.version`,
    values: [
      controllerId,
      uuidArray(r.map(({ subjectId }) => subjectId)),
      int2Array(r.map(({ category }) => category)),
      int4Array(r.map(({ version }) => version)),
    ],
  })
}

/** An index made anew. One whose value was changed meanwhile is left alone. */
export type NewIndex = OldIndex & { readonly anew: Buffer }

export async function updateSubjectIndexes(
  sql: Sql,
  controllerId: string,
  version: number,
  i: readonly NewIndex[],
): Promise<number> {
  return sql.run({
    text: `update vault.subject s set key_index = n.anew, index_version = $2
      from unnest($3::uuid[], $4::bytea[], $5::bytea[]) as n (subject_id, value, anew)
      where s.controller_id = $1 and s.subject_id = n.subject_id and s.key_index = n.value`,
    values: [
      controllerId,
      version,
      uuidArray(i.map(({ subjectId }) => subjectId)),
      byteaArray(i.map(({ value }) => value)),
      byteaArray(i.map(({ anew }) => anew)),
    ],
  })
}

/** Blind indexes made under another version than this: those of subjects and of fields together. */
export async function countOtherIndexes(
  sql: Sql,
  controllerId: string,
  version: number,
): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'vault.rekey.count-indexes',
    text: `select (select count(*) from vault.subject
          where controller_id = $1 and index_version <> $2 and key_index is not null)
        + (select count(*) from vault.field_index
          where controller_id = $1 and index_version <> $2) as count`,
    values: [controllerId, version],
  })
  return row?.count ?? 0
}

/** Blind indexes made under exactly this version. */
export async function countIndexes(
  sql: Sql,
  controllerId: string,
  version: number,
): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'vault.rekey.count-indexes-of',
    text: `select (select count(*) from vault.subject
          where controller_id = $1 and index_version = $2 and key_index is not null)
        + (select count(*) from vault.field_index
          where controller_id = $1 and index_version = $2) as count`,
    values: [controllerId, version],
  })
  return row?.count ?? 0
}
