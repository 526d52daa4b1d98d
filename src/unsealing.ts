import type { Database } from '#ground'
import { Refusal } from '#kernel'
import {
  demandOwnKeyring,
  type Keyring,
  type KeyringOptions,
  rememberedKeyring,
  sealedKeyring,
  unsealKeyring,
} from '#keys'

export interface UnsealingParts {
  readonly database: Database
  readonly keys: KeyringOptions
  readonly clock: () => Date
}

/** The house's keyring, open or waiting for its keeper. */
export interface Unsealing {
  readonly keyring: Keyring
  /** Resolves once the keyring is open. */
  readonly opened: Promise<void>
  stop(): void
}

const firstPauseMs = 1_000
const longestPauseMs = 30_000

/** What a keeper says while it is not at hand: to be asked again, not to be ended by. */
const passing = (error: unknown): error is Refusal =>
  error instanceof Refusal &&
  (/^keys\.keeper-(?:unreachable|denied|key-unusable|unfit)$/.test(error.code) ||
    error.code === 'keys.passphrase-missing')

/**
 * Opens the keyring. Where its keeper is not at hand the house goes on sealed, and asks again and
 * again; what a person has to mend at the files ends the start.
 *
 * @throws {Refusal} `keys.keyring-lost`, `keys.keyring-altered` and their like: data under another
 *   keyring would fail record by record; better not to open at all.
 */
export async function beginUnsealing({
  database,
  keys,
  clock,
}: UnsealingParts): Promise<Unsealing> {
  const keyring = sealedKeyring(keys)
  const { promise: opened, resolve } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  const once = async () => {
    const expected = (await rememberedKeyring(database)) !== undefined
    await unsealKeyring(keyring, { ...keys, expected })
    try {
      await database.transaction({ scope: 'house' }, (sql) =>
        demandOwnKeyring(sql, keyring, clock()),
      )
    } catch (error) {
      keyring.close(error instanceof Refusal ? error.message : 'the database does not answer.')
      throw error
    }
    resolve()
  }
  const again = (pauseMs: number) => {
    timer = setTimeout(() => {
      once().catch((error: unknown) => {
        if (error instanceof Refusal) keyring.close(error.message)
        again(Math.min(pauseMs * 2, longestPauseMs))
      })
    }, pauseMs)
    timer.unref()
  }
  try {
    await once()
  } catch (error) {
    if (!passing(error)) throw error
    keyring.close(error.message)
    again(firstPauseMs)
  }
  return { keyring, opened, stop: () => clearTimeout(timer) }
}
