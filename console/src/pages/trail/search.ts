/** What of the trail is looked at: it stands in the address, so that it can be handed on. */
export interface TrailSearch {
  readonly log?: string
  readonly actorId?: string
  readonly action?: string
  readonly outcome?: Outcome
  readonly purpose?: string
  readonly from?: string
  readonly until?: string
}

export const outcomes = ['done', 'refused', 'failed'] as const
export type Outcome = (typeof outcomes)[number]

/** Keeps of an address line only what the trail can be asked for. */
export function trailSearch(given: Record<string, unknown>): TrailSearch {
  const outcome = outcomes.find((one) => one === given['outcome'])
  return {
    ...textIn(given, 'log'),
    ...textIn(given, 'actorId'),
    ...textIn(given, 'action'),
    ...(outcome === undefined ? {} : { outcome }),
    ...textIn(given, 'purpose'),
    ...momentIn(given, 'from'),
    ...momentIn(given, 'until'),
  }
}

const textIn = (given: Record<string, unknown>, name: string) => {
  const text = given[name]
  return typeof text === 'string' && text.trim() !== '' ? { [name]: text.trim() } : {}
}

/** Minutes in UTC, as `2026-11-21T04:30`. */
const momentIn = (given: Record<string, unknown>, name: string) => {
  const text = given[name]
  return typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)
    ? { [name]: text }
    : {}
}
