import { byteaArray, int4Array, ofKeys, uuidArray } from '#ground'
import type { Sql } from '#kernel'
import type { Erasure } from './erasure.ts'

/** A subject key as it lies in its row. */
export interface SubjectKeyRow {
  readonly id: string
  readonly controllerId: string
  readonly subjectId: string
  readonly kekVersion: number
  readonly wrapped: Buffer
  readonly commitment: Buffer
  /** Since when another key of the subject does the work. */
  readonly retiredAt: Date | null
}

const columns = `id, controller_id as "controllerId", subject_id as "subjectId",
  kek_version as "kekVersion", wrapped, commitment, retired_at as "retiredAt"`

/**
 * Whoever wraps holds its controller's wraps with others until the transaction ends; whoever is about
 * to destroy a wrapping key holds them alone, and so counts what was wrapped by then and no sooner.
 */
const wrapsOf = `hashtextextended('keys.wraps:' || $1::text, 0)`

/** Waits for everybody who wraps for this controller, and lets nobody begin until the transaction ends. */
export async function holdWraps(sql: Sql, controllerId: string): Promise<void> {
  await sql.rows({
    name: 'keys.wraps.hold',
    text: `select pg_advisory_xact_lock(${wrapsOf})`,
    values: [controllerId],
  })
}

/** Joins those who wrap for this controller. */
export async function joinWraps(sql: Sql, controllerId: string): Promise<void> {
  await sql.rows({
    name: 'keys.wraps.join',
    text: `select pg_advisory_xact_lock_shared(${wrapsOf})`,
    values: [controllerId],
  })
}

/**
 * Inserts keys of subjects that have none and were never erased, joining those who wrap. Where one has
 * a key that lives, none is inserted and the transaction is at its end: that is found by the index alone, for
 * to ask first, or `on conflict`, doubles what an insert costs.
 *
 * @returns how many were inserted.
 */
export async function insertSubjectKeys(
  sql: Sql,
  controllerId: string,
  rows: readonly SubjectKeyRow[],
  now: Date,
): Promise<number> {
  try {
    return await sql.run({
      name: 'keys.subject-key.insert',
      text: `with joined as materialized (
             select pg_advisory_xact_lock_shared(hashtextextended('keys.wraps:' || $1::text, 0)))
           insert into keys.subject_key
             (id, controller_id, subject_id, kek_version, wrapped, commitment, created_at)
           select n.id, $1::uuid, n.subject_id, n.kek_version, n.wrapped, n.commitment, $2
           from joined cross join unnest($3::uuid[], $4::uuid[], $5::int[], $6::bytea[], $7::bytea[])
             as n (id, subject_id, kek_version, wrapped, commitment)
           where not exists (select from keys.erasure e where e.subject_id = n.subject_id)`,
      values: [
        controllerId,
        now,
        uuidArray(rows.map((row) => row.id)),
        uuidArray(rows.map((row) => row.subjectId)),
        int4Array(rows.map((row) => row.kekVersion)),
        byteaArray(rows.map((row) => row.wrapped)),
        byteaArray(rows.map((row) => row.commitment)),
      ],
    })
  } catch (error) {
    if (isSecondKey(error)) return 0
    throw error
  }
}

/** PostgreSQL's unique_violation, of the index that lets a subject have one living key. */
function isSecondKey(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown }
  return code === '23505' && constraint === 'subject_key_live'
}

/** The keys of these subjects, retired ones too. */
export function findSubjectKeys(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<SubjectKeyRow[]> {
  return ofKeys(
    sql,
    {
      name: 'keys.subject-key.find',
      // Each half by an index of its own: live keys have one, and the few retired ones another.
      text: (among) => `select ${columns} from keys.subject_key
           where controller_id = $2 and subject_id ${among} and retired_at is null
           union all select ${columns} from keys.subject_key
           where controller_id = $2 and subject_id ${among} and retired_at is not null`,
      values: [controllerId],
      keyOf: ({ subjectId }: SubjectKeyRow) => subjectId,
    },
    subjectIds,
  )
}

/**
 * Deletes keys, and writes each subject's live one into the ledger and its export queue, in one
 * statement.
 *
 * @returns every key that is gone, retired ones too.
 */
export function eraseSubjectKeys(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  now: Date,
  reason: string,
): Promise<Erasure[]> {
  return sql.rows({
    name: 'keys.subject-key.erase',
    text: `with gone as (
             delete from keys.subject_key
             where controller_id = $1 and subject_id = any($2::uuid[])
             returning id, controller_id, subject_id, commitment, retired_at),
           written as (
             insert into keys.erasure (key_id, controller_id, subject_id, commitment, at, reason)
             select id, controller_id, subject_id, commitment, $3, $4 from gone
             where retired_at is null
             returning key_id),
           queued as (
             insert into keys.unexported_erasure (key_id) select key_id from written)
           select id as "keyId", controller_id as "controllerId", subject_id as "subjectId",
             commitment, $3::timestamptz as at, $4::text as reason from gone`,
    values: [controllerId, subjectIds, now, reason],
  })
}

/** Rows wrapped under an older version, locked; rows somebody else works on are left for the next batch. */
export function lockOldSubjectKeys(
  sql: Sql,
  controllerId: string,
  version: number,
  limit: number,
): Promise<SubjectKeyRow[]> {
  return sql.rows({
    name: 'keys.subject-key.lock-old',
    text: `select ${columns} from keys.subject_key
           where controller_id = $1 and kek_version < $2
           limit $3 for update skip locked`,
    values: [controllerId, version, limit],
  })
}

export function updateWrapped(
  sql: Sql,
  rows: readonly Pick<SubjectKeyRow, 'id' | 'kekVersion' | 'wrapped'>[],
): Promise<number> {
  return sql.run({
    name: 'keys.subject-key.rewrap',
    text: `update keys.subject_key k set kek_version = n.kek_version, wrapped = n.wrapped
           from unnest($1::uuid[], $2::int[], $3::bytea[]) as n (id, kek_version, wrapped)
           where k.id = n.id`,
    values: [
      uuidArray(rows.map((row) => row.id)),
      int4Array(rows.map((row) => row.kekVersion)),
      byteaArray(rows.map((row) => row.wrapped)),
    ],
  })
}

/** How many live subject keys a controller has. */
export async function countSubjectKeys(sql: Sql, controllerId: string): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'keys.subject-key.count-live',
    text: `select count(*) as count from keys.subject_key
           where controller_id = $1 and retired_at is null`,
    values: [controllerId],
  })
  return row?.count ?? 0
}

/** Retires the keys of these subjects, so that they can get others. */
export async function retireSubjectKeys(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'keys.subject-key.retire',
    text: `update keys.subject_key set retired_at = $3
           where controller_id = $1 and subject_id = any($2::uuid[]) and retired_at is null`,
    values: [controllerId, subjectIds, now],
  })
}

/**
 * Drops retired keys that no backup needs any more, and no row either.
 *
 * @param tables - `schema.table`s whose rows name their subject key in a column `key_id`.
 */
export async function dropRetired(
  sql: Sql,
  before: Date,
  tables: readonly string[],
): Promise<number> {
  const unused = tables
    .map((table) => `and not exists (select from ${table} r where r.key_id = k.id)`)
    .join('\n')
  return sql.run({
    text: `delete from keys.subject_key k where retired_at < $1 ${unused}`,
    values: [before],
  })
}

/** How many subject keys each version of a controller's wrapping key still holds. */
export function countReferences(
  sql: Sql,
  controllerIds: readonly string[],
): Promise<{ controllerId: string; version: number; count: number }[]> {
  return sql.rows({
    name: 'keys.subject-key.count',
    text: `select controller_id as "controllerId", kek_version as version, count(*) as count
           from keys.subject_key where controller_id = any($1::uuid[]) group by 1, 2`,
    values: [controllerIds],
  })
}

/** The newest version each controller's subject keys name. */
export function newestReferences(sql: Sql): Promise<{ controllerId: string; version: number }[]> {
  return sql.rows({
    name: 'keys.subject-key.newest',
    text: `select controller_id as "controllerId", max(kek_version) as version
           from keys.subject_key group by 1`,
  })
}
