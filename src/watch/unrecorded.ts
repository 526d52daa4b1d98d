import { type AccountCounts, accountThings } from '#trail'
import { type Sighting, suspectOf } from './finding.ts'
import { tracesOf, type Watched } from './watched.ts'

/** The entry of a process that opened or answered something of which there is no entry. */
export const accountAction = 'trail.account.tell'

export const tellsOfUnrecorded = ({ action, outcome }: Watched): boolean =>
  action === accountAction && outcome === 'done'

/**
 * Personal data was opened or handed out, and the trail says nothing of it. Nobody is named by that, so
 * there is no suspect to cut off: it is for a person to look at, and to open an incident from.
 *
 * @param entries - those that {@link tellsOfUnrecorded}, in order.
 * @param counts - of the hours since the first of them.
 */
export function unrecordedSighting(
  entries: readonly Watched[],
  counts: readonly AccountCounts[],
): Sighting | undefined {
  const [first] = entries
  const wrong = counts.filter(({ missing }) => missing > 0)
  if (first === undefined || wrong.length === 0) return undefined
  const missing = wrong.reduce((sum, count) => sum + count.missing, 0)
  const parts = wrong.map(
    ({ kind, seen, missing }) =>
      `${missing.toLocaleString('en-GB')} of ${seen.toLocaleString('en-GB')} ${accountThings[kind]}`,
  )
  const hour = `${first.at.toISOString().slice(0, 13).replace('T', ' ')}:00 UTC`
  return {
    rule: 'unrecorded',
    severity: 'medium',
    ...suspectOf(first),
    controllerId: null,
    sentence:
      `Since ${hour} ${parts.join(' and ')} have no entry in the trail; every one must have its own, ` +
      `so somebody went round the threshold, or entries are gone.`,
    facts: { counted: wrong },
    weight: missing,
    hour: null,
    traces: tracesOf(entries),
  }
}
