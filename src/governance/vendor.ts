import { type Day, dayOf } from './day.ts'

/** proposed → assessed → notified → active; `ended` from anywhere, for good. */
export type VendorState = 'proposed' | 'assessed' | 'notified' | 'active' | 'ended'

/** What must be there before a sub-processor may touch data (GDPR Art. 28(1), (2), (4)). */
export interface VendorFacts {
  readonly assessedOn: Day | null
  /** The assessment's result. */
  readonly acceptable: boolean | null
  /** When the assessment must be repeated. */
  readonly due: Day
  readonly announcedAt: Date | null
  readonly objectionsUntil: Date | null
  /** Signed, running, with the controllers' duties passed on. */
  readonly hasContract: boolean
  readonly openObjections: number
}

export type Missing = 'assessment' | 'contract' | 'notice' | 'objection-window' | 'objection'

/** What stands between a vendor and its activation; empty when nothing does. */
export function missingOf(v: VendorFacts, now: Date): Missing[] {
  const missing: Missing[] = []
  if (v.assessedOn === null || v.acceptable !== true || v.due < dayOf(now))
    missing.push('assessment')
  if (!v.hasContract) missing.push('contract')
  if (v.announcedAt === null || v.objectionsUntil === null) missing.push('notice')
  else if (v.objectionsUntil > now) missing.push('objection-window')
  if (v.openObjections > 0) missing.push('objection')
  return missing
}

/** Days controllers have to object to a new sub-processor. Fewer than fourteen is no real choice. */
export const objectionDays = { least: 14, most: 90 } as const
