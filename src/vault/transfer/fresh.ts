import type { Act } from '#kernel'
import { freshMinutes, isFresh } from '#identity'
import { freshFactorRequired } from '../refusals.ts'

/**
 * Demands that a person has shown a second factor within ten minutes before much data is taken out.
 *
 * @throws {Refusal} `vault.fresh-factor-required`.
 */
export function demandFresh(act: Act): void {
  if (!isFresh(act)) throw freshFactorRequired(freshMinutes)
}
