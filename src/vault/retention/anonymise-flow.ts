import type { Cross } from '#kernel'
import { anonymise, type Outcome, overOf, weigh } from './anonymise-acts.ts'

/**
 * Anonymises records of a category whose time is over, as its contract says, instead of erasing them
 * without a trace.
 *
 * @param how.check - says what it would come to, and changes nothing.
 * @param how.drop - combinations of too few leave nothing; without it they refuse the whole.
 */
export async function anonymiseOver(
  cross: Cross,
  category: string,
  how: { readonly check?: boolean; readonly drop?: boolean },
): Promise<Outcome> {
  const over = await cross((act) => overOf(act, category), 'read')
  if (how.check !== true) return cross((act) => anonymise(act, category, over, how.drop === true))
  const { enough: _, ...outcome } = await cross((act) => weigh(act, category, over), 'read')
  return outcome
}
