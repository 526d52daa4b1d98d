import type { World } from '#kernel'
import { BreachFileBroken, isBreached } from '../adapters/breach-file.ts'
import { breachListBroken, passwordWeak } from '../refusals.ts'
import { demandStrongPassword } from './password.ts'

/**
 * Demands a password that resists guessing and is on no list of breached ones this house was given.
 *
 * @param own - the person's name and e-mail.
 * @throws {Refusal} `identity.password-weak`, with the reason `breached` beside those of
 *   {@link demandStrongPassword}; `identity.breach-list-broken` where the list cannot be read.
 */
export async function demandGoodPassword(
  { settings }: Pick<World, 'settings'>,
  password: string,
  own: readonly string[],
): Promise<void> {
  demandStrongPassword(password, ['holdfast', settings.processorName, ...own])
  const breached = await isBreached(settings.dataDir, password).catch((error: unknown) => {
    throw error instanceof BreachFileBroken ? breachListBroken() : error
  })
  if (breached)
    throw passwordWeak('breached', 'It is on a list of passwords that were stolen elsewhere.')
}
