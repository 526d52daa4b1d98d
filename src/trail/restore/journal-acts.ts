import { type Database, dayMs, isRecent, ObjectConflict } from '#ground'
import type { Secrets, World } from '#kernel'
import { within } from '../anchors/deadline.ts'
import {
  dayName,
  journalPrefix,
  keptSince,
  openSegment,
  parseSegmentKey,
  sealSegment,
  segmentKey,
  type SegmentKind,
  type SegmentName,
} from './journal.ts'
import {
  type Copied,
  copiedTo,
  journalCheckpoints,
  journalEntries,
  saveCopied,
  saveCopyProblem,
} from './journal-store.ts'
import { type Place, placesOf } from './outside-acts.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { readStanding } from './standing-store.ts'

const largestSegment = 1024
const deadlineMs = 20_000

/**
 * Copies what is new in the trail to each place outside, so that a restored database can be filled up
 * again. It writes no entry of its own, else it would never rest. Turned by the leader; what hangs
 * or fails is noted, and holds up nothing else.
 *
 * @returns whether there is more.
 */
export async function copyOnce(
  database: Database,
  secrets: Secrets,
  world: Pick<World, 'settings' | 'objects'>,
  now: Date,
): Promise<boolean> {
  const places = placesOf(world)
  if (places.length === 0) return false
  const { refused, restoredAt } = await readStanding(database)
  // What is not settled must not mix with what it is to be settled by.
  if (refused || restoredAt !== null) return false
  let more = false
  for (const place of places) {
    const copied = await copiedTo(database, place.name, now)
    try {
      const work = () => copyTo(database, secrets, place, copied, now)
      if (await within(`journal ${place.name}`, deadlineMs, work)) more = true
    } catch (error) {
      await saveCopyProblem(database, place.name, now, problemOf(error))
    }
  }
  return more
}

async function copyTo(
  database: Database,
  secrets: Secrets,
  { name: place, store }: Place,
  copied: Copied,
  now: Date,
): Promise<boolean> {
  const generation = (await findLogKeys(database))?.generation ?? 1
  const entries = await journalEntries(database, copied.position, largestSegment)
  const checkpoints = await journalCheckpoints(database, copied.rootIndex, largestSegment)
  const put = async (
    kind: SegmentKind,
    rows: typeof entries | typeof checkpoints,
    ends: number[],
  ) => {
    const [first, last] = ends as [number, number]
    const name = { generation, day: dayName(now), kind, first, last }
    await putSegment(store, secrets, name, rows)
  }
  const [firstEntry, lastEntry] = [entries.at(0), entries.at(-1)]
  if (lastEntry !== undefined)
    await put('entries', entries, [firstEntry!.position, lastEntry.position])
  const [firstLeaf, lastLeaf] = [checkpoints.at(0), checkpoints.at(-1)]
  if (lastLeaf !== undefined)
    await put('checkpoints', checkpoints, [firstLeaf!.rootIndex!, lastLeaf.rootIndex!])
  const isSweepDue = !isRecent(copied.sweptAt, now, dayMs - 1)
  if (isSweepDue) await sweep(store, keptSince(now))
  if (lastEntry !== undefined || lastLeaf !== undefined || isSweepDue || copied.problem !== null) {
    await saveCopied(database, {
      place,
      position: lastEntry?.position ?? copied.position,
      rootIndex: lastLeaf === undefined ? copied.rootIndex : lastLeaf.rootIndex! + 1,
      at: now,
      sweptAt: isSweepDue ? now : copied.sweptAt,
    })
  }
  return entries.length === largestSegment || checkpoints.length === largestSegment
}

/** Sealing differs each time: after a crash the same rows may lie there already in other bytes. */
async function putSegment(
  store: Place['store'],
  secrets: Secrets,
  name: SegmentName,
  rows: Parameters<typeof sealSegment>[2],
): Promise<void> {
  const key = segmentKey(name)
  try {
    await store.putOnce(key, sealSegment(secrets, name, rows))
  } catch (error) {
    if (!(error instanceof ObjectConflict)) throw error
    const there = openSegment(secrets, name, (await store.get(key))!)
    if (JSON.stringify(there) !== JSON.stringify(rows)) throw error
  }
}

/** Removes segments of days before `since`: their payloads must not outlive every backup. */
async function sweep(store: Place['store'], since: string): Promise<void> {
  for await (const key of store.list(journalPrefix)) {
    const name = parseSegmentKey(key)
    if (name !== undefined && name.day < since) await store.remove(key)
  }
}

/** A code or class of error; never its text, which may carry a path. */
function problemOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'fault'
}
