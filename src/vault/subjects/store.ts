import { byteaArray, int4Array, ofKeys, uuidArray } from '#ground'
import type { Sql } from '#kernel'
import type { ListedSubject, Subject } from './subject.ts'

const columns = `subject_id as "subjectId", ordinal, key_sealed as "keySealed", restricted, held,
    consents, objections,
    created_at as "createdAt", erased_at as "erasedAt"`

const asPut = `subject_id as "subjectId", ordinal, key_index as "keyIndex", restricted,
        consents, objections`

/** A live subject as a put sees it: found by its blind index, locked until the transaction ends. */
export interface LockedSubject {
  readonly subjectId: string
  readonly ordinal: number
  readonly keyIndex: Buffer
  readonly restricted: boolean
  readonly consents: readonly string[] | null
  readonly objections: readonly string[] | null
}

/** Live subjects by their blind index, as they are now; nobody is kept from changing them. */
export const peekByKey = (
  sql: Sql,
  controllerId: string,
  keyIndexes: readonly Buffer[],
): Promise<LockedSubject[]> => sql.rows(byKey('peek', controllerId, keyIndexes))

/** Locks live subjects in the order of their ids, so that two transactions never wait for each other. */
export const lockByKey = (
  sql: Sql,
  controllerId: string,
  keyIndexes: readonly Buffer[],
): Promise<LockedSubject[]> => sql.rows(byKey('lock', controllerId, keyIndexes))

/** Lists longer than this are planned for the table as it is now. */
const few = 16

/**
 * The statement of {@link peekByKey} and {@link lockByKey}. A plan kept from when the table was small reads all
 * of it and holds each row against each index; for a few that is soon over, and planning costs more. Many are
 * looked for one by one: of a controller PostgreSQL has no figures of yet it believes that it has one
 * subject, and would read all of them to hold them against a list.
 */
function byKey(how: 'peek' | 'lock', controllerId: string, keyIndexes: readonly Buffer[]) {
  const values = [controllerId, byteaArray(keyIndexes)]
  const locking = how === 'lock' ? 'order by subject_id for no key update' : ''
  if (keyIndexes.length <= few)
    return {
      name: `vault.subject.${how}-by-key`,
      text: `select ${asPut} from vault.subject
        where controller_id = $1 and key_index = any($2::bytea[]) ${locking}`,
      values,
    }
  const one = `select subject_id from vault.subject
    where controller_id = $1 and key_index = k.index offset 0`
  return {
    text: `select ${asPut} from vault.subject
      where controller_id = $1 and key_index = any($2::bytea[]) and subject_id = any(array(
        select s.subject_id from unnest($2::bytea[]) k (index) cross join lateral (${one}) s))
      ${locking}`,
    values,
  }
}

/** The live subject with one of these blind indexes of one identifier. */
export function liveByKey(
  sql: Sql,
  controllerId: string,
  keyIndexes: readonly Buffer[],
): Promise<Pick<Subject, 'subjectId' | 'ordinal'> | undefined> {
  return sql.first({
    name: 'vault.subject.live-by-key',
    text: `select subject_id as "subjectId", ordinal from vault.subject
      where controller_id = $1 and key_index = any($2::bytea[])`,
    values: [controllerId, keyIndexes],
  })
}

/** Subjects by id, locked as {@link lockByKey} does. */
export function lockSubjects(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<Subject[]> {
  return sql.rows({
    name: 'vault.subject.lock',
    text: `select ${columns} from vault.subject
      where controller_id = $1 and subject_id = any($2::uuid[])
      order by subject_id for no key update`,
    values: [controllerId, subjectIds],
  })
}

/** Subjects by id, live or erased, in the order of their ordinals. */
export function subjectsById(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<Subject[]> {
  return ofKeys(
    sql,
    {
      name: 'vault.subject.by-id',
      text: (among) => `select ${columns} from vault.subject
        where controller_id = $2 and subject_id ${among} order by ordinal`,
      values: [controllerId],
      keyOf: ({ subjectId }: Subject) => subjectId,
    },
    subjectIds,
  )
}

/** The next live subjects after an ordinal. */
export function subjectsAfter(
  sql: Sql,
  controllerId: string,
  after: number,
  limit: number,
): Promise<Subject[]> {
  return sql.rows({
    name: 'vault.subject.after',
    text: `select ${columns} from vault.subject
      where controller_id = $1 and ordinal > $2 and erased_at is null order by ordinal limit $3`,
    values: [controllerId, after, limit],
  })
}

/** As {@link subjectsAfter}, with the number of each one's records. */
export function listAfter(
  sql: Sql,
  controllerId: string,
  after: number,
  limit: number,
): Promise<ListedSubject[]> {
  return sql.rows({
    name: 'vault.subject.list-after',
    text: `select subject_id as "subjectId", ordinal, restricted, held, created_at as "createdAt",
        (select count(*) from vault.record r
          where r.controller_id = s.controller_id and r.subject_id = s.subject_id) as records
      from vault.subject s
      where controller_id = $1 and ordinal > $2 and erased_at is null order by ordinal limit $3`,
    values: [controllerId, after, limit],
  })
}

/** Takes the controller's counters until the transaction ends: only then may subjects and records be born. */
export async function lockCounters(sql: Sql, controllerId: string): Promise<void> {
  await sql.rows({
    name: 'vault.controller.lock-counters',
    text: 'select 1 from vault.controller where controller_id = $1 for no key update',
    values: [controllerId],
  })
}

export interface Ordinals {
  readonly firstSubject: number
  readonly firstRecord: number
}

/** Gives out the next ordinals. Call {@link lockCounters} first. */
export async function takeOrdinals(
  sql: Sql,
  controllerId: string,
  subjects: number,
  records: number,
): Promise<Ordinals> {
  const row = await sql.first<Ordinals>({
    name: 'vault.controller.take-ordinals',
    text: `update vault.controller
      set next_subject = next_subject + $2, next_record = next_record + $3
      where controller_id = $1
      returning next_subject - $2 as "firstSubject", next_record - $3 as "firstRecord"`,
    values: [controllerId, subjects, records],
  })
  if (row === undefined) throw new TypeError('the controller is not in the scope of this act')
  return row
}

/** Sets the counters, which never go back: births wait until the transaction ends. */
export async function raiseOrdinals(
  sql: Sql,
  controllerId: string,
  { firstSubject, firstRecord }: Ordinals,
): Promise<Ordinals | undefined> {
  return sql.first({
    name: 'vault.controller.raise-ordinals',
    text: `update vault.controller
      set next_subject = greatest(next_subject, $2), next_record = greatest(next_record, $3)
      where controller_id = $1 and (next_subject < $2 or next_record < $3)
      returning next_subject as "firstSubject", next_record as "firstRecord"`,
    values: [controllerId, firstSubject, firstRecord],
  })
}

/** The ordinals that are given out next. */
export async function nextOrdinals(sql: Sql, controllerId: string): Promise<Ordinals> {
  const row = await sql.first<Ordinals>({
    name: 'vault.controller.next-ordinals',
    text: `select next_subject as "firstSubject", next_record as "firstRecord"
      from vault.controller where controller_id = $1`,
    values: [controllerId],
  })
  if (row === undefined) throw new TypeError('the controller is not in the scope of this act')
  return row
}

export interface NewSubject {
  readonly subjectId: string
  readonly ordinal: number
  readonly keyIndex: Buffer
  readonly keySealed: Buffer
  readonly keyId: string
}

export async function insertSubjects(
  sql: Sql,
  controllerId: string,
  now: Date,
  indexVersion: number,
  s: readonly NewSubject[],
): Promise<void> {
  await sql.run({
    name: 'vault.subject.insert',
    text: `insert into vault.subject
        (controller_id, subject_id, ordinal, key_index, key_sealed, key_id, created_at, index_version)
      select $1, t.*, $2, $8 from unnest($3::uuid[], $4::int[], $5::bytea[], $6::bytea[], $7::uuid[]) t`,
    values: [
      controllerId,
      now,
      uuidArray(s.map(({ subjectId }) => subjectId)),
      int4Array(s.map(({ ordinal }) => ordinal)),
      byteaArray(s.map(({ keyIndex }) => keyIndex)),
      byteaArray(s.map(({ keySealed }) => keySealed)),
      uuidArray(s.map(({ keyId }) => keyId)),
      indexVersion,
    ],
  })
}

/** Leaves of subjects only id and ordinal. */
export async function entomb(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'vault.subject.entomb',
    text: `update vault.subject
      set key_index = null, key_sealed = null, key_id = null, restricted = false,
        consents = null, objections = null, erased_at = $3
      where controller_id = $1 and subject_id = any($2::uuid[])`,
    values: [controllerId, subjectIds, now],
  })
}

/** Sets the flags of one subject. */
export async function setFlags(
  sql: Sql,
  controllerId: string,
  subjectId: string,
  { restricted, held }: Pick<Subject, 'restricted' | 'held'>,
): Promise<void> {
  await sql.run({
    name: 'vault.subject.set-flags',
    text: `update vault.subject set restricted = $3, held = $4
      where controller_id = $1 and subject_id = $2`,
    values: [controllerId, subjectId, restricted, held],
  })
}

/** Whether a legal hold stands anywhere in the controller. */
export async function anyHeld(sql: Sql, controllerId: string): Promise<boolean> {
  const row = await sql.first({
    name: 'vault.subject.any-held',
    text: 'select 1 from vault.subject where controller_id = $1 and held limit 1',
    values: [controllerId],
  })
  return row !== undefined
}

/** Ordinals of subjects, live or erased, by id. */
export async function subjectOrdinals(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await subjectsById(sql, controllerId, subjectIds)
  return new Map(rows.map(({ subjectId, ordinal }) => [subjectId, ordinal]))
}

/** Ids of subjects, live or erased, by ordinal: who is behind an entry's set. */
export async function subjectsByOrdinal(
  sql: Sql,
  controllerId: string,
  ordinals: readonly number[],
): Promise<Map<number, string>> {
  const rows = await sql.rows<{ subjectId: string; ordinal: number }>({
    name: 'vault.subject.by-ordinal',
    text: `select subject_id as "subjectId", ordinal from vault.subject
      where controller_id = $1 and ordinal = any($2::int[]) order by ordinal`,
    values: [controllerId, ordinals],
  })
  return new Map(rows.map(({ subjectId, ordinal }) => [ordinal, subjectId]))
}
