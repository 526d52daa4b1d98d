import type { Database } from '#ground'
import type { HouseCross, World } from '#kernel'
import { type OutsideAnswer, postOutside } from '../adapters/outside.ts'
import { failureOf, settle } from './acts.ts'
import { anchorsOf, bareRoot } from './store.ts'
import { insertCosignature } from '../tree/checkpoint-store.ts'
import { rootLog } from '../entries/entry.ts'
import { parseNote, parseVerifierKey } from '../tree/note.ts'
import { proveConsistency } from '../tree/proof-acts.ts'
import { type Anchor, isTurnOf } from './rung.ts'
import { noteVerifier } from '../tree/signer.ts'
import { cosignatureIn, formatAddCheckpoint, parseSize, sizeMediaType } from './witness.ts'

/** A witness that needs longer has not answered. */
const deadlineMs = 5_000
const keptCosignatures = 1000

/** The newest root checkpoint, as the log alone signed it. */
type Root = NonNullable<Awaited<ReturnType<typeof bareRoot>>>

/** Where the log is, and whom the operator lets it speak to. */
interface Here {
  readonly database: Database
  readonly settings: World['settings']
}

/**
 * One turn of asking every witness whose turn it is for its cosignature on the root checkpoint, all
 * at the same time: one that hangs keeps nobody waiting but itself.
 */
export async function witnessOnce(
  database: Database,
  cross: HouseCross,
  { now, settings }: Pick<World, 'now' | 'settings'>,
): Promise<boolean> {
  const root = await bareRoot(database)
  if (root === undefined) return false
  const due = (await anchorsOf(database, 'witness')).filter((w) => isTurnOf(w, root, now()))
  await Promise.all(
    due.map(async (witness) => {
      const outcome = await obtain({ database, settings }, witness, root).then(
        () => ({ held: root }),
        (error: unknown) => ({ failure: failureOf(error) }),
      )
      await settle(database, cross, witness, outcome, now())
    }),
  )
  return false
}

/** @throws {Error} with a sentence on what the witness did instead of cosigning. */
async function obtain(here: Here, witness: Anchor, root: Root): Promise<void> {
  const { name, type } = parseVerifierKey(witness.key!)
  const line = await askTwice(here, witness, root)
  await insertCosignature(
    here.database,
    { log: rootLog, size: root.size, name, kind: type, line },
    keptCosignatures,
  )
}

/** Asks from the size we believe it has; a witness that has another says so, and is asked from there. */
async function askTwice(here: Here, witness: Anchor, root: Root): Promise<string> {
  const believed = Math.min(witness.size ?? 0, root.size)
  const first = await addCheckpoint(here, witness, root, believed)
  const has = first.status === 409 && first.mediaType === sizeMediaType ? textOf(first) : undefined
  const size = has === undefined ? undefined : parseSize(has)
  if (size === undefined) return lineOf(first, witness, root)
  // It proves nothing against us that somebody asked it before. That it has seen more than there is, does.
  if (size > root.size)
    throw new Error(
      `It has seen ${size} leaves of the root log, which has ${root.size}: this database is older than what was witnessed, or another.`,
    )
  return lineOf(await addCheckpoint(here, witness, root, size), witness, root)
}

async function addCheckpoint(
  { database, settings }: Here,
  witness: Anchor,
  root: Root,
  old: number,
): Promise<OutsideAnswer> {
  const proof = old === 0 ? [] : await proveConsistency(database, rootLog, old, root.size)
  return postOutside(`${witness.url!.replace(/\/$/, '')}/add-checkpoint`, {
    body: formatAddCheckpoint({ old, proof, checkpoint: root.note }),
    mediaType: 'text/plain; charset=utf-8',
    deadlineMs,
    settings,
  })
}

const textOf = ({ bytes }: OutsideAnswer) => bytes.toString('utf8')

const meanings: Readonly<Record<number, string>> = {
  403: 'It does not take this log’s signature: give it the root log’s verifier key.',
  404: 'It does not know this log: give it the root log’s verifier key.',
  409: 'It has cosigned another tree of this size: one of the two histories is false.',
  422: 'It says that this log does not continue what it has seen: one of the two histories is false.',
}

function lineOf(answer: OutsideAnswer, witness: Anchor, root: Root): string {
  if (answer.status !== 200)
    throw new Error(meanings[answer.status] ?? `It answered ${answer.status}.`)
  const line = cosignature(answer, witness, root)
  if (line === undefined) throw new Error('It answered without a signature by its key.')
  return line
}

function cosignature(answer: OutsideAnswer, { key }: Anchor, { note }: Root): string | undefined {
  try {
    return cosignatureIn(textOf(answer), parseNote(note).text, noteVerifier(key!))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Error(`Its answer proves nothing: ${error.message}.`, { cause: error })
  }
}
