import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a file system has left for us. */
export interface Space {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** The space of the file system a path lies on; the root user's own share does not count. */
export async function spaceAt(path: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(path)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

const mebibyte = 1_048_576

/** With less than this free, PostgreSQL may fail to write its log ahead, and then stops as a whole. */
export const leastFreeBytes = 64 * mebibyte

/** What the reserve gives back: enough for a recovery to write its checkpoint. */
export const reserveBytes = 64 * mebibyte

const fileIn = (dataDir: string) => join(dataDir, 'reserve')

/** Takes up space that is given back when it runs short. Written through, so that it is really taken. */
export async function keepReserve(dataDir: string): Promise<void> {
  await writeFile(fileIn(dataDir), Buffer.alloc(reserveBytes, 0xff), { mode: 0o600, flush: true })
}

export async function releaseReserve(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true })
}
