import { type Database, hourMs, isRecent, ObjectConflict } from '#ground'
import type { HouseCross, ObjectStore, World } from '#kernel'
import { anchorOfStore, failureOf, settle } from './acts.ts'
import { keepCopy, markLocked, saveAnchored, signedHead, unanchored } from './store.ts'
import { newestCheckpoint } from '../tree/checkpoint-store.ts'
import { checkpointKey, prefixOf } from './copy-key.ts'
import { within } from './deadline.ts'
import { rootLog } from '../entries/entry.ts'
import { parseNote } from '../tree/note.ts'
import { minimumOf } from '../erasure/retention-store.ts'
import { type Anchor, isTurnOf, type SignedHead } from './rung.ts'
import { readLogFile } from '../tree/serve-acts.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { formatTilePath, parseTilePath, tileWidth } from '../tree/tiles.ts'

/** Bundles copied in one turn; what is left gets the next. */
const bundlesInTurn = 64
const putsAtOnce = 8
/** A store that hangs holds up neither the next turn nor the end of the house. */
const deadlineMs = 10_000

/**
 * One turn of copying to the object store: what has become full since the last, and the newest root
 * checkpoint. Keys are stable: below `trail/<origin>/` lie the files of tlog-tiles under their own
 * paths, and `checkpoints/<size, 16 digits>`. The store being away changes nothing but the lag.
 *
 * Killed between a put and its note, it puts the same bytes again. Other bytes under a key mean that
 * the log here is not the one that was copied; that is never overwritten, and it is told.
 *
 * @returns whether more waits.
 */
export async function anchorCopies(
  database: Database,
  cross: HouseCross,
  { objects, now }: Pick<World, 'objects' | 'now'>,
): Promise<boolean> {
  const keys = await findLogKeys(database)
  const head = await signedHead(database)
  if (!objects.outside || keys === undefined || head === undefined) return false
  const { place } = objects
  await keepCopy(database, place)
  const anchor = await anchorOfStore(database, place, now())
  const before = prefixOf(keys.originOf(''))
  try {
    const work = () => carry(database, cross, objects, anchor, { before, head, now })
    return await within(`anchor ${place}`, deadlineMs, work)
  } catch (error) {
    const failure =
      error instanceof ObjectConflict
        ? `The store holds another log than this one: ${error.message}.`
        : failureOf(error)
    await settle(database, cross, anchor, { failure }, now())
    return false
  }
}

interface Turn {
  /** What goes before a log's name in its keys. */
  readonly before: string
  readonly head: SignedHead
  readonly now: () => Date
}

/** @returns whether more waits. */
async function carry(
  database: Database,
  cross: HouseCross,
  objects: ObjectStore,
  anchor: Anchor,
  { before, head, now }: Turn,
): Promise<boolean> {
  const { place } = objects
  const waiting = await unanchored(database, place, { before })
  let room = bundlesInTurn
  for (const { log, signedSize, leaves } of waiting) {
    if (room === 0) return true
    const bundles = Math.min(room, Math.floor(signedSize / tileWidth) - leaves / tileWidth)
    room -= bundles
    const prefix = `${before}${log}`
    const copied = leaves + bundles * tileWidth
    await putAll(database, objects, { log, prefix, from: leaves, to: copied })
    await saveAnchored(database, place, prefix, copied)
  }
  const prefix = `${before}${rootLog}`
  const held = isTurnOf(anchor, head, now())
    ? await putCheckpoint(database, objects, prefix)
    : undefined
  const size = held?.size ?? anchor.size!
  await tryLock(database, objects, anchor, checkpointKey(prefix, size), now())
  if (held !== undefined) await settle(database, cross, anchor, { held }, now())
  return false
}

/** The tiles of every level and the bundles that became full between two numbers of leaves. */
function pathsBetween(from: number, to: number): string[] {
  const paths: string[] = []
  for (let level = 0, width = tileWidth; Math.floor(to / width) > 0; level++, width *= tileWidth) {
    for (let n = Math.floor(from / width); n < Math.floor(to / width); n++) {
      paths.push(formatTilePath({ level, n, width: tileWidth }))
      if (level === 0) paths.push(formatTilePath({ level: 'entries', n, width: tileWidth }))
    }
  }
  return paths
}

interface Stretch {
  readonly log: string
  readonly prefix: string
  readonly from: number
  readonly to: number
}

async function putAll(
  database: Database,
  objects: ObjectStore,
  { log, prefix, from, to }: Stretch,
): Promise<void> {
  const paths = pathsBetween(from, to)
  while (paths.length > 0) {
    const puts = paths.splice(0, putsAtOnce).map(async (path) => {
      const file = await readLogFile(database, log, path)
      if (file === undefined && (await isPruned(database, log, path))) return
      if (file === undefined) throw new Error(`${log} has no ${path}`)
      await objects.putOnce(`${prefix}/${path}`, file.bytes, { locked: true })
    })
    // All of them end before anybody hears of the first error: nothing goes on unseen.
    const failed = (await Promise.allSettled(puts)).find(({ status }) => status === 'rejected')
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
  }
}

/** Whether a bundle is over: it lies below the minimum index that the log publishes. */
async function isPruned(database: Database, log: string, path: string): Promise<boolean> {
  const name = parseTilePath(path)
  if (name?.level !== 'entries') return false
  return ((await minimumOf(database, log)) ?? 0) >= (name.n + 1) * tileWidth
}

async function putCheckpoint(database: Database, objects: ObjectStore, prefix: string) {
  const { note, size, at } = (await newestCheckpoint(database, rootLog))!
  const key = checkpointKey(prefix, size)
  try {
    await objects.putOnce(key, Buffer.from(note), { locked: true })
  } catch (error) {
    if (!(error instanceof ObjectConflict)) throw error
    // The same checkpoint may have gathered cosignatures since; another one is another log.
    const there = (await objects.get(key))?.toString('utf8')
    if (there === undefined || !signsSame(there, note)) throw error
  }
  return { size, at }
}

function signsSame(there: string, note: string): boolean {
  try {
    return parseNote(there).text === parseNote(note).text
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Once an hour the store must refuse to destroy what lies there. */
async function tryLock(
  database: Database,
  objects: ObjectStore,
  { anchorId, lockedAt }: Anchor,
  key: string,
  now: Date,
): Promise<void> {
  if (objects.lockDays === 0) {
    if (lockedAt !== null) await markLocked(database, anchorId, null)
    return
  }
  if (lockedAt !== null && isRecent(lockedAt, now, hourMs - 1)) return
  const { refused, answer } = await objects.tryToDestroy(key)
  if (!refused) {
    await markLocked(database, anchorId, null)
    throw new Error(`What lies there could be destroyed: ${answer}.`)
  }
  await markLocked(database, anchorId, now)
}
