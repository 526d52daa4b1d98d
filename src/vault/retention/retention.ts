import { dayMs } from '#ground'
import { retentionNotPositive, retentionTooLong } from '../refusals.ts'

/** The longest a controller may ask us to keep personal data, in days (ten years). */
export const longestRetention = 3653

/** How long an erasure may lag behind its due time before the promise counts as broken, in hours. */
export const toleranceHours = 2

/**
 * Demands a promise of whole days, 1 to {@link longestRetention}.
 *
 * @throws {Refusal} `vault.retention-not-positive`, `vault.retention-too-long`. Never clamps: a
 *   promise silently shortened or lengthened is a broken one.
 */
export function demandRetention(retainDays: number): void {
  if (!Number.isInteger(retainDays) || retainDays < 1) throw retentionNotPositive()
  if (retainDays > longestRetention) throw retentionTooLong(longestRetention)
}

/**
 * The instant from which a record must be gone, counted from when its present version was stored.
 *
 * @throws {Refusal} what {@link demandRetention} throws.
 * @see GDPR Art. 5(1)(e), storage limitation.
 */
export function eraseAfter(storedAt: Date, retainDays: number): Date {
  demandRetention(retainDays)
  return new Date(storedAt.getTime() + retainDays * dayMs)
}

/**
 * When a record of a category ends that is stored now: counted from storing, or from the subject's
 * own event. Until that has come, it is kept no longer than {@link longestRetention}.
 */
export function endOf(
  { retainDays, retainFrom }: { readonly retainDays: number; readonly retainFrom: string | null },
  storedAt: Date,
  eventAt: Date | undefined,
): Date {
  if (retainFrom === null) return eraseAfter(storedAt, retainDays)
  return eventAt === undefined
    ? eraseAfter(storedAt, longestRetention)
    : eraseAfter(eventAt, retainDays)
}

/** When a record ends, after an event. */
export interface Redated {
  readonly category: string
  readonly eraseAfter: Date
}

/** What the retention job would erase from one category. */
export interface DueFacts {
  readonly category: string
  readonly retainDays: number
  readonly records: number
  readonly subjects: number
  /** Of the records, those that stay because of a legal hold. */
  readonly held: number
  readonly oldest: Date
}
