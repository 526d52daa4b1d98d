import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  canaryBytes,
  entryOfPassword,
  firstPart,
  formatVersion,
  hashFunctions,
  headerBytes,
  bitsPerEntry,
  isIn,
  ListReader,
  magic,
  partBytes,
  parts,
  setIn,
} from '../factors/breach-filter.ts'

/** What stands in the head of a filter file. */
export interface BreachList {
  readonly entries: number
  readonly bytes: number
  readonly madeAt: Date
  /** A password that was put among the entries, to try the filter with. */
  readonly canary: string
}

/** The file is there and cannot be used: cut short, or of another form. */
export class BreachFileBroken extends Error {}

/** Parts are small: they are written so many bytes at a time. */
const writeBytes = 1 << 20

const dirOf = (dataDir: string) => join(dataDir, 'identity')
const fileOf = (dataDir: string) => join(dirOf(dataDir), 'breach-list')

/** A filter that is whole and on the disk, and not in force yet. */
export interface BreachDraft extends BreachList {
  /** Puts it in force, in the place of the one before. */
  keep(): Promise<void>
  drop(): Promise<void>
}

/**
 * Makes the filter of a list as it streams in, beside the one in force. Broken off, it leaves nothing; what
 * a crash left is cleared by the next.
 *
 * @throws {LineFault} see {@link ListReader}.
 */
export async function draftBreachFile(
  dataDir: string,
  list: AsyncIterable<Buffer>,
  now: Date,
): Promise<BreachDraft> {
  const dir = dirOf(dataDir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const draft = `${fileOf(dataDir)}.part`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    const made = await write(file, list, now)
    await file.sync()
    return {
      ...made,
      drop: () => rm(draft, { force: true }),
      keep: async () => {
        await rename(draft, fileOf(dataDir))
        await syncDir(dir)
      },
    }
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

async function syncDir(path: string): Promise<void> {
  const dir = await open(path, 'r')
  try {
    await dir.sync()
  } finally {
    await dir.close()
  }
}

async function write(
  file: FileHandle,
  list: AsyncIterable<Buffer>,
  now: Date,
): Promise<BreachList> {
  const canary = randomBytes(canaryBytes / 2).toString('hex')
  const planted = entryOfPassword(canary)
  const offsets = new Float64Array(parts + 1)
  let at = firstPart
  let next = 0
  let entries = 0
  let written = at
  let waiting: Buffer[] = []
  const flush = async () => {
    const bytes = Buffer.concat(waiting)
    waiting = []
    await file.write(bytes, 0, bytes.length, written)
    written += bytes.length
  }
  const put = async (part: number, a: readonly number[], b: readonly number[]) => {
    await fill(part)
    await store(part, a, b)
  }
  /** Parts nobody is in, but for the canary's, have no bytes. */
  const fill = async (until: number) => {
    for (let part = next; part < until; part++) await store(part, [], [])
  }
  const store = async (part: number, a: readonly number[], b: readonly number[]) => {
    const isCanarys = part === planted.part
    offsets[part] = at
    next = part + 1
    const bytes = Buffer.alloc(partBytes(a.length + (isCanarys ? 1 : 0)))
    for (let i = 0; i < a.length; i++) setIn(bytes, { a: a[i]!, b: b[i]! })
    if (isCanarys) setIn(bytes, planted)
    waiting.push(bytes)
    at += bytes.length
    if (at - written >= writeBytes) await flush()
    entries += a.length
  }
  const reader = new ListReader(put)
  for await (const piece of list) await reader.take(piece)
  await reader.end()
  await fill(parts)
  await flush()
  offsets[parts] = at
  const head = Buffer.alloc(firstPart)
  head.write(magic, 0, 'latin1')
  head.writeUInt32BE(formatVersion, 8)
  head[12] = hashFunctions
  head[13] = bitsPerEntry
  head.writeBigUInt64BE(BigInt(entries), 16)
  head.writeBigUInt64BE(BigInt(at), 24)
  head.writeBigUInt64BE(BigInt(now.getTime()), 32)
  head.write(canary, 40, 'latin1')
  for (let part = 0; part <= parts; part++)
    head.writeBigUInt64BE(BigInt(offsets[part]!), headerBytes + part * 8)
  await file.write(head, 0, head.length, 0)
  return { entries, bytes: at, madeAt: now, canary }
}

/** What filter is in force; undefined where none was ever made. @throws {BreachFileBroken} */
export const readBreachList = (dataDir: string): Promise<BreachList | undefined> =>
  withFile(dataDir, headOf)

/** Whether a password is on the list, as far as the filter can say. @throws {BreachFileBroken} */
export async function isBreached(dataDir: string, password: string): Promise<boolean> {
  const found = await withFile(dataDir, async (file) => {
    const { bytes } = await headOf(file)
    const entry = entryOfPassword(password)
    const place = await exactly(file, headerBytes + entry.part * 8, 16)
    const from = Number(place.readBigUInt64BE(0))
    const to = Number(place.readBigUInt64BE(8))
    if (from < firstPart || to < from || to > bytes) throw new BreachFileBroken('a part is nowhere')
    return isIn(await exactly(file, from, to - from), entry)
  })
  return found ?? false
}

async function withFile<T>(
  dataDir: string,
  deed: (file: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  let file: FileHandle
  try {
    file = await open(fileOf(dataDir), 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return await deed(file)
  } finally {
    await file.close()
  }
}

async function headOf(file: FileHandle): Promise<BreachList> {
  const head = await exactly(file, 0, headerBytes)
  const bytes = Number(head.readBigUInt64BE(24))
  const { size } = await file.stat()
  const isOurs =
    head.toString('latin1', 0, 8) === magic &&
    head.readUInt32BE(8) === formatVersion &&
    head[12] === hashFunctions &&
    head[13] === bitsPerEntry
  if (!isOurs || size !== bytes) throw new BreachFileBroken('it is cut short, or of another form')
  return {
    entries: Number(head.readBigUInt64BE(16)),
    bytes,
    madeAt: new Date(Number(head.readBigUInt64BE(32))),
    canary: head.toString('latin1', 40, 40 + canaryBytes),
  }
}

async function exactly(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, from)
  if (bytesRead !== length) throw new BreachFileBroken('it is cut short')
  return bytes
}
