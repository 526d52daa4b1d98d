import type { Act } from '#kernel'
import type { Kept } from '../adapters/checkpoint-file.ts'
import { openCheckpoint } from '../tree/checkpoint.ts'
import { insertCheckpoints, type StoredCheckpoint } from '../tree/checkpoint-store.ts'
import { insertEntries } from '../entries/store.ts'
import { rootLog } from '../entries/entry.ts'
import { Erasures } from '../erasure/erasures.ts'
import { faultOfKept, rootAt } from '../tree/fork-acts.ts'
import { Inspector } from '../verification/inspection.ts'
import { openSegment, type SegmentName } from './journal.ts'
import { type JournalEntry, knownEntries, otherLeaves, unqueue } from './journal-store.ts'
import { leafHash } from '../tree/merkle.ts'
import { demandFreeNumbers } from './numbers-acts.ts'
import { copyUnsound, notStopped, nothingOutside, refillShort } from '../refusals.ts'
import { headPosition } from '../entries/read-store.ts'
import type { Seen } from './seen-acts.ts'
import { waitingIds } from '../entries/set-store.ts'
import { findLogKeys, type LogKeys } from '../tree/signer-acts.ts'
import { noteVerifier } from '../tree/signer.ts'
import { clearRestored, readStanding, setRestored } from './standing-store.ts'
import { openTrees, saveTrees } from '../tree/acts.ts'
import { headsOf, insertPlaces, lockState, type Place, savePosition } from '../tree/store.ts'

const restoredBecause =
  'The database was restored from a backup. What was written after it must be brought back (holdfast trail refill), or given up (holdfast trail succeed), before anything is placed or signed again.'

/**
 * Notes that the rows are those of a backup: nothing is placed or signed until that is settled.
 *
 * @returns the position over all logs that the backup had come to.
 */
export async function markRestored(act: Act, backupId: string): Promise<number> {
  const position = await headPosition(act.sql)
  // Public, so that whoever counts what entries did knows which of them the restore undid.
  act.declare({ restores: { position, waiting: await waitingIds(act.sql) } })
  await setRestored(act.sql, act.now, backupId, restoredBecause)
  act.tell({ restoredFrom: backupId })
  return position
}

/** How far the database has come: what is missing begins here. */
export interface Reach {
  readonly generation: number
  /** Entries up to this position are there. */
  readonly position: number
  /** Leaves of the root tree. */
  readonly rootSize: number
}

/** @throws {Refusal} `trail.not-stopped` when nothing is missing. */
export async function reachOf(act: Act): Promise<Reach> {
  const { refused, restoredAt } = await readStanding(act.sql)
  if (!refused && restoredAt === null) throw notStopped()
  const position = await lockState(act.sql)
  const [root] = await headsOf(act.sql, [rootLog])
  const generation = (await findLogKeys(act.sql))?.generation ?? 1
  return { generation, position, rootSize: root?.size ?? 0 }
}

/**
 * Puts entries of a segment back in their places, each as it stood: leaf, columns, set, payload.
 *
 * @returns how many were missing.
 * @throws {Refusal} `trail.copy-unsound` when one of them is not what it must be, `trail.numbers-taken`.
 */
export async function refillEntries(
  act: Act,
  name: SegmentName,
  bytes: Buffer,
): Promise<{ entries: number; position: number }> {
  let position = (await reachOf(act)).position
  const rows = openSegment<JournalEntry>(act.secrets, name, bytes).filter(
    (row) => row.position > position,
  )
  const inspector = new Inspector(act.secrets)
  const erasures = new Erasures().add(
    rows.flatMap(({ entryId, index, statement }) =>
      statement === null ? [] : [{ entryId, index, statement }],
    ),
  )
  const trees = await openTrees(act.sql, [...new Set(rows.map(({ log }) => log))])
  const places: Place[] = rows.map((row) => {
    position += 1
    const tree = trees.get(row.log)!
    // A payload erased since is gone from a copy made after that; its leaf speaks for itself.
    const fault = row.payload === null ? undefined : inspector.faultOf(row, erasures)
    const stands = row.position === position && row.index === tree.size
    const isItself = leafHash(row.body).equals(row.leaf)
    if (!stands || !isItself || isFault(fault)) throw copyUnsound()
    tree.append(row.leaf)
    return { position, log: row.log, index: row.index, id: row.entryId }
  })
  if ((await otherLeaves(act.sql, rows)).length > 0) throw copyUnsound()
  const known = await knownEntries(
    act.sql,
    rows.map(({ entryId }) => entryId),
  )
  await insertEntries(
    act.sql,
    rows.filter(({ entryId }) => !known.has(entryId)),
  )
  await unqueue(
    act.sql,
    rows.map(({ entryId }) => entryId),
  )
  await demandFreeNumbers(act, rows)
  await insertPlaces(act.sql, places)
  await saveTrees(act.sql, trees)
  await savePosition(act.sql, position)
  act.tell({ refilled: rows.length, throughPosition: position })
  return { entries: rows.length, position }
}

/** That it was erased by name further on in the same segment is no fault of a copy. */
const isFault = (fault: string | undefined) =>
  fault !== undefined && !fault.startsWith('Its payload was erased by')

/**
 * Puts signed checkpoints back as leaves of the root tree, each held against its tree.
 *
 * @throws {Refusal} `trail.copy-unsound` when one was not signed by us, or of another tree.
 */
export async function refillCheckpoints(
  act: Act,
  name: SegmentName,
  bytes: Buffer,
): Promise<{ checkpoints: number; rootSize: number }> {
  const { rootSize } = await reachOf(act)
  const keys = await findLogKeys(act.sql)
  const rows = openSegment<StoredCheckpoint>(act.secrets, name, bytes).filter(
    ({ rootIndex }) => rootIndex! >= rootSize,
  )
  const trees = await openTrees(act.sql, [rootLog])
  const tree = trees.get(rootLog)!
  for (const row of rows) {
    if (row.rootIndex !== tree.size || keys === undefined) throw copyUnsound()
    tree.append(leafHash(Buffer.from(await textOf(act, keys, row))))
  }
  await insertCheckpoints(act.sql, rows)
  await saveTrees(act.sql, trees)
  act.tell({ checkpointsRefilled: rows.length, rootSize: tree.size })
  return { checkpoints: rows.length, rootSize: tree.size }
}

/** The signed text of a checkpoint that says of its tree what its tree says. */
async function textOf(act: Act, keys: LogKeys, row: StoredCheckpoint): Promise<string> {
  try {
    const verifier = noteVerifier(keys.verifierKey(row.log, row.generation))
    const { size, root } = openCheckpoint(row.note, verifier)
    if (size !== row.size || !root.equals(row.root)) throw copyUnsound()
    if (!root.equals(await rootAt(act.sql, row.log, size))) throw copyUnsound()
    return row.note.slice(0, row.note.indexOf('\n\n') + 1)
  } catch (error) {
    if (error instanceof RangeError) throw copyUnsound()
    throw error
  }
}

const goneOn = 'Since this backup the log has gone on under another name.'

/** The newest of our names among checkpoints kept outside. */
export function newestGeneration(keys: LogKeys, { checkpoints }: Kept): number {
  const origins = new Set(checkpoints.map(({ note }) => note.slice(0, note.indexOf('\n'))))
  const known = Array.from({ length: keys.generation + furthestAhead }, (_, i) => i + 1)
  const logs = checkpoints.map(({ log }) => log)
  return Math.max(
    0,
    ...known.filter((one) => logs.some((log) => origins.has(keys.originOf(log, one)))),
  )
}

/** Names that a log may have gone on under since a backup was made. */
const furthestAhead = 20

/**
 * Ends the stop: everything that is known outside stands in the trees again.
 *
 * @param outside - segments that were seen, and the newest generation among them; what store and
 *   witnesses have seen. Without any, and with no checkpoint kept, nothing is known.
 * @throws {Refusal} `trail.nothing-outside`, `trail.refill-short`.
 */
export async function settle(
  act: Act,
  kept: Kept,
  outside: { readonly segments: number; readonly generation: number; readonly seen: Seen },
): Promise<void> {
  const { segments: found, generation, seen } = outside
  const checkpoints = [...kept.checkpoints, ...seen.checkpoints]
  const { generation: ours } = await reachOf(act)
  const keys = await findLogKeys(act.sql)
  if (keys === undefined || (checkpoints.length === 0 && found === 0)) throw nothingOutside()
  if (seen.more !== undefined) throw refillShort(seen.more)
  const known = newestGeneration(keys, kept)
  if (Math.max(generation, known) > ours) throw refillShort(goneOn)
  const all = { ...kept, checkpoints }
  const fault = await faultOfKept(act.sql, (log) => keys.originOf(log), all)
  if (fault !== undefined) throw refillShort(fault)
  await clearRestored(act.sql)
  const { unheard } = seen
  act.tell({ settled: 'refilled', segments: found, comparedWith: checkpoints.length, unheard })
}
