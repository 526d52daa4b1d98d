import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Settings } from '#kernel'
import { bundleTime } from '../backup.ts'

/** Directories that hold copies: ours, and the one set as offsite. */
export function placesOf({ dataDir, offsiteDir }: Settings): string[] {
  const own = join(dataDir, 'backups')
  return offsiteDir === undefined ? [own] : [own, join(offsiteDir, 'backups')]
}

/**
 * Writes a new file, durable before this returns: temporary name, fsync, rename, fsync of the
 * directory. A crash leaves at most a file that no row names.
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
  const file = await open(partial, 'w', 0o600)
  const digest = createHash('sha256')
  let bytes = 0
  try {
    for await (const piece of pieces) {
      digest.update(piece)
      bytes += piece.length
      await file.writeFile(piece)
    }
    await file.sync()
  } catch (error) {
    await file.close()
    await rm(partial, { force: true })
    throw error
  }
  await file.close()
  await rename(partial, join(dir, name))
  await syncDirectory(dir)
  return { bytes, sha256: digest.digest('hex') }
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

export const pieces = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path) as AsyncIterable<Uint8Array>

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** Files of the keyring that a bundle holds; each is sealed already. The passphrase is never among them. */
const bundled = ['root.sealed', 'keyring.json', 'erasures.ndjson', backupIdentityFile()]

/** Where the sealed key of the backups lies, inside the keys' directory. */
export function backupIdentityFile(): string {
  return 'backup-identity.sealed'
}

/** Copies the keyring into a bundle beside the backups. */
export async function copyKeyring(dataDir: string, place: string, name: string): Promise<void> {
  const target = join(place, 'keyring', name)
  await mkdir(target, { recursive: true, mode: 0o700 })
  for (const file of bundled) {
    const source = join(dataDir, 'keys', file)
    if (!existsSync(source)) continue
    await copyFile(source, join(target, file))
    const copy = await open(join(target, file), 'r')
    await copy.sync()
    await copy.close()
  }
  await syncDirectory(target)
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

export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size
}

/** Writes a small sealed file into the keys' directory. */
export async function writeKeyFile(dataDir: string, name: string, bytes: Buffer): Promise<void> {
  const dir = join(dataDir, 'keys')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  await writeFileOnce(dir, name, Readable.from([bytes]))
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

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
