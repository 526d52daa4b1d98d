import { existsSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { openBox, sealBox } from '../box.ts'
import { contextBytes } from '../context.ts'
import type { Keeper, Wrapped } from '../keeper.ts'
import { passphraseMissing, passphraseWeak, passphraseWrong } from '../refusals.ts'
import { type Kdf, type KdfCost, newKdf, passphraseKey } from '../root-file.ts'
import { NotAuthentic } from '../xaes.ts'

export const leastPassphrase = 16

/**
 * The software keeper: a passphrase in a file, through argon2id. Each wrap takes a salt of its own,
 * so each is a version of its own; what was wrapped carries the settings it needs.
 *
 * @param dir - the directory of the keys: a passphrase within its parent lies beside the data.
 * @param cost - of what is wrapped from now on.
 */
export function openPassphraseKeeper(file: string, dir: string, cost?: KdfCost): Keeper {
  const inside = relative(resolve(dir, '..'), resolve(file))
  const beside = !inside.startsWith('..')
  return {
    kind: 'software',
    powers: { nonExtractable: false, versionDestroy: false, associatedData: true },
    apartFromData: !beside,
    sentence: beside
      ? 'The root key is kept in software, in a sealed file outside the database. The passphrase that opens it lies beside it in the data directory: whoever copies the whole directory holds both.'
      : 'The root key is kept in software, in a sealed file outside the database. The passphrase that opens it lies apart from the data directory.',
    async wrap(context, key) {
      const kdf = newKdf(cost)
      const sealed = sealBox(
        await passphraseKey(readPassphrase(file), kdf),
        contextBytes('root-file', context),
        key,
      )
      const text = JSON.stringify({ kdf, sealed: sealed.toString('base64') })
      return { version: kdf.salt, wrapped: Buffer.from(text) }
    },
    async unwrap(context, { wrapped }: Wrapped) {
      const { kdf, sealed } = parsed(wrapped)
      const key = await passphraseKey(readPassphrase(file), kdf)
      try {
        return openBox(key, contextBytes('root-file', context), Buffer.from(sealed, 'base64'))
      } catch (error) {
        throw error instanceof NotAuthentic ? passphraseWrong() : error
      }
    },
    async rotate() {},
    async destroyBefore() {
      return 0
    },
    async close() {},
  }
}

function parsed(wrapped: Uint8Array): { kdf: Kdf; sealed: string } {
  try {
    const { kdf, sealed } = JSON.parse(Buffer.from(wrapped).toString()) as {
      kdf: Kdf
      sealed: string
    }
    const sane =
      kdf.algorithm === 'argon2id' &&
      kdf.memoryKiB >= 8 &&
      kdf.memoryKiB <= 1_048_576 &&
      kdf.passes >= 1 &&
      kdf.passes <= 16 &&
      kdf.parallelism >= 1 &&
      kdf.parallelism <= 16
    if (sane && typeof sealed === 'string') return { kdf, sealed }
  } catch {
    // Falls through: what was altered is not the passphrase's doing, but opens as little.
  }
  throw passphraseWrong()
}

export function readPassphrase(path: string): string {
  if (!existsSync(path)) throw passphraseMissing(path)
  const passphrase = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  demandStrong(passphrase)
  return passphrase
}

/** @throws {Refusal} `keys.passphrase-weak`. */
export function demandStrong(passphrase: string): void {
  if (passphrase.length < leastPassphrase) throw passphraseWeak()
}
