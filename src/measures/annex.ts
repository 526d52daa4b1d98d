import type { Measure, MeasureClass, Probe } from '#kernel'
import { type References, referencesOf } from './adapters/control-map.ts'
import { headings } from './lines.ts'
import { type Dated, type Exception, type State, verdictOf, worst } from './verdict.ts'

/** The newest observation of a measure, as the annex needs it. */
export interface Newest extends Dated {
  readonly measureId: string
  readonly finding: string
  readonly covers: Date
  readonly probe: Probe | null
  readonly facts?: Readonly<Record<string, unknown>>
}

export interface MeasureException extends Exception {
  readonly measureId: string
}

/** A measure as the annex shows it. */
export interface Shown {
  readonly id: string
  readonly statement: string
  readonly class: MeasureClass
  readonly state: State
  readonly beneath: State
  readonly why: string
  /** State first, then when and by what: what a page or document prints. */
  readonly spoken: string
  readonly hasCheck: boolean
  readonly references: string[]
  /** When the newest check looked, ISO 8601. */
  readonly lookedAt?: string
  readonly ageSeconds?: number
  /** Since when what it saw has been so, ISO 8601. */
  readonly covers?: string
  readonly n?: number
  readonly of?: number
  readonly finding?: string
  readonly probe?: Probe
  readonly nextDue?: string
}

export interface ShownLine {
  readonly id: string
  readonly promise: string
  readonly state: State
  readonly references: References
  readonly measures: Shown[]
}

export interface ShownHeading {
  readonly document: string
  readonly title: string
  readonly lines: ShownLine[]
}

export interface Annex {
  readonly preparedAt: string
  /** How many measures are in which state. */
  readonly summary: Readonly<Record<State, number>>
  readonly headings: ShownHeading[]
  /** Measures beyond the annex's lines, because the law or the users ask for them. */
  readonly beyond: Shown[]
}

const verifier: Readonly<Record<MeasureClass, string>> = {
  enforced: 'a check that tried the forbidden thing on the running system',
  measured: 'a check that read the running system',
  drilled: 'a check of the figures an exercise left',
  attested: 'a check of a named person’s signature that has not expired',
  declared: 'nobody',
}

/** One sentence on a measure: the state first, then when it was verified and by what. */
export function spokenOf(kind: MeasureClass, state: State, collected: Date | undefined): string {
  const word = state.replace('-', ' ')
  if (collected === undefined) return `${word}: not verified yet`
  const when = `${collected.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return state === 'proven'
    ? `proven: verified at ${when} by ${verifier[kind]}`
    : `${word}: last looked at ${when} by ${verifier[kind]}`
}

/** One measure with its verdict at `now`. */
export function show(
  measure: Measure,
  newest: Newest | undefined,
  exceptions: readonly MeasureException[],
  now: Date,
): Shown {
  const { id, class: kind, references, every } = measure
  const mine = exceptions.filter(({ measureId }) => measureId === id)
  const verdict = verdictOf(measure, newest, mine, now)
  const hasCheck = measure.check !== undefined
  // Old evidence, or none, words nothing: what it said may be over.
  const counts = verdict.beneath === 'proven' || verdict.beneath === 'failing'
  const worded = counts ? measure.worded?.(newest?.facts ?? {}) : undefined
  const statement = worded ?? measure.statement
  const shown = {
    id,
    statement,
    class: kind,
    references: [...references],
    hasCheck,
    ...verdict,
    ...(hasCheck ? {} : { why: 'No check proves it yet.' }),
    spoken: spokenOf(kind, verdict.state, newest?.collected),
  }
  if (newest === undefined) return hasCheck ? { ...shown, nextDue: now.toISOString() } : shown
  const { collected, covers, n, of, finding, probe } = newest
  const ageSeconds = Math.max(0, Math.round((now.getTime() - collected.getTime()) / 1000))
  return {
    ...shown,
    lookedAt: collected.toISOString(),
    ageSeconds,
    covers: covers.toISOString(),
    n,
    of,
    finding,
    ...(probe === null ? {} : { probe }),
    ...(hasCheck
      ? { nextDue: new Date(collected.getTime() + every.minutes * 60_000).toISOString() }
      : {}),
  }
}

/** The whole annex: headings, lines, measures. Derived; there is nothing in it that anybody typed. */
export function annexOf(
  measures: readonly Measure[],
  newest: readonly Newest[],
  exceptions: readonly MeasureException[],
  now: Date,
): Annex {
  const newestOf = new Map(newest.map((one) => [one.measureId, one]))
  const shown = measures.map((m) => ({
    lines: m.lines,
    shown: show(m, newestOf.get(m.id), exceptions, now),
  }))
  const count = (state: State) => shown.filter((one) => one.shown.state === state).length
  return {
    preparedAt: now.toISOString(),
    summary: {
      proven: count('proven'),
      failing: count('failing'),
      stale: count('stale'),
      unknown: count('unknown'),
      excepted: count('excepted'),
      'not-applicable': count('not-applicable'),
    },
    headings: headings.map(({ document, title, lines }) => ({
      document,
      title,
      lines: lines.map(({ id, promise }) => {
        const mine = shown.filter((one) => one.lines.includes(id)).map((one) => one.shown)
        const state = worst(mine.map((one) => one.state))
        return { id, promise, state, references: referencesOf(id), measures: mine }
      }),
    })),
    beyond: shown.filter(({ lines }) => lines.length === 0).map((one) => one.shown),
  }
}
