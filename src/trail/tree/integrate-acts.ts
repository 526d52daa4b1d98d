import { type Database, isRecent } from '#ground'
import type { Secrets, Sql, World } from '#kernel'
import { type Kept, readKept } from '../adapters/checkpoint-file.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { isDue, saveSigningStop } from './checkpoint-store.ts'
import { faultOfKept } from './fork-acts.ts'
import { parseNote } from './note.ts'
import { readKeptEverywhere } from '../restore/outside-acts.ts'
import { publish, shortestIntervalMs } from './publish-acts.ts'
import { askOutside, nothingSeen, questionsOf, type Seen } from '../restore/seen-acts.ts'
import { findLogKeys, type LogKeys } from './signer-acts.ts'
import { firstShort, readStanding } from '../restore/standing-store.ts'
import { openTrees, saveTrees } from './acts.ts'
import { hashBytes } from './merkle.ts'
import { splitHashes } from './tiles.ts'
import { lockState, placePending, savePosition } from './store.ts'

const largestBatch = 8192

/**
 * One turn of the integrator: gives waiting entries their places, and signs what has grown when its
 * time has come. It writes no entry of its own, else it would never rest. Turned by the leader; a
 * second one at the same time only waits.
 *
 * While a tree is shorter than it was signed, or the database restored and not settled, nothing is
 * placed: the places are those of the entries that are missing. New ones wait.
 *
 * @returns whether more may be waiting.
 */
export async function integrateOnce(
  database: Database,
  secrets: Secrets,
  world: Pick<World, 'settings' | 'objects'>,
  now: Date,
): Promise<boolean> {
  const { waits, refused, restoredAt } = await readStanding(database)
  if (restoredAt !== null) return false
  if (!waits && !refused && !(await isDue(database, now, shortestIntervalMs))) return false
  const { fault, isShort } = await lookOutside(database, world, refused, now)
  if (fault !== undefined || refused) await saveSigningStop(database, now, fault ?? null)
  if (isShort) return false
  const integrated = waits ? await database.transaction({ scope: 'house' }, integrate) : 0
  await publish(database, secrets, world, now)
  return integrated === largestBatch
}

/** Databases that this process has held against everything outside since it began. */
const compared = new WeakSet<Database>()

interface Look {
  /** Why nothing may be signed. */
  readonly fault: string | undefined
  /** Whether entries are missing, whose places must stay free. */
  readonly isShort: boolean
}

/**
 * Holds the database against what was signed. Thoroughly, with the places that may hang, at the first
 * turn of a process and while signing is stopped; between, only whether a tree is shorter than what
 * is kept beside the data.
 */
async function lookOutside(
  database: Database,
  world: Pick<World, 'settings' | 'objects'>,
  refused: boolean,
  now: Date,
): Promise<Look> {
  const { settings } = world
  const keys = await findLogKeys(database)
  if (keys === undefined) return { fault: undefined, isShort: false }
  const isThorough = refused || !compared.has(database)
  const kept = isThorough ? await readKeptEverywhere(settings) : await readKept(settings.dataDir)
  const short = await shorterThan(database, keys, kept)
  if (short !== undefined) {
    const fault = `Tree ${short.log} has ${short.size} leaves, but ${short.signed} were signed.`
    return { fault, isShort: true }
  }
  const seen = isThorough ? await seenOutside(database, world, now) : nothingSeen
  if (seen.more !== undefined) return { fault: `${seen.more} ${whatToDo}`, isShort: true }
  const all = { ...kept, checkpoints: [...kept.checkpoints, ...seen.checkpoints] }
  const fault = isThorough
    ? await faultOfKept(database, (log) => keys.originOf(log), all)
    : kept.damage
  if (fault === undefined) compared.add(database)
  return { fault, isShort: false }
}

const whatToDo =
  'This database is older: bring back what is missing (holdfast trail refill), or give it up (holdfast trail succeed).'

/** While signing is stopped everybody outside is asked anew only so often. */
const askAgainMs = 30_000
const answers = new WeakMap<Database, { readonly at: Date; readonly seen: Seen }>()

async function seenOutside(
  database: Database,
  world: Pick<World, 'settings' | 'objects'>,
  now: Date,
): Promise<Seen> {
  const before = answers.get(database)
  if (before !== undefined && isRecent(before.at, now, askAgainMs - 1)) return before.seen
  const questions = await questionsOf(database)
  const seen = questions === undefined ? nothingSeen : await askOutside(questions, world)
  answers.set(database, { at: now, seen })
  return seen
}

/** The first tree that is shorter than a checkpoint of this log's own that is kept. */
function shorterThan(sql: Sql, keys: LogKeys, { checkpoints }: Kept) {
  const ours = checkpoints.flatMap(({ log, note }) => {
    const { origin, size } = readCheckpoint(note)
    return origin === keys.originOf(log) ? [{ log, size }] : []
  })
  return firstShort(sql, ours)
}

/**
 * Whether the database is certainly older than what was signed of it, and nobody has marked it as restored:
 * a tree is shorter than a checkpoint kept beside the data, or offsite.
 */
export async function isOlder(sql: Sql, settings: World['settings']): Promise<boolean> {
  const keys = await findLogKeys(sql)
  if (keys === undefined || (await readStanding(sql)).restoredAt !== null) return false
  return (await shorterThan(sql, keys, await readKeptEverywhere(settings))) !== undefined
}

/** A note that cannot be read is of no origin; the thorough comparison tells of it. */
function readCheckpoint(note: string): { origin: string; size: number } {
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch (error) {
    if (error instanceof RangeError) return { origin: '', size: 0 }
    throw error
  }
}

/** Grows the trees by the oldest waiting leaves. All of it commits together or not at all. */
async function integrate(sql: Sql): Promise<number> {
  const position = await lockState(sql)
  const placed = await placePending(sql, position, largestBatch)
  if (placed.length === 0) return 0
  const trees = await openTrees(
    sql,
    placed.map(({ log }) => log),
  )
  let count = 0
  for (const { log, size, leaves } of placed) {
    const tree = trees.get(log)!
    if (tree.size !== size) throw new Error(`log ${log} is placed from ${size}, not ${tree.size}`)
    for (const leaf of splitHashes(leaves)) tree.append(leaf)
    count += leaves.length / hashBytes
  }
  await saveTrees(sql, trees)
  await savePosition(sql, position + count)
  return count
}
