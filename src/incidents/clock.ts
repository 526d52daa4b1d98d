import { hourMs } from '#ground'

/**
 * `contract` is what a controller's contract allows us, `target` what we hold ourselves to, `bound`
 * the limit we never pass. The law gives a processor no hours at all: without undue delay, GDPR
 * Art. 33(2); the 72 of Art. 33(1) are the controller's own.
 */
export type ClockKind = 'contract' | 'target' | 'bound'

/** What started a clock: data certainly touched, or only possibly. */
export type ClockBasis = 'certain' | 'possible'

export interface ClockPlan {
  readonly kind: ClockKind
  readonly basis: ClockBasis
  readonly hours: number
  readonly startedAt: Date
  readonly dueAt: Date
}

export interface Clock extends ClockPlan {
  readonly clockId: string
  readonly incidentId: string
  readonly controllerId: string
  /** The first notice was accepted. */
  readonly metAt: Date | null
}

export type ClockState = 'running' | 'overdue' | 'met' | 'met-late'

export const targetHours = 24
export const boundHours = 72

/** Hours are plain hours: neither nights nor weekends stop them. */
export const dueAfter = (startedAt: Date, hours: number): Date =>
  new Date(startedAt.getTime() + hours * hourMs)

/**
 * The clocks a controller has against us, from the instant we knew. While nothing is certain we are
 * held only to our own target.
 */
export function clocksFrom(startedAt: Date, basis: ClockBasis, contractHours: number): ClockPlan[] {
  const plan = (kind: ClockKind, hours: number): ClockPlan => ({
    kind,
    basis,
    hours,
    startedAt,
    dueAt: dueAfter(startedAt, hours),
  })
  if (basis === 'possible') return [plan('target', targetHours)]
  return [plan('contract', contractHours), plan('target', targetHours), plan('bound', boundHours)]
}

/** How a clock stands at `now`. A notice that came late stays late. */
export function clockState(
  { dueAt, metAt }: Pick<Clock, 'dueAt' | 'metAt'>,
  now: Date,
): ClockState {
  if (metAt === null) return now > dueAt ? 'overdue' : 'running'
  return metAt > dueAt ? 'met-late' : 'met'
}
