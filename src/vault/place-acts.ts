import { newId } from '#ground'
import { type Act, controllerOf } from '#kernel'
import { indexVersion, newSubjectKeys, sealRecord, type SubjectKey, subjectKeys } from '#keys'
import { fieldIndex } from './indexes.ts'
import {
  deleteIndex,
  insertIndex,
  type Standing,
  standingRecords,
  upsertRecords,
} from './record-store.ts'
import { eraseAfter } from './retention.ts'
import type { ReadyRow, StoredRow } from './row.ts'
import { identifierContext, recordContext, type SealedRecord } from './subject.ts'
import {
  insertSubjects,
  lockByKey,
  lockCounters,
  type LockedSubject,
  peekByKey,
  takeOrdinals,
} from './subject-store.ts'

/** A row on its way to its place. */
export interface Placed extends ReadyRow {
  /** Its place among the rows given, from 1. */
  readonly row: number
  /** The subject's blind index, as bytes and in hexadecimal. */
  readonly keyIndex: Buffer
  readonly who: string
  /** Under other living versions of the index key: a subject may still be known by one of them. */
  readonly olderIndexes: readonly Buffer[]
  /** Subject and category: two rows of one slot are one record. */
  readonly slot: string
}

/** What stands before a put, locked: subjects by `who`, records by `slot`. */
export interface Ground {
  readonly subjects: ReadonlyMap<
    string,
    Pick<LockedSubject, 'subjectId' | 'ordinal' | 'restricted'>
  >
  readonly standing: ReadonlyMap<string, Standing>
}

/**
 * Locks what the rows concern. Births take the controller's counters first and subjects after: one
 * order for all, so that nobody waits in a circle. Mere replacements leave the counters alone.
 */
export async function locate(act: Act, placed: readonly Placed[]): Promise<Ground> {
  const rows = perSlot(placed)
  if (rows.length === 0) return { subjects: new Map(), standing: new Map() }
  const isComplete = ({ standing }: Ground) => standing.size === rows.length
  const births = !isComplete(await look(act, rows, peekByKey))
  if (births) await lockCounters(act.sql, controllerOf(act))
  const ground = await look(act, rows, lockByKey)
  if (births || isComplete(ground)) return ground
  // Erased between look and lock: it will be born again, so the counters are needed after all.
  await lockCounters(act.sql, controllerOf(act))
  return look(act, rows, lockByKey)
}

async function look(act: Act, rows: readonly Placed[], byKey: typeof lockByKey): Promise<Ground> {
  const controllerId = controllerOf(act)
  const byIndex = new Map<string, { readonly index: Buffer; readonly who: string }>()
  for (const { who, keyIndex, olderIndexes } of rows) {
    if (byIndex.has(who)) continue
    for (const index of [keyIndex, ...olderIndexes])
      byIndex.set(index.toString('hex'), { index, who })
  }
  const keyIndexes = [...byIndex.values()].map(({ index }) => index)
  const found = await byKey(act.sql, controllerId, keyIndexes)
  if (found.length === 0) return { subjects: new Map(), standing: new Map() }
  const subjects = new Map(
    found.map((subject) => [byIndex.get(subject.keyIndex.toString('hex'))!.who, subject]),
  )
  const whose = new Map([...subjects].map(([who, { subjectId }]) => [subjectId, who]))
  const known = rows.filter(({ who }) => subjects.has(who))
  const standing = await standingRecords(
    act.sql,
    controllerId,
    known.map(({ who }) => subjects.get(who)!.subjectId),
    known.map(({ category }) => category.bit),
  )
  return {
    subjects,
    standing: new Map(standing.map((r) => [`${whose.get(r.subjectId)!}:${r.category}`, r])),
  }
}

/**
 * Seals rows and puts them in their places, births and replacements, one statement for each table.
 *
 * @returns one per row, in order.
 */
export async function storePlaced(
  act: Act,
  placed: readonly Placed[],
  ground: Ground,
): Promise<StoredRow[]> {
  if (placed.length === 0) return []
  const rows = perSlot(placed)
  const { subjects, keys, firstRecord } = await bear(act, rows, ground)
  const stored = new Map<string, StoredRow>()
  let nextRecord = firstRecord
  const records = rows.map((row) => {
    const { subjectId, ordinal } = subjects.get(row.who)!
    const standing = ground.standing.get(row.slot)
    const record = sealRow(act, row, keys.get(subjectId)!, {
      recordId: standing?.recordId ?? newId(),
      ordinal: standing?.ordinal ?? nextRecord++,
      version: (standing?.version ?? 0) + 1,
    })
    act.touch({ subject: ordinal, record: record.ordinal, category: record.category })
    const { recordId, version } = record
    stored.set(row.slot, {
      subjectId,
      recordId,
      version,
      category: row.category.name,
      eraseAfter: record.eraseAfter,
    })
    return record
  })
  await upsertRecords(act.sql, controllerOf(act), records)
  await indexRows(act, rows, records, ground)
  return placed.map(({ slot }) => stored.get(slot)!)
}

type Numbered = Pick<LockedSubject, 'subjectId' | 'ordinal'>

interface Born {
  /** Every subject of the rows, old and new, by `who`. */
  readonly subjects: ReadonlyMap<string, Numbered>
  /** Their data keys, by subject id. */
  readonly keys: ReadonlyMap<string, SubjectKey>
  readonly firstRecord: number
}

/** Gives new subjects their id, ordinal and key, and new records their ordinals. */
async function bear(act: Act, rows: readonly Placed[], ground: Ground): Promise<Born> {
  const controllerId = controllerOf(act)
  const newcomers = [
    ...new Map(
      rows.filter(({ who }) => !ground.subjects.has(who)).map((row) => [row.who, row]),
    ).values(),
  ]
  const births = rows.filter(({ slot }) => !ground.standing.has(slot)).length
  const { firstSubject, firstRecord } =
    births === 0
      ? { firstSubject: 0, firstRecord: 0 }
      : await takeOrdinals(act.sql, controllerId, newcomers.length, births)
  const known = rows.flatMap(({ who }) => ground.subjects.get(who)?.subjectId ?? [])
  const keys = await subjectKeys(act, known)
  if (newcomers.length === 0) return { subjects: ground.subjects, keys, firstRecord }

  const born = newcomers.map((row, i) => ({ row, subjectId: newId(), ordinal: firstSubject + i }))
  const newKeys = await newSubjectKeys(
    act,
    born.map(({ subjectId }) => subjectId),
  )
  await insertSubjects(
    act.sql,
    controllerId,
    act.now,
    indexVersion(act),
    born.map(({ row, subjectId, ordinal }) => {
      const key = newKeys.get(subjectId)!
      const keySealed = sealRecord(key, identifierContext, Buffer.from(row.subjectKey))
      return { subjectId, ordinal, keyIndex: row.keyIndex, keySealed, keyId: key.id }
    }),
  )
  return {
    subjects: new Map<string, Numbered>([
      ...ground.subjects,
      ...born.map((subject) => [subject.row.who, subject] as const),
    ]),
    keys: new Map([...keys, ...newKeys]),
    firstRecord,
  }
}

function sealRow(
  act: Act,
  { category, values }: Placed,
  key: SubjectKey,
  identity: Pick<SealedRecord, 'recordId' | 'ordinal' | 'version'>,
): SealedRecord {
  const place = { ...identity, category: category.bit }
  const plaintext = Buffer.from(JSON.stringify(Object.fromEntries(values)))
  return {
    ...place,
    subjectId: key.subjectId,
    keyId: key.id,
    sealed: sealRecord(key, recordContext(place), plaintext),
    storedAt: act.now,
    eraseAfter: eraseAfter(act.now, category.retainDays),
  }
}

async function indexRows(
  act: Act,
  rows: readonly Placed[],
  records: readonly SealedRecord[],
  { standing }: Ground,
): Promise<void> {
  const controllerId = controllerOf(act)
  const replaced = records.filter((_, i) => standing.has(rows[i]!.slot))
  if (replaced.length > 0)
    await deleteIndex(
      act.sql,
      controllerId,
      replaced.map(({ subjectId }) => subjectId),
      replaced.map(({ category }) => category),
    )
  const entries = rows.flatMap(({ category, values }, i) =>
    category.fields.flatMap((field) => {
      const value = values.get(field.name)
      if (!field.searchable || value === undefined) return []
      const { subjectId } = records[i]!
      const index = fieldIndex(act, category, field, value)
      return [{ subjectId, category: category.bit, field: field.name, value: index }]
    }),
  )
  if (entries.length > 0) await insertIndex(act.sql, controllerId, indexVersion(act), entries)
}

/** One row per slot: the last one given. */
function perSlot(rows: readonly Placed[]): Placed[] {
  return [...new Map(rows.map((row) => [row.slot, row])).values()]
}
