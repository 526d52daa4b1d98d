import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Keyring } from '../keyring.ts'
import { ReplicatedFile } from './replicated-file.ts'
import { openSoftwareRoot, recoverRoot } from './software-root.ts'

export interface KeyringOptions {
  /** The directory of the keys: `<dataDir>/keys`. */
  readonly dir: string
  /** A second place, best on another disk: copies go to `<offsiteDir>/keys`. */
  readonly offsiteDir?: string | undefined
  /** Default `<dir>/passphrase`, made at the first start. */
  readonly passphraseFile?: string | undefined
  readonly now: () => Date
}

/**
 * Opens the keyring of an installation, or makes it at the first start.
 *
 * @throws {Refusal} `keys.passphrase-missing`, `keys.passphrase-wrong`, `keys.passphrase-weak`,
 *   `keys.keyring-altered`.
 */
export function openKeyring(options: KeyringOptions): Keyring {
  const { dir, passphraseFile, now } = options
  const places = copyPlaces(options)
  const root = openSoftwareRoot({ dir, places, passphraseFile, now: now(), newId: randomUUID })
  const file = new ReplicatedFile(dir, 'keyring', 'json', places)
  return new Keyring({ root, file, now, newId: randomUUID })
}

/**
 * Sets a new passphrase with recovery shares, while the house is down.
 *
 * @throws {Refusal} as {@link recoverRoot}.
 */
export function recoverKeyring(
  options: Omit<KeyringOptions, 'now'>,
  shares: readonly string[],
  newPassphrase: string,
): Promise<void> {
  const { dir, passphraseFile } = options
  return recoverRoot({ dir, passphraseFile, places: copyPlaces(options) }, shares, newPassphrase)
}

/** Where copies of the root file and the keyring go. */
function copyPlaces({ dir, offsiteDir }: Omit<KeyringOptions, 'now'>): string[] {
  return [join(dir, 'copy'), ...(offsiteDir === undefined ? [] : [join(offsiteDir, 'keys')])]
}
