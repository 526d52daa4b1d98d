import { dayMs } from '#ground'
import type { Family } from './ring.ts'

/** How old each kind of key may grow, in days. */
export const policy = {
  rootDays: 365,
  /** An epoch: subject keys are wrapped anew at its end. */
  wrapDays: 21,
  sealDays: 365,
  indexDays: 365,
  /** How long after its epoch a `wrap` key still opens a restored database. */
  restoreDays: 7,
  /** How long a retired subject key is kept, for backups whose records it sealed: longer than any backup. */
  subjectKeyDays: 35,
  /** How long backups of the keyring are kept: a destroyed key lives on in them until then. */
  bundleDays: 7,
} as const

const lifeDays: Partial<Record<Family, number>> = {
  wrap: policy.wrapDays,
  seal: policy.sealDays,
  index: policy.indexDays,
}

/**
 * A new index key is looked up by at once and written with only after so long: by then every process
 * has seen it, so that none takes a subject for new whom another has just indexed under it.
 */
export const indexSettleMs = 15_000

/** The timed job runs daily: what falls due before its next run is due now. */
const jobDays = 1

/** The instant by which a key must have a successor; undefined where its family keeps its key. */
export function rotateBy(family: Family, createdAt: Date): Date | undefined {
  const days = lifeDays[family]
  return days === undefined ? undefined : after(createdAt, days)
}

export const rotateRootBy = (createdAt: Date): Date => after(createdAt, policy.rootDays)

/** The instant by which a `wrap` key must be destroyed. */
export const destroyBy = (createdAt: Date): Date =>
  after(createdAt, policy.wrapDays + policy.restoreDays)

/** The instant by which a retired index key must be destroyed. */
export const retiredUntil = (retiredAt: Date): Date => after(retiredAt, policy.restoreDays)

/** The instant from which no backup can bring back what was erased under this `wrap` key. */
export const goneBy = (createdAt: Date): Date => after(destroyBy(createdAt), policy.bundleDays)

/** Whether something due by then must be done by this run of the daily job. */
export const isDue = (by: Date | undefined, now: Date): boolean =>
  by !== undefined && by.getTime() - jobDays * dayMs <= now.getTime()

export const ageDays = (createdAt: Date, now: Date): number =>
  Math.floor((now.getTime() - createdAt.getTime()) / dayMs)

const after = (from: Date, days: number): Date => new Date(from.getTime() + days * dayMs)
