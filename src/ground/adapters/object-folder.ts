import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ObjectStore } from '#kernel'
import { demandKey, demandSize, ObjectConflict } from '../object-key.ts'

const { O_CREAT, O_EXCL, O_SYNC, O_WRONLY } = constants
const once = O_WRONLY | O_CREAT | O_EXCL | O_SYNC
const readOnly = 0o400

/**
 * Objects as read-only files below a directory, a file for each.
 *
 * A file comes into being whole: it is written and synced under a name no key has, then linked to its
 * own, which fails where that is taken. Killed in between, only the nameless one is left.
 */
export function objectFolder(dir: string, outside: boolean): ObjectStore {
  const fileOf = (key: string) => {
    demandKey(key)
    return join(dir, key)
  }
  const get = (key: string) => unlessMissing(() => readFile(fileOf(key)))
  return {
    place: `folder ${dir}`,
    outside,
    lockDays: 0,
    get,
    async putOnce(key, bytes) {
      const file = fileOf(key)
      demandSize(bytes)
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const draft = join(dir, `.${randomUUID()}`)
      try {
        await writeDurably(draft, bytes)
        await link(draft, file)
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
        if ((await get(key))?.equals(bytes) !== true) throw new ObjectConflict(key)
      } finally {
        await rm(draft, { force: true })
      }
      await syncDirectory(dirname(file))
    },
    async *list(prefix) {
      // Every key under a prefix lies below the directory of the prefix's whole words.
      const words = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      const found = await unlessMissing(() =>
        readdir(join(dir, words), { recursive: true, withFileTypes: true }),
      )
      const keys = (found ?? [])
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, '/').length))
      yield* keys.filter((key) => key.startsWith(prefix)).sort()
    },
    async remove(key) {
      await rm(fileOf(key), { force: true })
    },
    async tryToDestroy() {
      return { refused: false, answer: 'a folder locks nothing: its owner may remove any file' }
    },
  }
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, once, readOnly)
  try {
    await handle.writeFile(bytes)
  } finally {
    await handle.close()
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

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
