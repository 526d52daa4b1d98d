import { newId } from '#ground'
import { type Act, controllerOf } from '#kernel'
import { keepSubjectKeys, type SubjectKey, subjectKeys } from '#keys'
import { indexRows } from '../fields/index-acts.ts'
import { type EventDates, eventDates } from '../retention/event-store.ts'
import { endOf } from '../retention/retention.ts'
import {
  insertSubjects,
  lockByKey,
  lockCounters,
  type LockedSubject,
  type Ordinals,
  peekByKey,
  takeOrdinals,
} from '../subjects/store.ts'
import type { SealedRecord } from '../subjects/subject.ts'
import type { Placed, StoredRow } from './row.ts'
import { type Newcomers, sealNewcomers, sealRow, type Unnumbered } from './seal-acts.ts'
import { inSlices } from './slices.ts'
import { insertRecords, replaceRecords, type Standing, standingRecords } from './store.ts'

/** What stands before a put, locked: subjects by `who`, records by `slot`. */
export interface Ground {
  readonly subjects: ReadonlyMap<
    string,
    Pick<LockedSubject, 'subjectId' | 'ordinal' | 'restricted' | 'consents' | 'objections'>
  >
  readonly standing: ReadonlyMap<string, Standing>
  /** When what retention is counted from happened, by subject id and event. */
  readonly events: EventDates
  /** Ordinals given out already, for what was expected to be born. */
  readonly reserved?: Reserved
}

interface Reserved extends Ordinals {
  readonly subjects: number
  readonly records: number
}

const noEvents: EventDates = new Map()
const nothing: Ground = { subjects: new Map(), standing: new Map(), events: noEvents }

/** When the event came that a row's category counts its retention from; undefined where it has not. */
export const eventOf = ({ who, category }: Placed, { subjects, events }: Ground) =>
  category.retainFrom === null
    ? undefined
    : events.get(`${subjects.get(who)?.subjectId} ${category.retainFrom}`)

/**
 * Locks what the rows concern. Births take the controller's counters first and subjects after: one
 * order for all, so that nobody waits in a circle. Mere replacements leave the counters alone.
 *
 * @param prepared - what {@link prepareNewcomers} made of them.
 */
export async function locate(
  act: Act,
  placed: readonly Placed[],
  prepared?: Newcomers,
): Promise<Ground> {
  const rows = perSlot(placed)
  if (rows.length === 0) return nothing
  if (prepared !== undefined && prepared.size > 0) return locateNewcomers(act, rows, prepared)
  const isComplete = ({ standing }: Ground) => standing.size === rows.length
  const births = !isComplete(await look(act, rows, peekByKey))
  if (births) await lockCounters(act.sql, controllerOf(act))
  const ground = await look(act, rows, lockByKey)
  if (births || isComplete(ground)) return ground
  // Erased between look and lock: it will be born again, so the counters are needed after all.
  await lockCounters(act.sql, controllerOf(act))
  return look(act, rows, lockByKey)
}

/**
 * As {@link locate}, where newcomers are expected: nobody need look first whether there are any, and their
 * ordinals are taken at once. Where it is otherwise after all, {@link storePlaced} takes or returns the rest.
 */
async function locateNewcomers(
  act: Act,
  rows: readonly Placed[],
  prepared: Newcomers,
): Promise<Ground> {
  const subjects = prepared.size
  const records = rows.filter(({ who }) => prepared.has(who)).length
  const [ordinals, ground] = await Promise.all([
    takeOrdinals(act.sql, controllerOf(act), subjects, records),
    look(act, rows, lockByKey),
  ])
  return { ...ground, reserved: { ...ordinals, subjects, records } }
}

async function look(act: Act, rows: readonly Placed[], byKey: typeof lockByKey): Promise<Ground> {
  const controllerId = controllerOf(act)
  const byIndex = byIndexOf(rows)
  const keyIndexes = [...byIndex.values()].map(({ index }) => index)
  const found = await byKey(act.sql, controllerId, keyIndexes)
  if (found.length === 0) return nothing
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
  const awaits = known.some(({ category }) => category.retainFrom !== null)
  const ids = found.map(({ subjectId }) => subjectId)
  return {
    subjects,
    standing: new Map(standing.map((r) => [`${whose.get(r.subjectId)!}:${r.category}`, r])),
    events: awaits ? await eventDates(act.sql, controllerId, ids) : noEvents,
  }
}

/**
 * Which of the rows' subjects nobody has heard of, as it looks now, with everything about them that
 * can be sealed before their turn has come. Locks nothing; {@link storePlaced} takes what is still true.
 */
export async function prepareNewcomers(act: Act, placed: readonly Placed[]): Promise<Newcomers> {
  const rows = perSlot(placed)
  const byIndex = byIndexOf(rows)
  const keyIndexes = [...byIndex.values()].map(({ index }) => index)
  const known = await peekByKey(act.sql, controllerOf(act), keyIndexes)
  const heard = new Set(known.map(({ keyIndex }) => byIndex.get(keyIndex.toString('hex'))!.who))
  return sealNewcomers(
    act,
    rows.filter(({ who }) => !heard.has(who)),
  )
}

/**
 * Seals rows and puts them in their places, births and replacements, one statement for each table.
 *
 * @param prepared - what {@link prepareNewcomers} sealed of them before, if anything.
 * @param along - what else is sent with the rows, without waiting for them.
 * @returns one per row, in order.
 */
export async function storePlaced(
  act: Act,
  placed: readonly Placed[],
  ground: Ground,
  prepared?: Newcomers,
  along: (stored: readonly StoredRow[]) => Promise<void> = async () => {},
): Promise<StoredRow[]> {
  const rows = perSlot(placed)
  const newcomers = await newcomersOf(act, rows, ground, prepared)
  const known = rows.flatMap(({ who }) => ground.subjects.get(who)?.subjectId ?? [])
  const keys = await subjectKeys(act, known)
  const births = rows.filter(({ slot }) => !ground.standing.has(slot)).length
  const { firstSubject, firstRecord } = await ordinalsOf(act, newcomers.size, births, ground)
  const ordinals = new Map([...newcomers.keys()].map((who, i) => [who, firstSubject + i]))
  const sealed = await sealRest(
    act,
    rows,
    ground,
    (row) => keyOf(row, ground, keys, newcomers),
    newcomers,
  )
  let nextRecord = firstRecord
  const records = rows.map((row, i): SealedRecord => {
    const ordinal = ground.standing.get(row.slot)?.ordinal ?? nextRecord++
    return { ...sealed[i]!, ordinal }
  })
  const written = write(act, { rows, records, newcomers, ordinals }, ground)
  // PostgreSQL has its work: the rest of ours is done beside it.
  rows.forEach(({ who }, i) => {
    const subject = ground.subjects.get(who)?.ordinal ?? ordinals.get(who)!
    act.touch({ subject, record: records[i]!.ordinal, category: records[i]!.category })
  })
  const bySlot = new Map(rows.map((row, i) => [row.slot, storedRow(row, records[i]!)]))
  const stored = placed.map(({ slot }) => bySlot.get(slot)!)
  await Promise.all([written, along(stored)])
  return stored
}

/** The first ordinals of so many births: those reserved, and what is missing or too many. */
async function ordinalsOf(
  act: Act,
  subjects: number,
  records: number,
  { reserved }: Ground,
): Promise<Ordinals> {
  const before = reserved ?? { firstSubject: 0, firstRecord: 0, subjects: 0, records: 0 }
  const more = { subjects: subjects - before.subjects, records: records - before.records }
  if (more.subjects === 0 && more.records === 0) return before
  const taken = await takeOrdinals(act.sql, controllerOf(act), more.subjects, more.records)
  return reserved ?? taken
}

/** Every row sealed, one per row: those of newcomers are already, and hold nobody up; the rest is now. */
async function sealRest(
  act: Act,
  rows: readonly Placed[],
  ground: Ground,
  keyOf: (row: Placed) => SubjectKey,
  newcomers: Newcomers,
): Promise<Unnumbered[]> {
  const sealed = rows.map(({ who, slot }) => newcomers.get(who)?.records.get(slot))
  const rest = [...sealed.keys()].filter((i) => sealed[i] === undefined)
  await inSlices(rest, (i) => {
    const row = rows[i]!
    const standing = ground.standing.get(row.slot)
    sealed[i] = sealRow(act, row, keyOf(row), {
      recordId: standing?.recordId ?? newId(),
      version: (standing?.version ?? 0) + 1,
      eraseAfter: endOf(row.category, act.now, eventOf(row, ground)),
    })
  })
  return sealed as Unnumbered[]
}

/** The newcomers that are newcomers still, once what stands is locked; the rest is sealed now. */
async function newcomersOf(
  act: Act,
  rows: readonly Placed[],
  { subjects }: Ground,
  prepared: Newcomers = new Map(),
): Promise<Newcomers> {
  const unknown = rows.filter(({ who }) => !subjects.has(who))
  const rest = unknown.filter(({ who }) => !prepared.has(who))
  const late = rest.length === 0 ? undefined : await sealNewcomers(act, rest)
  return new Map(unknown.map(({ who }) => [who, prepared.get(who) ?? late!.get(who)!] as const))
}

function keyOf(
  { who }: Placed,
  { subjects }: Ground,
  keys: ReadonlyMap<string, SubjectKey>,
  newcomers: Newcomers,
): SubjectKey {
  const known = subjects.get(who)
  return known === undefined ? newcomers.get(who)!.made.key : keys.get(known.subjectId)!
}

interface Written {
  readonly rows: readonly Placed[]
  /** One per row, in order. */
  readonly records: readonly SealedRecord[]
  readonly newcomers: Newcomers
  /** Of the newcomers, by `who`. */
  readonly ordinals: ReadonlyMap<string, number>
}

/** Sends every statement at once, in the order the tables need: none waits for the answer of the one before. */
async function write(
  act: Act,
  { rows, records, newcomers, ordinals }: Written,
  ground: Ground,
): Promise<void> {
  const controllerId = controllerOf(act)
  const stands = (_: unknown, i: number) => ground.standing.has(rows[i]!.slot)
  const born = records.filter((record, i) => !stands(record, i))
  const replaced = records.filter(stands)
  await Promise.all([
    keepSubjectKeys(
      act,
      [...newcomers.values()].map(({ made }) => made),
    ),
    newcomers.size > 0 &&
      insertSubjects(
        act.sql,
        controllerId,
        act.now,
        rows[0]!.indexVersion,
        [...newcomers].map(([who, { made, keyIndex, keySealed }]) => {
          const { subjectId, id: keyId } = made.key
          return { subjectId, ordinal: ordinals.get(who)!, keyIndex, keySealed, keyId }
        }),
      ),
    born.length > 0 && insertRecords(act.sql, controllerId, born),
    replaced.length > 0 && replaceRecords(act.sql, controllerId, replaced),
    indexRows(act, rows, records, replaced),
  ])
}

const storedRow = (
  { category }: Placed,
  { subjectId, recordId, version, eraseAfter }: SealedRecord,
): StoredRow => ({ subjectId, recordId, version, category: category.name, eraseAfter })

/** Every index a subject of these rows may be known by, in hexadecimal, and whose it is. */
function byIndexOf(rows: readonly Placed[]) {
  const byIndex = new Map<string, { readonly index: Buffer; readonly who: string }>()
  for (const { who, keyIndex, olderIndexes } of rows) {
    if (byIndex.has(who)) continue
    byIndex.set(who, { index: keyIndex, who })
    for (const index of olderIndexes) byIndex.set(index.toString('hex'), { index, who })
  }
  return byIndex
}

/** One row per slot: the last one given. */
function perSlot(rows: readonly Placed[]): Placed[] {
  return [...new Map(rows.map((row) => [row.slot, row])).values()]
}
