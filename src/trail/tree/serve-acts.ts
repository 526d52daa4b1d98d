import type { Sql } from '#kernel'
import { newestCheckpoint, rootLeaves } from './checkpoint-store.ts'
import { rootLog } from '../entries/entry.ts'
import { hashBytes } from './merkle.ts'
import { parseNote } from './note.ts'
import { bodiesOf } from '../entries/read-store.ts'
import { formatBundle, parseTilePath, tileWidth } from './tiles.ts'
import { currentRetention, minimumOf } from '../erasure/retention-store.ts'
import { tilesAt } from './store.ts'

/** One file of a log, as any C2SP client asks for it. */
export interface LogFile {
  readonly mediaType: string
  readonly bytes: Buffer
  /** Whether it may be cached for ever. */
  readonly immutable: boolean
}

/** How a log is named in the paths of its files. */
export const logName = /^(?:root|house|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/

/**
 * The file of a log under a path of tlog-tiles: `checkpoint`, `tile/…`, `tile/entries/…`.
 *
 * Beside these, `statements` ({@link readStatements}) says which payloads are erased and by which entry, and
 * `retention` (JSON) publishes the policy and the minimum index that tlog-tiles asks of a log that is pruned.
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
  if (path === 'retention') return json(await readPolicy(sql, log))
  const bytes = (await readTile(sql, log, path)) ?? (await readBundle(sql, log, path))
  if (bytes === undefined) return undefined
  return { mediaType: 'application/octet-stream', bytes, immutable: true }
}

/**
 * Whether anybody may have a file: the root log's checkpoint and hashes, which witnesses need. Its
 * entries tell of every controller how much happened there, and are for the house.
 */
export function isPublicFile(log: string, path: string): boolean {
  return log === rootLog && !path.startsWith('tile/entries/')
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
  // Pruned: refused, not removed, as tlog-tiles recommends; the hashes stay for every old proof.
  if (((await minimumOf(sql, log)) ?? 0) >= start + tileWidth) return undefined
  const entries =
    log === rootLog
      ? (await rootLeaves(sql, start, end)).map(({ note }) => Buffer.from(parseNote(note).text))
      : await bodiesOf(sql, log, start, end)
  return entries.length === name.width ? formatBundle(entries) : undefined
}

async function readPolicy(sql: Sql, log: string): Promise<object> {
  const { payloadMonths, bundleMonths, at } = await currentRetention(sql)
  return {
    log,
    minimumIndex: (await minimumOf(sql, log)) ?? 0,
    bundleMonths,
    payloadMonths,
    since: at.toISOString(),
    means:
      'Entry bundles are served for bundleMonths, and hash tiles for ever; null: for ever as well. Payloads are kept for payloadMonths after their month. A legal hold suspends both.',
  }
}

const json = (value: object): LogFile => ({
  mediaType: 'application/json',
  bytes: Buffer.from(JSON.stringify(value)),
  immutable: false,
})
