import { newId } from '#ground'
import type { Act } from '#kernel'
import { accountsSince, entriesFrom } from '#trail'
import { canariesOf } from './canary-store.ts'
import { canarySightings, mayTouchCanary } from './canary.ts'
import { lockCursor, moveCursor } from './cursor-store.ts'
import { upsertFinding, upsertTraces } from './finding-store.ts'
import { type Sighting, type Suspect, suspectKey } from './finding.ts'
import { addHabits, habitsOf, pastsOf, saveSets, storedSets } from './habit-store.ts'
import { formsHabit, type HabitRow, habitRows, hourSetsOf } from './hour.ts'
import { openedSightings } from './opened.ts'
import { leastRefused, refusedBurst } from './refused-burst.ts'
import { tellsOfUnrecorded, unrecordedSighting } from './unrecorded.ts'
import { volumeSighting, worthAsking } from './volume.ts'
import { evaluateAction, type Watched } from './watched.ts'

/** Entries to one act. */
export const largestBatch = 5000

export interface Evaluation {
  readonly entries: number
  /** Findings made or extended. */
  readonly noticed: number
}

/**
 * Evaluates the next entries of the trail. Findings and the cursor's new place commit together: no
 * entry is evaluated twice, and none never.
 */
export async function evaluateNext(act: Act): Promise<Evaluation> {
  const { sql, now } = act
  const cursor = await lockCursor(sql)
  const entries = await entriesFrom(sql, cursor.position, largestBatch)
  const last = entries.at(-1)
  if (last === undefined) return { entries: 0, noticed: 0 }
  const others = entries.filter(({ action }) => action !== evaluateAction)
  const sightings = [
    ...(await canaries(act, others)),
    ...(await habits(act, others)),
    ...(await unrecorded(act, others)),
    ...openedSightings(others),
  ]
  let noticed = 0
  for (const sighting of sightings) if (await keep(act, sighting)) noticed += 1
  const { position, at: entryAt } = last
  await moveCursor(sql, { position, entries: entries.length, noticed, entryAt, now })
  act.tell({ afterPosition: cursor.position, throughPosition: position, noticed })
  return { entries: entries.length, noticed }
}

async function canaries({ sql }: Act, entries: readonly Watched[]): Promise<Sighting[]> {
  const suspicious = entries.filter(mayTouchCanary)
  const controllerIds = [...new Set(suspicious.map(({ controllerId }) => controllerId!))]
  return canarySightings(suspicious, await canariesOf(sql, controllerIds))
}

async function unrecorded({ sql }: Act, entries: readonly Watched[]): Promise<Sighting[]> {
  const telling = entries.filter(tellsOfUnrecorded)
  const [first] = telling
  if (first === undefined) return []
  const sighting = unrecordedSighting(telling, await accountsSince(sql, first.at))
  return sighting === undefined ? [] : [sighting]
}

async function habits({ sql }: Act, entries: readonly Watched[]): Promise<Sighting[]> {
  const relevant = entries.filter(formsHabit)
  if (relevant.length === 0) return []
  const empty = hourSetsOf(relevant)
  const stored = await storedSets(sql, empty)
  const known = new Set(stored.map(setPlace))
  const sets = [...stored, ...empty.filter((set) => !known.has(setPlace(set)))]
  const rows = habitRows(relevant, sets)
  await saveSets(sql, sets)
  await addHabits(sql, rows)
  const hours = await bigHours(sql, rows)
  const pasts = await pastsOf(sql, hours)
  return hours.flatMap((hour, i) => {
    const past = pasts[i]!
    const controllerIds = controllersOf(sets, hour)
    const sources = hour.sources.map((row) => ({ ...row, sessionId: null, entries: 1 }))
    const volume = volumeSighting({ ...hour, controllerIds, sources, past })
    const refused = refusedBurst({ ...hour, sources, past: past.refused })
    return [volume, refused].filter((sighting) => sighting !== undefined)
  })
}

interface BigHour extends Suspect {
  readonly hour: Date
  readonly sources: readonly HabitRow[]
}

/** The hours among these that are big enough to compare with the past, whole. */
async function bigHours(sql: Act['sql'], rows: readonly HabitRow[]): Promise<BigHour[]> {
  const touched = new Map(rows.map((row) => [hourPlace(row), row]))
  const all = await habitsOf(sql, [...touched.values()])
  const byHour = Map.groupBy(all, hourPlace)
  return [...byHour.values()]
    .map((sources) => {
      const { actorKind, actorId, credentialId, hour } = sources[0]!
      return { actorKind, actorId, credentialId, hour, sources }
    })
    .filter(({ sources }) => {
      const sum = (of: 'subjects' | 'records' | 'refused') =>
        sources.reduce((total, source) => total + source[of], 0)
      return worthAsking(sum('subjects'), sum('records')) || sum('refused') >= leastRefused
    })
}

async function keep({ sql, now }: Act, sighting: Sighting): Promise<boolean> {
  const kept = await upsertFinding(sql, newId(), sighting, now)
  if (kept === undefined) return false
  await upsertTraces(sql, kept.findingId, sighting.traces)
  return true
}

const hourPlace = (of: Suspect & { readonly hour: Date }): string =>
  `${suspectKey(of)} ${of.hour.getTime()}`

const setPlace = (set: Parameters<typeof hourPlace>[0] & { controllerId: string; chunk: number }) =>
  `${hourPlace(set)} ${set.controllerId} ${set.chunk}`

const controllersOf = (
  sets: readonly (Suspect & { readonly hour: Date; readonly controllerId: string })[],
  hour: BigHour,
): string[] => [
  ...new Set(
    sets
      .filter((set) => hourPlace(set) === hourPlace(hour))
      .map(({ controllerId }) => controllerId),
  ),
]
