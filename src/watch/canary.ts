import { unpackTouched } from '#trail'
import { counted, named, type Sighting, suspectKey, suspectOf } from './finding.ts'
import { tracesOf, type Watched } from './watched.ts'

/** The canaries of one controller: subject ordinals nobody outside has a reason to touch. */
export type Canaries = ReadonlyMap<string, ReadonlySet<number>>

/** Planting them touches them, in the act that makes them canaries. */
export const plantAction = 'watch.canary.plant'

/** So does the end of a controller, confirmed by its name: canaries go with everything else. */
const rightful: ReadonlySet<string> = new Set([plantAction, 'vault.controller.leave'])

/** Whether the canary rule has to open an entry's set at all. */
export const mayTouchCanary = (entry: Watched): boolean =>
  entry.outcome === 'done' &&
  entry.actorKind !== 'house' &&
  !rightful.has(entry.action) &&
  entry.controllerId !== null &&
  entry.touched !== null

/**
 * Canary subjects look like any other and belong to nobody, so no task ever needs them. Whoever
 * touches one is sweeping: a certain finding for each controller and suspect.
 */
export function canarySightings(entries: readonly Watched[], canaries: Canaries): Sighting[] {
  const hits = entries
    .filter(mayTouchCanary)
    .map((entry) => ({ entry, subjects: touchedCanaries(entry, canaries) }))
    .filter(({ subjects }) => subjects.size > 0)
  const bySuspect = Map.groupBy(hits, ({ entry }) => suspectKey(suspectOf(entry)))
  return [...bySuspect.values()].map((own) => {
    const { entry } = own[0]!
    const controllers = Map.groupBy(own, (hit) => hit.entry.controllerId!)
    const touched = [...controllers].map(([controllerId, list]) => ({
      controllerId,
      canaries: new Set(list.flatMap(({ subjects }) => [...subjects])).size,
    }))
    const total = touched.reduce((sum, one) => sum + one.canaries, 0)
    const where = touched.map(({ controllerId }) => controllerId).join(', ')
    return {
      rule: 'canary',
      severity: 'certain',
      ...suspectOf(entry),
      controllerId: touched.length === 1 ? touched[0]!.controllerId : null,
      sentence:
        `${named(suspectOf(entry))} touched ${counted(total, 'canary subject')} of controller ${where} by ` +
        `${entry.action}; no task ever needs a canary.`,
      facts: { canaries: total, controllers: touched, action: entry.action, entries: own.length },
      weight: total,
      hour: null,
      traces: tracesOf(own.map((hit) => hit.entry)),
    }
  })
}

function touchedCanaries({ controllerId, touched }: Watched, canaries: Canaries): Set<number> {
  const planted = canaries.get(controllerId ?? '')
  if (planted === undefined || touched === null) return new Set()
  return new Set(
    unpackTouched(touched)
      .map(({ subject }) => subject)
      .filter((subject) => planted.has(subject)),
  )
}
