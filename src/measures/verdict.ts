import type { MeasureClass } from '#kernel'

/** Derived whenever it is asked for, never stored and never typed. Only `proven` is green. */
export type State = 'proven' | 'failing' | 'stale' | 'unknown' | 'excepted' | 'not-applicable'

export type Outcome = 'pass' | 'fail' | 'error'

/** What an observation said, as far as the verdict goes by it. */
export interface Seen {
  readonly outcome: Outcome
  readonly n: number
  readonly of: number
  /** Whether the forbidden attempt was refused; null where none was made. */
  readonly refused: boolean | null
}

export interface Dated extends Seen {
  /** When the check looked. */
  readonly collected: Date
}

/** A person's acceptance, for a time. */
export interface Exception {
  readonly kind: 'accepted' | 'not-applicable'
  readonly approvedAt: Date
  readonly expires: Date
  readonly endedAt: Date | null
}

export interface Cadence {
  readonly class: MeasureClass
  readonly freshFor: { readonly hours: number }
  readonly every: { readonly minutes: number }
}

export interface Verdict {
  readonly state: State
  /** What the evidence alone says; differs from `state` only under an exception. */
  readonly beneath: Exclude<State, 'excepted' | 'not-applicable'>
  /** The reason, for people. */
  readonly why: string
}

type Judgement = Pick<Verdict, 'why'> & { readonly state: 'proven' | 'failing' | 'unknown' }

const hourMs = 3_600_000
/** Clocks of two hosts may differ this much; more, and an observation dates from a future nobody has seen. */
const skewMs = 300_000

/** What one observation proves by itself, whatever its age. */
export function judge(kind: MeasureClass, { outcome, n, of, refused }: Seen): Judgement {
  if (kind === 'declared') return { state: 'unknown', why: 'It is only declared.' }
  if (outcome === 'error') return { state: 'unknown', why: 'The check could not look.' }
  if (!Number.isInteger(n) || !Number.isInteger(of) || n < 0 || n > of)
    return { state: 'unknown', why: 'The counts of the check contradict each other.' }
  if (refused === false) return { state: 'failing', why: 'The forbidden attempt was not refused.' }
  if (outcome === 'fail') return { state: 'failing', why: 'The check found that it does not hold.' }
  if (n < of) return { state: 'failing', why: `It holds for only ${n} of ${of}.` }
  if (kind === 'enforced' && refused !== true)
    return { state: 'unknown', why: 'Nobody has tried the forbidden thing.' }
  return { state: 'proven', why: 'The newest check found that it holds.' }
}

/**
 * How long an observation counts: as long as the measure says, but never beyond three missed runs
 * (and at least an hour). That is the dead man's switch: a checker that stops takes the green with it.
 */
export const freshMs = ({ freshFor, every }: Omit<Cadence, 'class'>): number =>
  Math.min(freshFor.hours * hourMs, Math.max(hourMs, every.minutes * 60_000 * 3))

/**
 * The verdict on a measure: a pure function of its newest observation, its exceptions and the time.
 *
 * Error, partial and stale are never green. An exception turns what is not proven amber; it never
 * turns it green, and it ends by itself.
 */
export function verdictOf(
  measure: Cadence,
  newest: Dated | undefined,
  exceptions: readonly Exception[],
  now: Date,
): Verdict {
  const { state: beneath, why } = evidenceSays(measure, newest, now)
  const live = exceptions.filter(
    ({ approvedAt, expires, endedAt }) => endedAt === null && approvedAt <= now && expires > now,
  )
  if (live.some(({ kind }) => kind === 'not-applicable'))
    return { state: 'not-applicable', beneath, why: 'A person has stated that it does not apply.' }
  if (beneath !== 'proven' && live.length > 0)
    return { state: 'excepted', beneath, why: `A person has accepted this for a time. ${why}` }
  return { state: beneath, beneath, why }
}

function evidenceSays(
  measure: Cadence,
  newest: Dated | undefined,
  now: Date,
): { readonly state: Verdict['beneath']; readonly why: string } {
  if (newest === undefined) return { state: 'unknown', why: 'Nothing has looked yet.' }
  const age = now.getTime() - newest.collected.getTime()
  if (Number.isNaN(age) || age < -skewMs)
    return { state: 'unknown', why: 'The newest evidence is dated in the future.' }
  if (age > freshMs(measure)) return { state: 'stale', why: 'The newest evidence is too old.' }
  return judge(measure.class, newest)
}

/** From worst to best: what a line shows is the worst of its measures. */
const order: readonly State[] = [
  'failing',
  'unknown',
  'stale',
  'excepted',
  'proven',
  'not-applicable',
]

/** The worst of several states; `unknown` when there is none, because nothing stands for the promise. */
export function worst(states: readonly State[]): State {
  return order.find((state) => states.includes(state)) ?? 'unknown'
}
