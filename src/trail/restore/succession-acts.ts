import { enqueue } from '#ground'
import type { Act } from '#kernel'
import type { Kept } from '../adapters/checkpoint-file.ts'
import { parseCheckpoint } from '../tree/checkpoint.ts'
import { houseLog, rootLog } from '../entries/entry.ts'
import { hasRing } from '../entries/leaf.ts'
import { parseNote } from '../tree/note.ts'
import { newestGeneration, reachOf } from './refill-acts.ts'
import { notConfirmed, nothingOutside, reasonMissing } from '../refusals.ts'
import { findLogKeys, type LogKeys } from '../tree/signer-acts.ts'
import {
  clearRestored,
  insertLost,
  insertSuccession,
  type LostLog,
  lostOf,
} from './standing-store.ts'
import { treeHeads } from '../tree/store.ts'

/** The job in which each controller's log states its succession. */
export const declareAction = 'trail.declare-succession'

export interface Succession {
  readonly generation: number
  /** The name the root log had, and the one it goes on under. */
  readonly from: string
  readonly to: string
  readonly lost: readonly LostLog[]
}

/**
 * Gives up what was signed and is missing: from now on every log goes on under another origin, in the
 * same tree, so that what is left of it stays provable under a living signature, and nobody takes it
 * for a continuation of what was lost. Each states in its own next entry what it gives up.
 *
 * @param outside - checkpoints known outside, and the newest generation of which there are copies.
 * @throws {Refusal} `trail.not-stopped`, `trail.not-confirmed`, `trail.reason-required`.
 */
export async function succeed(
  act: Act,
  { confirm, reason }: { readonly confirm: string; readonly reason: string },
  outside: { readonly kept: Kept; readonly generation: number },
): Promise<Succession> {
  await reachOf(act)
  const keys = await findLogKeys(act.sql)
  if (keys === undefined) throw nothingOutside()
  const from = keys.originOf(rootLog)
  if (confirm !== from) throw notConfirmed(from)
  if (reason.trim() === '') throw reasonMissing()
  const generation =
    1 + Math.max(keys.generation, outside.generation, newestGeneration(keys, outside.kept))
  const lost = await lossOf(act, keys, outside.kept)
  await insertSuccession(act.sql, generation, act.now)
  await insertLost(act.sql, generation, lost)
  await clearRestored(act.sql)
  await enqueue(act.sql, declareAction, { generation })
  const own = lost.find(({ log }) => log === houseLog)
  if (own !== undefined) act.declare({ succeeds: statementOf(keys, generation, own) })
  act.tell({ generation, from, why: reason })
  return { generation, from, to: keys.originOf(rootLog, generation), lost }
}

/** What is left of each log, and the last checkpoint of it that is known outside. */
async function lossOf({ sql }: Act, keys: LogKeys, { checkpoints }: Kept): Promise<LostLog[]> {
  const sizes = new Map((await treeHeads(sql)).map(({ log, size }) => [log, size]))
  const newest = new Map<string, { size: number; note: string }>()
  for (const { log, note } of checkpoints) {
    const said = readable(note)
    if (said === undefined || said.origin !== keys.originOf(log)) continue
    if (said.size > (newest.get(log)?.size ?? 0)) newest.set(log, { size: said.size, note })
  }
  return [...new Set([...sizes.keys(), ...newest.keys()])].sort().map((log) => ({
    log,
    keptSize: sizes.get(log) ?? null,
    lostNote: newest.get(log)?.note ?? null,
  }))
}

function readable(note: string) {
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Logs other than the house's that have something to state, and can still. */
export async function logsToDeclare(act: Act, generation: number): Promise<LostLog[]> {
  const lost = await lostOf(act.sql, generation)
  return lost.filter(({ log }) => log !== houseLog && log !== rootLog && hasRing(act.secrets, log))
}

/** States in the act's own log what it has given up. */
export async function declareSuccession(
  act: Act,
  generation: number,
  lost: LostLog,
): Promise<void> {
  const keys = await findLogKeys(act.sql)
  if (keys === undefined) throw nothingOutside()
  act.declare({ succeeds: statementOf(keys, generation, lost) })
}

/**
 * `lost` is how many leaves were signed beyond those that are kept; null where nothing outside says.
 * That trees of equal size differ is told by `checkpoint` alone.
 */
function statementOf(keys: LogKeys, generation: number, { log, keptSize, lostNote }: LostLog) {
  const signed = lostNote === null ? undefined : readable(lostNote)
  return {
    checkpoint: lostNote,
    generation,
    kept: keptSize ?? 0,
    lost: signed === undefined ? null : Math.max(0, signed.size - (keptSize ?? 0)),
    origin: signed?.origin ?? keys.originOf(log, generation - 1),
  }
}
