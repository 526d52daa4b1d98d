import { dayMs } from '#ground'

/** What a data subject may ask for: GDPR Art. 15, 20, 16, 17, 18 and 21. */
export const requestKinds = [
  'access',
  'portability',
  'rectification',
  'erasure',
  'restriction',
  'objection',
] as const
export type RequestKind = (typeof requestKinds)[number]

/** `forwarded` to the controller, whose it is to decide (Art. 28(3)(e)); `instructed` by it. */
export const requestStates = ['received', 'forwarded', 'instructed', 'done', 'declined'] as const
export type RequestState = (typeof requestStates)[number]

/** What is known of a request without opening anything. Names no one. */
export interface RequestFacts {
  readonly requestId: string
  readonly kind: RequestKind
  readonly state: RequestState
  /** Whom it is about, once found. */
  readonly subjectId: string | null
  readonly receivedAt: Date
  readonly dueAt: Date
  readonly extendedAt: Date | null
  readonly endedAt: Date | null
}

export type StepWhat =
  | 'received'
  | 'found'
  | 'forwarded'
  | 'unsent'
  | 'instructed'
  | 'extended'
  | 'done'
  | 'declined'

/** A step of a request, opened. */
export interface RequestStep {
  readonly step: number
  readonly what: StepWhat
  readonly at: Date
  readonly actorId: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly said: string | null
}

/**
 * When a request is due: the end, in UTC, of the day that many months after its receipt; of the last
 * day of that month where it has no such day.
 *
 * @see GDPR Art. 12(3); Regulation (EEC, Euratom) 1182/71 Art. 3(2)(c). A last day that is a holiday
 *   would end later; we do not use that.
 */
export function dueAfter(receivedAt: Date, months: number): Date {
  const year = receivedAt.getUTCFullYear()
  const month = receivedAt.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const day = Math.min(receivedAt.getUTCDate(), lastDay)
  return new Date(Date.UTC(year, month, day) + dayMs)
}

/** GDPR Art. 12(3): one month, and two more where it is complex or there are many. */
export const monthsToAnswer = 1
export const monthsExtended = 3
