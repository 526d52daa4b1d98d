import { minuteMs } from '#ground'
import type { Act } from '#kernel'
import { freshFactorRequired } from './refusals.ts'

/** A second factor shown this long ago still counts for taking much data out, in minutes. */
export const freshMinutes = 10

/**
 * Demands that a person has shown a second factor within {@link freshMinutes}. A workload has none:
 * its credential is all there is, and its grants must say how far it goes.
 *
 * @throws {Refusal} `vault.fresh-factor-required`.
 */
export function demandFresh({ actor, now }: Act): void {
  if (actor.kind !== 'person') return
  const { provenAt } = actor
  if (provenAt === undefined || now.getTime() - provenAt.getTime() > freshMinutes * minuteMs)
    throw freshFactorRequired(freshMinutes)
}
