import { type Act, Sealed } from '#kernel'
import { keyringOf } from './keyring.ts'
import { notConfirmed } from './refusals.ts'

export const recoverySentence = 'show recovery shares'

/**
 * Makes a new set of recovery shares, once the entry that tells of it is committed. The set before
 * is void from then on.
 *
 * @param confirm - {@link recoverySentence}, typed.
 * @throws {Refusal} `keys.not-confirmed`, `keys.no-recovery`.
 */
export function makeShares(act: Act, confirm: string): Sealed<string[]> {
  if (confirm !== recoverySentence) throw notConfirmed(recoverySentence)
  const keyring = keyringOf(act.secrets)
  act.tell({ recoveryShares: 'a new set' })
  return new Sealed(() => keyring.makeRecoveryShares())
}
