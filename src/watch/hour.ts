import { hourMs } from '#ground'
import { unpackTouched } from '#trail'
import { accessKind, discloses } from './access-kind.ts'
import { type Suspect, suspectKey, suspectOf, type Trace } from './finding.ts'
import { addSubject, chunkOf, noSubjects } from './hour-set.ts'
import type { Watched } from './watched.ts'

/** What one address of a suspect did in one hour, in counts. */
export interface HabitRow extends Suspect, Omit<Trace, 'credentialId' | 'sessionId' | 'entries'> {
  readonly hour: Date
  readonly subjects: number
  readonly records: number
  readonly refused: number
}

/** A part of the subjects a suspect saw in an hour. */
export interface HourSet extends Suspect {
  readonly hour: Date
  readonly controllerId: string
  readonly chunk: number
  readonly bits: Buffer
}

/** The whole hour an instant lies in. */
export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs)

/** Whether an entry says anything about a habit: what was disclosed, and what was refused. */
export const formsHabit = (entry: Watched): boolean =>
  entry.actorKind !== 'house' && (disclosing(entry) || entry.outcome === 'refused')

/** The chunks these entries fall into, empty. */
export function hourSetsOf(entries: readonly Watched[]): HourSet[] {
  const sets = new Map<string, HourSet>()
  for (const entry of entries.filter(disclosing)) {
    const place = { ...suspectOf(entry), hour: hourOf(entry.at), controllerId: entry.controllerId! }
    for (const { subject } of unpackTouched(entry.touched!)) {
      const key = setKey({ ...place, chunk: chunkOf(subject) })
      if (!sets.has(key)) sets.set(key, { ...place, chunk: chunkOf(subject), bits: noSubjects() })
    }
  }
  return [...sets.values()]
}

/**
 * Adds up entries by suspect, hour and address. A subject counts once in an hour, at the address
 * that saw it first: its bit is set in `sets`, which must hold every chunk {@link hourSetsOf} names.
 */
export function habitRows(entries: readonly Watched[], sets: readonly HourSet[]): HabitRow[] {
  const bitsOf = new Map(sets.map((set) => [setKey(set), set.bits]))
  const rows = new Map<string, HabitRow>()
  for (const entry of entries.filter(formsHabit)) {
    const suspect = suspectOf(entry)
    const hour = hourOf(entry.at)
    const key = `${suspectKey(suspect)} ${hour.getTime()} ${entry.sourceKey.toString('base64')}`
    const seen = disclosing(entry)
      ? { subjects: newSubjects(entry, { ...suspect, hour }, bitsOf), records: entry.records }
      : { subjects: 0, records: 0 }
    rows.set(key, grown(rows.get(key) ?? emptyRow(suspect, hour, entry), seen, entry))
  }
  return [...rows.values()]
}

const disclosing = ({ outcome, controllerId, touched, action, actorKind }: Watched): boolean =>
  outcome === 'done' &&
  actorKind !== 'house' &&
  controllerId !== null &&
  touched !== null &&
  discloses(accessKind(action))

function newSubjects(
  { touched, controllerId }: Watched,
  place: Suspect & { readonly hour: Date },
  bitsOf: ReadonlyMap<string, Buffer>,
): number {
  const subjects = new Set(unpackTouched(touched!).map(({ subject }) => subject))
  return [...subjects].filter((subject) => {
    const key = setKey({ ...place, controllerId: controllerId!, chunk: chunkOf(subject) })
    return addSubject(bitsOf.get(key)!, subject)
  }).length
}

const emptyRow = (
  suspect: Suspect,
  hour: Date,
  { at, position, sourceKey }: Watched,
): HabitRow => ({
  ...suspect,
  hour,
  sourceKey,
  subjects: 0,
  records: 0,
  refused: 0,
  firstAt: at,
  lastAt: at,
  firstPosition: position,
  lastPosition: position,
})

const grown = (
  row: HabitRow,
  { subjects, records }: { readonly subjects: number; readonly records: number },
  { outcome, at, position }: Watched,
): HabitRow => ({
  ...row,
  subjects: row.subjects + subjects,
  records: row.records + records,
  refused: row.refused + (outcome === 'refused' ? 1 : 0),
  firstAt: at < row.firstAt ? at : row.firstAt,
  lastAt: at > row.lastAt ? at : row.lastAt,
  lastPosition: position,
})

const setKey = (set: Omit<HourSet, 'bits'>): string =>
  `${suspectKey(set)} ${set.hour.getTime()} ${set.controllerId} ${set.chunk}`
