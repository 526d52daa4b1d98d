import type { Database } from '#ground'
import type { Secrets, Sql, World } from '#kernel'
import { publish } from './publish-acts.ts'
import { openTrees, saveTrees } from './tree-acts.ts'
import {
  hasPending,
  insertPlaces,
  lockState,
  type Place,
  savePosition,
  takePending,
} from './tree-store.ts'

const largestBatch = 8192

/**
 * One turn of the integrator: gives waiting entries their places, and signs what has grown when its
 * time has come. It writes no entry of its own, else it would never rest. Turned by the leader; a
 * second one at the same time only waits.
 *
 * @returns whether more may be waiting.
 */
export async function integrateOnce(
  database: Database,
  secrets: Secrets,
  world: Pick<World, 'settings'>,
  now: Date,
): Promise<boolean> {
  const integrated = (await hasPending(database))
    ? await database.transaction({ scope: 'house' }, integrate)
    : 0
  await publish(database, secrets, world, now)
  return integrated === largestBatch
}

/** Grows the trees by the oldest waiting leaves. All of it commits together or not at all. */
async function integrate(sql: Sql): Promise<number> {
  let position = await lockState(sql)
  const leaves = await takePending(sql, largestBatch)
  if (leaves.length === 0) return 0
  const trees = await openTrees(sql, [...new Set(leaves.map(({ log }) => log))])
  const places: Place[] = leaves.map(({ id, log, leaf }) => {
    const tree = trees.get(log)!
    tree.append(leaf)
    position += 1
    return { position, log, index: tree.size - 1, id }
  })
  await insertPlaces(sql, places)
  await saveTrees(sql, trees)
  await savePosition(sql, position)
  return leaves.length
}
