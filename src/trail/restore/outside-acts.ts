import { objectFolder } from '#ground'
import type { ObjectStore, World } from '#kernel'
import { keep, type Kept, type KeptCheckpoint, readKept } from '../adapters/checkpoint-file.ts'
import { within } from '../anchors/deadline.ts'

/** A mount that hangs must not hold up the integrator. */
const deadlineMs = 3000

/** A place outside of the data directory that takes copies of entries and checkpoints. */
export interface Place {
  readonly name: 'offsite' | 'objects'
  readonly store: Pick<ObjectStore, 'putOnce' | 'get' | 'list' | 'remove' | 'place'>
}

/** The places that are set: the offsite directory, the object store where it lies outside. */
export function placesOf({
  settings: { offsiteDir },
  objects,
}: Pick<World, 'settings' | 'objects'>) {
  const places: Place[] = []
  if (offsiteDir !== undefined)
    places.push({ name: 'offsite', store: objectFolder(offsiteDir, true) })
  if (objects.outside) places.push({ name: 'objects', store: objects })
  return places
}

/** Keeps checkpoints beside the data, and offsite as far as that answers. */
export async function keepEverywhere(
  { dataDir, offsiteDir }: World['settings'],
  checkpoints: readonly KeptCheckpoint[],
): Promise<void> {
  await keep(dataDir, checkpoints)
  if (offsiteDir === undefined) return
  // An offsite place that is away stops no signature; that it is behind is told by its copies.
  await within(`keep ${offsiteDir}`, deadlineMs, () => keep(offsiteDir, checkpoints)).catch(
    () => {},
  )
}

/** What is kept beside the data, and offsite where that answers: of each, every log's newest. */
export async function readKeptEverywhere({
  dataDir,
  offsiteDir,
}: Pick<World['settings'], 'dataDir' | 'offsiteDir'>): Promise<Kept> {
  const own = await readKept(dataDir)
  if (offsiteDir === undefined) return own
  const other = await within(`read ${offsiteDir}`, deadlineMs, () => readKept(offsiteDir)).catch(
    () => undefined,
  )
  return {
    checkpoints: [...own.checkpoints, ...(other?.checkpoints ?? [])],
    damage: own.damage ?? other?.damage,
  }
}
