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
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

const largestBytes = 1_048_576

/** A signed checkpoint and the log it is of. */
export interface KeptCheckpoint {
  readonly log: string
  readonly note: string
}

/**
 * The newest checkpoint kept of each log; none where there is no file.
 *
 * @throws {Error} when a line before the last cannot be read: then the file proves nothing.
 */
export async function readKept(dataDir: string): Promise<KeptCheckpoint[]> {
  const newest = new Map<string, KeptCheckpoint>()
  for (const kept of parseLines(await textOf(dataDir))) newest.set(kept.log, kept)
  return [...newest.values()]
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
  const kept = whole ? [...(await readKept(dataDir)), ...checkpoints] : checkpoints
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

function parseLines(text: string): KeptCheckpoint[] {
  const lines = text.split('\n')
  // What follows the last newline is empty, or was cut short.
  return lines.slice(0, -1).map((line, i) => {
    const { log, note } = JSON.parse(line) as Partial<KeptCheckpoint>
    if (typeof log !== 'string' || typeof note !== 'string') {
      throw new Error(`line ${i + 1} of the kept checkpoints is damaged`)
    }
    return { log, note }
  })
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
