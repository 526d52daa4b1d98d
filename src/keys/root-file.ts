/**
 * The root file: the root key's versions, sealed under a file key. That is wrapped by the keeper (a
 * passphrase, or a key in a token, KMS or transit engine) and, once shares were made, sealed under the
 * recovery key they add up to. One of `passphrase` and `keeper` is there.
 *
 *     { format, id, generation,
 *       passphrase?: { kdf: { algorithm, memoryKiB, passes, parallelism, salt }, sealed },
 *       keeper?:     { kind, version, wrapped },
 *       recovery?:   { set, sealed },
 *       roots: sealed list of { version, createdAt, key } }
 *
 * `sealed` values are boxes (see box.ts) in base64, bound to the file's id and their place in it;
 * `wrapped` is base64 of what the keeper made, bound to the same.
 */
import { argon2 } from 'node:crypto'
import { promisify } from 'node:util'
import { randomBytes } from '#ground'
import { openBox, sealBox } from './box.ts'
import { contextBytes } from './context.ts'
import type { ProviderKind, Wrapped } from './keeper.ts'
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
  readonly passphrase?: { readonly kdf: Kdf; readonly sealed: string }
  readonly keeper?: {
    readonly kind: Exclude<ProviderKind, 'software'>
    readonly version: string
    readonly wrapped: string
  }
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
export type Slot = 'recovery' | 'roots'

export const sealSlot = (key: Xaes, id: string, slot: Slot, plaintext: Uint8Array): string =>
  sealBox(key, contextBytes('root-file', [id, slot]), plaintext).toString('base64')

/** @throws {NotAuthentic} when the key is not the one, or the file was altered. */
export const openSlot = (key: Xaes, id: string, slot: Slot, sealed: string): Buffer =>
  openBox(key, contextBytes('root-file', [id, slot]), Buffer.from(sealed, 'base64'))

/** What the file key is bound to where this kind of keeper wraps it. */
export const keeperContext = (kind: ProviderKind, id: string): string[] => [
  id,
  kind === 'software' ? 'passphrase' : 'keeper',
]

/** Who has wrapped the file key, and what came of it. */
export function wrappedIn({ passphrase, keeper }: RootFile): {
  kind: ProviderKind
  wrapped: Wrapped
} {
  if (keeper !== undefined) {
    const { kind, version, wrapped } = keeper
    return { kind, wrapped: { version, wrapped: Buffer.from(wrapped, 'base64') } }
  }
  const text = Buffer.from(JSON.stringify(passphrase))
  return { kind: 'software', wrapped: { version: passphrase?.kdf.salt ?? '', wrapped: text } }
}

/** The file with its file key wrapped by another keeper, or anew by the same. */
export function rewrappedBy(
  { passphrase: _passphrase, keeper: _keeper, ...file }: RootFile,
  kind: ProviderKind,
  { version, wrapped }: Wrapped,
): RootFile {
  return kind === 'software'
    ? { ...file, passphrase: JSON.parse(wrapped.toString()) as NonNullable<RootFile['passphrase']> }
    : { ...file, keeper: { kind, version, wrapped: wrapped.toString('base64') } }
}

/** How dear a passphrase is to try. */
export type KdfCost = Pick<Kdf, 'memoryKiB' | 'passes' | 'parallelism'>

const dear: KdfCost = { memoryKiB: 65_536, passes: 3, parallelism: 4 }

/** A passphrase's settings, with a salt of its own each time. */
export const newKdf = (cost: KdfCost = dear): Kdf => ({
  algorithm: 'argon2id',
  ...cost,
  salt: randomBytes(16).toString('base64'),
})

const derive = promisify(argon2)

/** The key a passphrase makes: about 0.2 s of one core and 64 MiB, for us and for whoever guesses. */
export async function passphraseKey(passphrase: string, kdf: Kdf): Promise<Xaes> {
  const key = await derive(kdf.algorithm, {
    message: Buffer.from(passphrase.normalize('NFC')),
    nonce: Buffer.from(kdf.salt, 'base64'),
    memory: kdf.memoryKiB,
    passes: kdf.passes,
    parallelism: kdf.parallelism,
    tagLength: 32,
  })
  return Xaes.taking(key)
}
