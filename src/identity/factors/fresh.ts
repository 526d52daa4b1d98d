import { isRecent, minuteMs } from '#ground'
import type { Act } from '#kernel'
import { freshFactorRequired } from '../refusals.ts'

/** A second factor shown this long ago still counts for what wants it fresh, in minutes. */
export const freshMinutes = 10

/**
 * Whether the acting person has shown a second factor within {@link freshMinutes}. A workload has none:
 * its credential is all there is, and its grants must say how far it goes.
 */
export function isFresh({ actor, now }: Pick<Act, 'actor' | 'now'>): boolean {
  if (actor.kind !== 'person') return true
  const { provenAt } = actor
  return provenAt !== undefined && isRecent(provenAt, now, freshMinutes * minuteMs)
}

/**
 * Demands {@link isFresh}: a session somebody left open changes nothing of how its owner is proven
 * (ASVS 7.5.1).
 *
 * @throws {Refusal} `identity.fresh-factor-required`.
 */
export function demandFresh(act: Act): void {
  if (!isFresh(act)) throw freshFactorRequired(freshMinutes)
}
