import type { Sql } from '#kernel'
import { newestCheckpoint, rootLeaves } from './checkpoint-store.ts'
import { rootLog } from './entry.ts'
import { hashBytes } from './merkle.ts'
import { parseNote } from './note.ts'
import { bodiesOf } from './read-store.ts'
import { formatBundle, parseTilePath, tileWidth } from './tiles.ts'
import { tilesAt } from './tree-store.ts'

/** One file of a log, as any C2SP client asks for it. */
export interface LogFile {
  readonly mediaType: string
  readonly bytes: Buffer
  /** Whether it may be cached for ever. */
  readonly immutable: boolean
}

const logName = /^(?:root|house|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/

/**
 * The file of a log under a path of tlog-tiles: `checkpoint`, `tile/…`, `tile/entries/…`.
 *
 * Nothing here names a person: tiles are hashes, bundles hold leaf bodies.
 *
 * @returns undefined for what does not exist, or not yet.
 */
export async function readLogFile(
  sql: Sql,
  log: string,
  path: string,
): Promise<LogFile | undefined> {
  if (!logName.test(log)) return undefined
  if (path === 'checkpoint') {
    const note = await readCheckpoint(sql, log)
    if (note === undefined) return undefined
    const mediaType = 'text/plain; charset=utf-8'
    return { mediaType, bytes: Buffer.from(note), immutable: false }
  }
  const bytes = (await readTile(sql, log, path)) ?? (await readBundle(sql, log, path))
  if (bytes === undefined) return undefined
  return { mediaType: 'application/octet-stream', bytes, immutable: true }
}

/** The newest signed checkpoint of a log. */
export async function readCheckpoint(sql: Sql, log: string): Promise<string | undefined> {
  return (await newestCheckpoint(sql, log))?.note
}

/** A hash tile; a narrower partial one is the beginning of the one we hold. */
export async function readTile(sql: Sql, log: string, path: string): Promise<Buffer | undefined> {
  const name = parseTilePath(path)
  if (name === undefined || name.level === 'entries') return undefined
  const [tile] = await tilesAt(sql, [{ log, level: name.level, n: name.n }])
  const wanted = name.width * hashBytes
  return tile === undefined || tile.hashes.length < wanted
    ? undefined
    : tile.hashes.subarray(0, wanted)
}

/** An entry bundle, only as wide as the log reaches. */
export async function readBundle(sql: Sql, log: string, path: string): Promise<Buffer | undefined> {
  const name = parseTilePath(path)
  if (name === undefined || name.level !== 'entries') return undefined
  const start = name.n * tileWidth
  const end = start + name.width
  const entries =
    log === rootLog
      ? (await rootLeaves(sql, start, end)).map(({ note }) => Buffer.from(parseNote(note).text))
      : await bodiesOf(sql, log, start, end)
  return entries.length === name.width ? formatBundle(entries) : undefined
}
