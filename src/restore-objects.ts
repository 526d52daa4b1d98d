import { type ObjectPlace, type ObjectSum, ObjectTally, sameObjects } from '#continuity'
import { openObjects } from '#ground'
import type { ObjectStore, World } from '#kernel'
import { fileObjects } from '#vault'

/** What a restore says of the files' objects. */
export interface ObjectsRestored {
  /** Objects that came back, read again and equal to what the backup's proof says of them. */
  readonly objects: number
  readonly objectBytes: number
  /** SHA-256, hex, over all of them (`object-sum.ts`). */
  readonly objectsSha256: string
  /** Files of which the backup holds nothing though it was to: erased meanwhile, or lost before. */
  readonly filesWithoutObjects: number
  /** Files whose objects stayed in a store of their own; it must be reachable for their content. */
  readonly filesOutside: { readonly place: string; readonly files: number } | undefined
}

/** Where objects wait until the backup has proven itself: the folder in the data directory, which goes when it does not. */
export const waitingObjects = (dataDir: string, now: () => Date): Promise<ObjectStore> =>
  openObjects({ dataDir, objectsDir: undefined, objectsFile: undefined }, now)

/** Moves what waits to the store of the house to be, where that is another. */
export async function settleObjects(waiting: ObjectStore, { objects }: World): Promise<void> {
  if (!objects.outside) return
  for await (const key of waiting.list('attachments/')) {
    const bytes = await waiting.get(key)
    if (bytes !== undefined) await objects.putOnce(key, bytes)
    await waiting.remove(key)
  }
}

/** Reads back, row by row, what the restored house now holds of its files. Undefined sum: the backup was to hold none. */
export async function compareObjects(
  world: World,
  said: ObjectSum | undefined,
  place: ObjectPlace | undefined,
): Promise<ObjectsRestored & { readonly same: boolean }> {
  const nothing = new ObjectTally().sum()
  const found = said === undefined ? nothing : await summed(world)
  const stayed = place?.outside === true && place.files > 0
  return {
    same: sameObjects(found, said ?? nothing),
    objects: found.count,
    objectBytes: found.bytes,
    objectsSha256: found.sha256,
    filesWithoutObjects: said?.missing ?? 0,
    filesOutside: stayed ? { place: place.place, files: place.files } : undefined,
  }
}

const summed = (world: World): Promise<ObjectSum> =>
  world.snapshot(async ({ sql }) => {
    const tally = new ObjectTally()
    for await (const object of fileObjects(sql, world.objects)) tally.add(object)
    return tally.sum()
  })
