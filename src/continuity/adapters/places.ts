import { createHash } from 'node:crypto'
import { constants, createReadStream, existsSync, readdirSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Readable } from 'node:stream'
import type { Settings } from '#kernel'
import { bundleTime } from '../backup.ts'

/** Directories that hold copies: ours, and the one set as offsite. */
export function placesOf({ dataDir, offsiteDir }: Settings): string[] {
  const own = join(dataDir, 'backups')
  return offsiteDir === undefined ? [own] : [own, join(offsiteDir, 'backups')]
}

const durably = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC
const writeBytes = 1_048_576

/**
 * Writes a new file, each write on the disk before the next, under a temporary name until it is
 * whole. `O_SYNC` and not `fsync`: Node refuses the latter under its permission model.
 *
 * @returns its size in bytes and SHA-256 in hex.
 */
export async function writeFileOnce(
  dir: string,
  name: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ bytes: number; sha256: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const partial = join(dir, `${name}.partial`)
  const file = await open(partial, durably, 0o600)
  const digest = createHash('sha256')
  let bytes = 0
  try {
    for await (const piece of gathered(pieces)) {
      digest.update(piece)
      bytes += piece.length
      await file.writeFile(piece)
    }
  } catch (error) {
    await file.close()
    await rm(partial, { force: true })
    throw error
  }
  await file.close()
  await rename(partial, join(dir, name))
  return { bytes, sha256: digest.digest('hex') }
}

/** Few large writes: each waits for the disk. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    held.push(piece)
    size += piece.length
    if (size < writeBytes) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}

/** SHA-256 of a file in hex; undefined when it is not there. */
export async function digestOf(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined
  const digest = createHash('sha256')
  for await (const piece of createReadStream(path)) digest.update(piece as Buffer)
  return digest.digest('hex')
}

export const readStream = (path: string): ReadableStream<Uint8Array> =>
  Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>

/** Opened only once somebody reads: a stream that fails before has nobody to hear of it. */
export async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** Where the sealed key of the backups lies, inside the keys' directory. */
export function backupIdentityFile(): string {
  return 'backup-identity.sealed'
}

/** Where a bundle lies. */
export const bundleDir = (place: string, name: string): string => join(place, 'keyring', name)

/**
 * The subjects' keys as of the bundle, wrapped and sealed as a backup is. An old backup's own wraps
 * belong to keys that are destroyed by now; with these its rows open, except of those erased since.
 */
export const subjectKeysFile = 'subject-keys.age'

/**
 * Copies the keyring into a bundle beside the backups. Every file of it is sealed; the passphrase stays behind.
 * A key may be made or destroyed meanwhile, which puts a new file in the place of an old one: then all
 * are copied anew, so that those of a bundle stood beside each other once.
 */
export async function copyKeyring(dataDir: string, place: string, name: string): Promise<void> {
  const source = join(dataDir, 'keys')
  const target = bundleDir(place, name)
  for (let tries = 0; tries < mostTries; tries += 1) {
    const files = keyFilesIn(source)
    let gone: unknown
    try {
      for (const file of files) await writeFileOnce(target, file, pieces(join(source, file)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      gone = error
    }
    if (isDeepStrictEqual(keyFilesIn(source), files)) {
      // Nothing was replaced, so something else is missing, and the bundle is not whole.
      if (gone !== undefined) throw gone
      return
    }
    await rm(target, { recursive: true, force: true })
  }
  throw new Error('the keyring changes faster than it can be copied')
}

const mostTries = 100

/** The keyring's files in a directory: of the passphrase, drafts and copies none. */
export function keyFilesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:sealed|json|ndjson)$/.test(entry.name))
    .map(({ name }) => name)
    .sort()
}

/** Names of the bundles in a place, oldest first. */
export function bundlesIn(place: string): string[] {
  const dir = join(place, 'keyring')
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter((name) => bundleTime(name) !== undefined)
    .sort()
}

/** Removes bundles made before `before`, but never the newest. */
export async function dropBundles(place: string, before: Date): Promise<number> {
  const old = bundlesIn(place)
    .slice(0, -1)
    .filter((name) => bundleTime(name)! < before)
  for (const name of old) await rm(join(place, 'keyring', name), { recursive: true, force: true })
  return old.length
}

/** Writes a small sealed file into the keys' directory. */
export async function writeKeyFile(dataDir: string, name: string, bytes: Buffer): Promise<void> {
  await writeFileOnce(join(dataDir, 'keys'), name, Readable.from([bytes]))
}

export async function readKeyFile(dir: string, name: string): Promise<Buffer | undefined> {
  const path = join(dir, name)
  if (!existsSync(path)) return undefined
  const file = await open(path, 'r')
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}
