/** What of the trail is looked at: it stands in the address, so that it can be handed on. */
export interface TrailSearch {
  /** Whose acts; everybody's but the house's own where nothing is said. */
  readonly who?: Who
  readonly log?: string
  readonly actorId?: string
  readonly action?: string
  readonly outcome?: Outcome
  readonly purpose?: string
  readonly sessionId?: string
  readonly credentialId?: string
  /** A subject's number in its log. */
  readonly subject?: number
  readonly fromIndex?: number
  readonly toIndex?: number
  readonly from?: string
  readonly until?: string
  /** Entries of an incident's suspects; nothing else is asked then. */
  readonly incidentId?: string
}

export const outcomes = ['done', 'refused', 'failed'] as const
export type Outcome = (typeof outcomes)[number]

/** Kinds of actor behind each word, as the API has them. */
const kindsOf = {
  all: undefined,
  people: 'person,operator',
  workloads: 'workload',
  strangers: 'anonymous',
  house: 'house',
} as const
export type Who = keyof typeof kindsOf
const everybodyElse = 'person,workload,operator,anonymous'

export const whos = Object.keys(kindsOf) as readonly Who[]

/** Keeps of an address line only what the trail can be asked for. */
export function trailSearch(given: Record<string, unknown>): TrailSearch {
  const outcome = outcomes.find((one) => one === given['outcome'])
  const who = whos.find((one) => one === given['who'])
  const log = textIn(given, 'log')
  return {
    ...(who === undefined ? {} : { who }),
    ...log,
    ...textIn(given, 'actorId'),
    ...textIn(given, 'action'),
    ...(outcome === undefined ? {} : { outcome }),
    ...textIn(given, 'purpose'),
    ...idIn(given, 'sessionId'),
    ...idIn(given, 'credentialId'),
    // Numbers within a log mean nothing without it.
    ...('log' in log
      ? {
          ...numberIn(given, 'subject'),
          ...numberIn(given, 'fromIndex'),
          ...numberIn(given, 'toIndex'),
        }
      : {}),
    ...momentIn(given, 'from'),
    ...momentIn(given, 'until'),
    ...idIn(given, 'incidentId'),
  }
}

/** The filter in the API's words. The address line says minutes in UTC; the API wants instants. */
export function askedOf(given: Omit<TrailSearch, 'incidentId'>) {
  const { who, from, until, ...search } = given
  const kinds =
    who === undefined ? (search.actorId === undefined ? everybodyElse : undefined) : kindsOf[who]
  return {
    ...search,
    ...(kinds === undefined ? {} : { kinds }),
    ...(from === undefined ? {} : { from: `${from}:00Z` }),
    ...(until === undefined ? {} : { until: `${until}:00Z` }),
  }
}

/** The other way round: a filter somebody saved, as the address line says it. */
export function searchOf(asked: Readonly<Record<string, unknown>>): TrailSearch {
  const { kinds, from, until, ...rest } = asked
  const who = whos.find((one) => kindsOf[one] === kinds)
  return trailSearch({
    ...rest,
    ...(who === undefined || (who === 'all' && asked['actorId'] !== undefined) ? {} : { who }),
    from: minuteOf(from),
    until: minuteOf(until),
  })
}

const minuteOf = (instant: unknown) =>
  typeof instant === 'string' ? instant.slice(0, 16) : undefined

const textIn = (given: Record<string, unknown>, name: string) => {
  const text = given[name]
  return typeof text === 'string' && text.trim() !== '' ? { [name]: text.trim() } : {}
}

const idIn = (given: Record<string, unknown>, name: string) => {
  const text = given[name]
  return typeof text === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text.trim())
    ? { [name]: text.trim() }
    : {}
}

const numberIn = (given: Record<string, unknown>, name: string) => {
  const value = given[name]
  const number = value === '' || value === undefined ? Number.NaN : Number(value)
  return Number.isSafeInteger(number) && number >= 0 ? { [name]: number } : {}
}

/** Minutes in UTC, as `2026-11-21T04:30`. */
const momentIn = (given: Record<string, unknown>, name: string) => {
  const text = given[name]
  return typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)
    ? { [name]: text }
    : {}
}
