import type { Sql, World } from '#kernel'
import type { KeptCheckpoint } from '../adapters/checkpoint-file.ts'
import { postOutside } from '../adapters/outside.ts'
import { anchorsOf, bareRoot } from '../anchors/store.ts'
import { openCheckpoint } from '../tree/checkpoint.ts'
import { checkpointsBelow, prefixOf } from '../anchors/copy-key.ts'
import { within } from '../anchors/deadline.ts'
import { rootLog } from '../entries/entry.ts'
import { journalPrefix, parseSegmentKey } from './journal.ts'
import { placesOf } from './outside-acts.ts'
import type { Anchor } from '../anchors/rung.ts'
import { findLogKeys, type LogKeys } from '../tree/signer-acts.ts'
import { noteVerifier } from '../tree/signer.ts'
import { readPosition } from './standing-store.ts'
import { headsOf } from '../tree/store.ts'
import { formatAddCheckpoint, parseSize, sizeMediaType } from '../anchors/witness.ts'

/** Whoever needs longer is not heard: it must not hold up the integrator. */
const deadlineMs = 3000

/** What the database knows of itself, and whom it can ask. */
export interface Questions {
  readonly keys: LogKeys
  /** Entries up to this position over all logs stand. */
  readonly position: number
  /** Leaves of the root tree: after a refill it may have grown beyond what is signed again. */
  readonly rootSize: number
  /** The newest root checkpoint, as the log alone signed it. */
  readonly root: Awaited<ReturnType<typeof bareRoot>>
  readonly witnesses: readonly Anchor[]
}

/** What is known of the log out of the house's reach. */
export interface Seen {
  /** The newest root checkpoint in the object store, where there is one. */
  readonly checkpoints: readonly KeptCheckpoint[]
  /** Who has seen more than the database holds, in one sentence; undefined where nobody said so. */
  readonly more: string | undefined
  /** Who did not answer, by name. */
  readonly unheard: readonly string[]
}

export const nothingSeen: Seen = { checkpoints: [], more: undefined, unheard: [] }

/** @returns undefined where nothing was ever signed. */
export async function questionsOf(sql: Sql): Promise<Questions | undefined> {
  const keys = await findLogKeys(sql)
  if (keys === undefined) return undefined
  const [root] = await headsOf(sql, [rootLog])
  return {
    keys,
    position: await readPosition(sql),
    rootSize: root?.size ?? 0,
    root: await bareRoot(sql),
    witnesses: await anchorsOf(sql, 'witness'),
  }
}

/**
 * Asks everybody outside how much of this log they have seen: the copies of entries, the checkpoints in
 * the object store, the witnesses. They are asked with what is signed already, so that nothing new is
 * signed before they have answered. One that is away is told, and stops nothing: it cannot be known
 * whether it ever comes back.
 */
export async function askOutside(
  { keys, position, root, rootSize, witnesses }: Questions,
  world: Pick<World, 'settings' | 'objects'>,
): Promise<Seen> {
  const unheard: string[] = []
  const heard = <T>(name: string, work: () => Promise<T>) =>
    within(`ask ${name}`, deadlineMs, work).catch(() => void unheard.push(name))
  // After a succession witnesses know another log until the first checkpoint under the new name.
  const isOurs = root?.note.startsWith(`${keys.originOf(rootLog)}\n`) === true
  const asked = isOurs ? root : undefined
  const [checkpoint, ...answers] = await Promise.all([
    world.objects.outside ? heard(world.objects.place, () => newestStored(keys, world)) : undefined,
    ...placesOf(world).map(({ store }) =>
      heard(store.place, () => moreInJournal(store, keys.generation, position)),
    ),
    ...witnesses.map((witness) =>
      heard(witness.name, () => moreSeen(witness, asked, rootSize, world)),
    ),
  ])
  const stored =
    checkpoint !== undefined && checkpoint.size > rootSize
      ? `The object store holds a root checkpoint of ${checkpoint.size} leaves, and the root log here has ${rootSize}.`
      : undefined
  return {
    checkpoints: checkpoint === undefined ? [] : [{ log: rootLog, note: checkpoint.note }],
    more: stored ?? answers.find((answer) => answer !== undefined),
    unheard,
  }
}

/** The newest root checkpoint in the store that our own key has signed: another one proves nothing. */
async function newestStored(
  keys: LogKeys,
  { objects }: Pick<World, 'objects'>,
): Promise<{ size: number; note: string } | undefined> {
  const keysThere: string[] = []
  const prefix = checkpointsBelow(prefixOf(keys.originOf(rootLog)))
  for await (const key of objects.list(prefix)) keysThere.push(key)
  const verifier = noteVerifier(keys.verifierKey(rootLog))
  for (const key of keysThere.toReversed()) {
    const note = (await objects.get(key))?.toString('utf8')
    if (note === undefined) continue
    try {
      return { size: openCheckpoint(note, verifier).size, note }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  return undefined
}

async function moreInJournal(
  store: Pick<World['objects'], 'list' | 'place'>,
  generation: number,
  position: number,
): Promise<string | undefined> {
  let last = 0
  for await (const key of store.list(journalPrefix)) {
    const name = parseSegmentKey(key)
    if (name?.kind === 'entries' && name.generation === generation) last = Math.max(last, name.last)
  }
  return last > position
    ? `${store.place} holds copies of ${last} entries, and here are ${position}.`
    : undefined
}

/** Asks a witness with the checkpoint it may have cosigned already: if it has another size, it says so. */
async function moreSeen(
  { name, url }: Anchor,
  root: Questions['root'],
  rootSize: number,
  { settings }: Pick<World, 'settings'>,
): Promise<string | undefined> {
  if (root === undefined) return undefined
  const { status, mediaType, bytes } = await postOutside(
    `${url!.replace(/\/$/, '')}/add-checkpoint`,
    {
      body: formatAddCheckpoint({ old: root.size, proof: [], checkpoint: root.note }),
      mediaType: 'text/plain; charset=utf-8',
      deadlineMs,
      settings,
    },
  )
  const has =
    status === 409 && mediaType === sizeMediaType ? parseSize(bytes.toString('utf8')) : undefined
  return has !== undefined && has > rootSize
    ? `The witness ${name} has seen ${has} leaves of the root log, which has ${rootSize} here.`
    : undefined
}
