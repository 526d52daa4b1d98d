import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { randomBytes } from '#ground'
import type { Keeper } from '../keeper.ts'
import { Keyring } from '../keyring.ts'
import { keyringLost } from '../refusals.ts'
import type { KdfCost } from '../root-file.ts'
import { openFileRoot, recoverRoot, rootFileIn } from './file-root.ts'
import { openChannelKeeper } from './keeper-channel.ts'
import { readKeeperFile } from './keeper-file.ts'
import { openKmsKeeper } from './keeper-kms.ts'
import { demandStrong, openPassphraseKeeper } from './keeper-passphrase.ts'
import { openTransitKeeper } from './keeper-transit.ts'
import { ReplicatedFile, writeDurably } from './replicated-file.ts'

export interface KeyringOptions {
  /** The directory of the keys: `<dataDir>/keys`. */
  readonly dir: string
  /** A second place, best on another disk: copies go to `<offsiteDir>/keys`. */
  readonly offsiteDir?: string | undefined
  /** Default `<dir>/passphrase`, made at the first start. */
  readonly passphraseFile?: string | undefined
  /** How dear the passphrase is to try. No setting reaches it: tests alone make it cheap. */
  readonly passphraseCost?: KdfCost | undefined
  /** The file that names another keeper than a passphrase; see keeper-file.ts. */
  readonly keeperFile?: string | undefined
  /** The way to the process that holds the token, where the keeper is one behind PKCS#11. */
  readonly keeperChannel?: Duplex | undefined
  /** Whether data exists already: then a keyring that is not there is lost, and none is made. */
  readonly expected?: boolean
  readonly now: () => Date
}

type Place = Omit<KeyringOptions, 'now'>

/**
 * Opens the keyring of an installation, or makes it at the first start.
 *
 * @throws {Refusal} what {@link unsealKeyring} throws.
 */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const keyring = sealedKeyring(options)
  await unsealKeyring(keyring, options)
  return keyring
}

/** The keyring before its root is open: every use of it is refused with `keys.sealed`. */
export function sealedKeyring(options: KeyringOptions): Keyring {
  const file = new ReplicatedFile(options.dir, 'keyring', 'json', copyPlaces(options))
  return new Keyring({ file, now: options.now, newId: randomUUID })
}

/**
 * Asks the keeper for the root, and opens the keyring.
 *
 * @throws {Refusal} `keys.passphrase-missing`, `keys.passphrase-wrong`, `keys.passphrase-weak`,
 *   `keys.keyring-altered`, `keys.keyring-lost`, `keys.other-keeper`, and what a {@link Keeper} throws.
 */
export async function unsealKeyring(keyring: Keyring, options: KeyringOptions): Promise<void> {
  const places = copyPlaces(options)
  const { dir } = options
  if (options.expected === true && !isComplete(options)) throw keyringLost()
  const keeper = await keeperOf(options)
  try {
    const birth = { now: options.now(), newId: randomUUID }
    keyring.open(await openFileRoot({ dir, places, keeper }, birth))
  } catch (error) {
    await keeper.close()
    throw error
  }
}

/** Whether root file and keyring are there, or a copy of each. */
function isComplete(options: Place): boolean {
  const places = copyPlaces(options)
  const { dir } = options
  const keyring = new ReplicatedFile(dir, 'keyring', 'json', places)
  return rootFileIn({ dir, places }).read() !== undefined && keyring.read() !== undefined
}

/** The keeper that the settings name. */
export async function keeperOf(options: Place): Promise<Keeper> {
  const { dir, keeperFile } = options
  if (keeperFile === undefined) return passphraseKeeper(options)
  const place = readKeeperFile(keeperFile)
  if (place.kind === 'aws-kms') return openKmsKeeper(place)
  if (place.kind === 'transit') return openTransitKeeper(place)
  if (options.keeperChannel === undefined) throw new TypeError(`no way to the token from ${dir}`)
  return openChannelKeeper(options.keeperChannel)
}

/** A passphrase is made where the root is born under one of our own. */
function passphraseKeeper(options: Place): Keeper {
  const { dir, passphraseFile, passphraseCost } = options
  const file = passphraseFile ?? join(dir, 'passphrase')
  const born = rootFileIn({ dir, places: copyPlaces(options) }).read() === undefined
  if (born && passphraseFile === undefined && !existsSync(file))
    writeDurably(file, `${randomBytes(32).toString('base64url')}\n`)
  return openPassphraseKeeper(file, dir, passphraseCost)
}

/**
 * Sets a new passphrase with recovery shares, while the house is down. Whoever kept the root before
 * keeps it no longer.
 *
 * @throws {Refusal} as {@link recoverRoot}; `keys.passphrase-weak`.
 */
export async function recoverKeyring(
  options: Place,
  shares: readonly string[],
  newPassphrase: string,
): Promise<void> {
  demandStrong(newPassphrase)
  const { dir } = options
  const file = options.passphraseFile ?? join(dir, 'passphrase')
  const drafted = `${file}.new`
  writeDurably(drafted, `${newPassphrase}\n`)
  const keeper = openPassphraseKeeper(drafted, dir, options.passphraseCost)
  await recoverRoot({ dir, places: copyPlaces(options), keeper }, shares)
  writeDurably(file, `${newPassphrase}\n`)
  rmSync(drafted, { force: true })
}

/**
 * Moves the root to another keeper, while the house is down: a new file key, a new root version, every
 * key of the keyring wrapped anew under it, the old root destroyed. Killed anywhere, the next call, or
 * the next root rotation under the new keeper, finishes.
 *
 * @throws {Refusal} what either keeper throws.
 */
export async function moveKeyring(options: KeyringOptions, to: Place): Promise<Keyring> {
  const { dir, now } = options
  const places = copyPlaces(options)
  const root = await openFileRoot(
    { dir, places, keeper: await keeperOf(options) },
    { now: now(), newId: randomUUID },
  )
  const keyring = sealedKeyring(options)
  keyring.open(root)
  const next = await movedTo(to)
  await root.moveTo(next, now())
  keyring.wrapAnew()
  return keyring
}

/** As {@link keeperOf}, where a passphrase may have to be made. */
async function movedTo(to: Place): Promise<Keeper> {
  const file = to.passphraseFile ?? join(to.dir, 'passphrase')
  if (to.keeperFile === undefined && to.passphraseFile === undefined && !existsSync(file))
    writeDurably(file, `${randomBytes(32).toString('base64url')}\n`)
  return keeperOf(to)
}

/** Where copies of the root file and the keyring go. */
function copyPlaces({ dir, offsiteDir }: Place): string[] {
  return [join(dir, 'copy'), ...(offsiteDir === undefined ? [] : [join(offsiteDir, 'keys')])]
}
