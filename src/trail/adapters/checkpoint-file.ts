/**
 * The newest signed checkpoint of each log, kept outside PostgreSQL: what an older database is
 * recognised by after a restore.
 *
 * `<dataDir>/trail/checkpoints` holds one JSON object a line: `{"log": …, "note": …}`. Lines are only
 * appended; the last one of a log counts. A file that has grown large is replaced by one that
 * holds only those. A last line cut short by a crash was never relied on, and is passed over.
 *
 * @module
 */
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'

const largestBytes = 1_048_576

/** A signed checkpoint and the log it is of. */
export interface KeptCheckpoint {
  readonly log: string
  readonly note: string
}

/** What the file says. */
export interface Kept {
  /** The newest of each log. */
  readonly checkpoints: readonly KeptCheckpoint[]
  /** Why the file proves nothing, where a line before the last cannot be read. */
  readonly damage: string | undefined
}

/** What was read of each file, for as long as it is that file: it is asked for several times a second. */
const read = new Map<string, { readonly version: string; readonly kept: Kept }>()

/** Reads the file; nothing is kept where there is none. */
export async function readKept(dataDir: string): Promise<Kept> {
  const version = await versionOf(dataDir)
  const known = read.get(dataDir)
  if (known?.version === version) return known.kept
  const kept = await readWhole(dataDir)
  read.set(dataDir, { version, kept })
  return kept
}

async function versionOf(dataDir: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(fileIn(dataDir))
    return `${ino}/${size}/${mtimeMs}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

async function readWhole(dataDir: string): Promise<Kept> {
  const newest = new Map<string, KeptCheckpoint>()
  // What follows the last newline is empty, or was cut short.
  const lines = (await textOf(dataDir)).split('\n').slice(0, -1)
  for (const [i, line] of lines.entries()) {
    const kept = parseLine(line)
    if (kept === undefined) {
      const damage = `Line ${i + 1} of the checkpoints kept outside the database is damaged.`
      return { checkpoints: [], damage }
    }
    newest.set(kept.log, kept)
  }
  return { checkpoints: [...newest.values()], damage: undefined }
}

/** Adds checkpoints; on the disk when this resolves. */
export async function keep(dataDir: string, checkpoints: readonly KeptCheckpoint[]): Promise<void> {
  if (checkpoints.length === 0) return
  const directory = join(dataDir, 'trail')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const text = await textOf(dataDir)
  // After a crash the file may end inside a line; a newline there leaves that line behind.
  const cut = text !== '' && !text.endsWith('\n')
  const whole = cut || text.length > largestBytes
  const kept = whole ? [...(await readKept(dataDir)).checkpoints, ...checkpoints] : checkpoints
  const lines = kept.map(({ log, note }) => `${JSON.stringify({ log, note })}\n`).join('')
  if (whole) {
    await writeDurably(`${fileIn(dataDir)}.new`, 'w', lines)
    await rename(`${fileIn(dataDir)}.new`, fileIn(dataDir))
  } else {
    await writeDurably(fileIn(dataDir), 'a', lines)
  }
  await syncDirectory(directory)
}

const fileIn = (dataDir: string) => join(dataDir, 'trail', 'checkpoints')

async function textOf(dataDir: string): Promise<string> {
  try {
    return await readFile(fileIn(dataDir), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parseLine(line: string): KeptCheckpoint | undefined {
  try {
    const { log, note } = JSON.parse(line) as Partial<KeptCheckpoint>
    return typeof log === 'string' && typeof note === 'string' ? { log, note } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

async function writeDurably(file: string, flags: 'a' | 'w', text: string): Promise<void> {
  const handle = await open(file, flags, 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
