import { type Dirent } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const chunkBytes = 4_194_304
/** File systems and clocks may round an instant. */
export const slackMs = 5_000

export interface FileSearch {
  /** Files that were read to their end. */
  readonly searched: number
  readonly of: number
  /** Files that hold one of the needles, below the directory. */
  readonly found: readonly string[]
  /** Whether the control stands in any of them. */
  readonly control: boolean
  /** Whether PostgreSQL's own log was among them: only then must the control be there. */
  readonly database: boolean
}

/** The instant files are dated by: not the house's clock, which tests may set. */
export const fileTime = (): number => Date.now()

/**
 * Searches all files below a directory that were written since an instant, byte for byte.
 *
 * @param control - bytes that must be in one of them, if the search sees what it should.
 * @param which - `own` leaves out the database's directory, where PostgreSQL searches that itself.
 */
export async function searchFiles(
  dir: string,
  since: number,
  needles: readonly Buffer[],
  control: Buffer,
  which: 'all' | 'own' = 'all',
): Promise<FileSearch> {
  const found: string[] = []
  let [searched, of, seen, database] = [0, 0, false, false]
  for await (const path of which === 'all' ? filesOf(dir) : ownFiles(dir)) {
    const state = await stat(path).catch(() => undefined)
    if (path !== unreadable && (state === undefined || state.mtimeMs < since - slackMs)) continue
    of += 1
    database ||= basename(dirname(path)) === 'pg_wal'
    try {
      const hits = await holds(path, [...needles, control])
      seen ||= hits.pop()!
      if (hits.includes(true)) found.push(path.slice(dir.length + 1))
      searched += 1
    } catch {
      // Not readable for us: it counts as not searched.
    }
  }
  return { searched, of, found, control: seen, database }
}

/** Stands for a directory that cannot be listed. */
const unreadable = ''

/**
 * The server's own directories. Under Node's permission model it may list these and not the one above
 * them, nor the database's: that one counts as not searched.
 */
const own = ['backups', 'documents', 'keys', 'run', 'tls', 'trail']

async function* filesOf(dir: string): AsyncGenerator<string> {
  let listed = false
  for await (const path of filesBelow(dir)) {
    if (path === unreadable && !listed) {
      yield unreadable
      yield* ownFiles(dir)
      return
    }
    listed = true
    yield path
  }
}

async function* ownFiles(dir: string): AsyncGenerator<string> {
  for (const name of own) yield* filesBelow(join(dir, name))
}

async function* filesBelow(dir: string): AsyncGenerator<string> {
  let entries: Dirent[]
  try {
    entries = await readdir(dir, { withFileTypes: true })
  } catch (error) {
    // What is not there holds nothing.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') yield unreadable
    return
  }
  for (const entry of entries) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

/** Which of the needles a file holds. Pieces overlap, so none is missed between two. */
async function holds(path: string, needles: readonly Buffer[]): Promise<boolean[]> {
  const hits = needles.map(() => false)
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(chunkBytes + overlap)
    let kept = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, chunkBytes)
      if (bytesRead === 0) return hits
      const piece = buffer.subarray(0, kept + bytesRead)
      for (const [i, needle] of needles.entries()) hits[i] ||= piece.includes(needle)
      kept = Math.min(overlap, piece.length)
      piece.copyWithin(0, piece.length - kept)
    }
  } finally {
    await file.close()
  }
}
