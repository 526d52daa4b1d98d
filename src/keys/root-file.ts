/**
 * The software provider's file: the root key's versions, sealed under a file key, which is sealed in
 * turn under the passphrase and, once shares were made, under the recovery key they add up to.
 *
 *     { format, id, generation,
 *       passphrase: { kdf: { algorithm, memoryKiB, passes, parallelism, salt }, sealed },
 *       recovery?:  { set, sealed },
 *       roots: sealed list of { version, createdAt, key } }
 *
 * `sealed` values are boxes (see box.ts) in base64, bound to the file's id and their place in it.
 */
import { argon2Sync } from 'node:crypto'
import { openBox, sealBox } from './box.ts'
import { contextBytes } from './context.ts'
import { randomBytes } from './randomness.ts'
import { Xaes } from './xaes.ts'

export const rootFormat = 'holdfast root 1'

/** Argon2id's settings; RFC 9106 §4, second recommended option. */
export interface Kdf {
  readonly algorithm: 'argon2id'
  readonly memoryKiB: number
  readonly passes: number
  readonly parallelism: number
  /** Base64, 16 bytes. */
  readonly salt: string
}

export interface RootFile {
  readonly format: typeof rootFormat
  readonly id: string
  readonly generation: number
  readonly passphrase: { readonly kdf: Kdf; readonly sealed: string }
  readonly recovery?: { readonly set: string; readonly sealed: string }
  readonly roots: string
}

export interface RootKey {
  readonly version: number
  /** ISO instant. */
  readonly createdAt: string
  /** Base64, 32 bytes. */
  readonly key: string
}

/** A place in the file. */
export type Slot = 'passphrase' | 'recovery' | 'roots'

export const sealSlot = (key: Xaes, id: string, slot: Slot, plaintext: Uint8Array): string =>
  sealBox(key, contextBytes('root-file', [id, slot]), plaintext).toString('base64')

/** @throws {NotAuthentic} when the key is not the one, or the file was altered. */
export const openSlot = (key: Xaes, id: string, slot: Slot, sealed: string): Buffer =>
  openBox(key, contextBytes('root-file', [id, slot]), Buffer.from(sealed, 'base64'))

/** The passphrase's slot: a salt of its own each time it is written. */
export function passphraseSlot(fileKey: Uint8Array, id: string, passphrase: string) {
  const kdf: Kdf = {
    algorithm: 'argon2id',
    memoryKiB: 65_536,
    passes: 3,
    parallelism: 4,
    salt: randomBytes(16).toString('base64'),
  }
  return { kdf, sealed: sealSlot(passphraseKey(passphrase, kdf), id, 'passphrase', fileKey) }
}

/** The key a passphrase makes: about 0.2 s of one core and 64 MiB, for us and for whoever guesses. */
export function passphraseKey(passphrase: string, kdf: Kdf): Xaes {
  const key = argon2Sync(kdf.algorithm, {
    message: Buffer.from(passphrase.normalize('NFC')),
    nonce: Buffer.from(kdf.salt, 'base64'),
    memory: kdf.memoryKiB,
    passes: kdf.passes,
    parallelism: kdf.parallelism,
    tagLength: 32,
  })
  return Xaes.taking(key)
}
