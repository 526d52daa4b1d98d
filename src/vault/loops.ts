import type { HouseCross, Loop } from '#kernel'
import {
  finishRotation,
  hasRotation,
  indexVersion,
  type Rotation,
  rotationsIn,
  stepping,
} from '#keys'
import { dueToEraseNamed, eraseNamed, erasingAgain } from './erasure/named-acts.ts'
import { indexAnew, placeIndexes, type Reindexed, renewSome } from './subjects/rekey-acts.ts'
import { countOtherIndexes, countUnderOldKeys } from './subjects/rekey-store.ts'

const action = 'vault.rekey'
const families = ['index', 'data']
/** Batches of one rotation before another has its turn. */
const batchesPerTurn = 4
const indexBatchesPerTurn = 12

export const loops: readonly Loop[] = [
  {
    action: erasingAgain,
    summary: 'Erases again what the trail, brought back after a restore, says was erased.',
    everyMs: 5_000,
    due: dueToEraseNamed,
    async turn(cross) {
      await eraseNamed(cross)
    },
  },
  {
    action,
    summary: 'Seals records anew under new subject keys, and makes blind indexes anew.',
    everyMs: 1_000,
    due: (sql) => hasRotation(sql, families),
    async turn(cross) {
      for (const rotation of await rotationsIn(cross, action, families))
        await stepping(cross, action, rotation, () => rekey(cross, rotation))
    },
  },
]

async function rekey(cross: HouseCross, rotation: Rotation): Promise<void> {
  const { rotationId, ring, family } = rotation
  const ask = { action, scope: { controllerId: ring } }
  if (rotation.state === 'proven') {
    await cross(ask, async (act) => {
      const left =
        family === 'index'
          ? await countOtherIndexes(act.sql, ring, indexVersion(act))
          : await countUnderOldKeys(act.sql, ring)
      return finishRotation(act, rotationId, left)
    })
    return
  }
  if (family === 'index') return reindex(cross, rotation)
  let at = rotation
  for (let left = batchesPerTurn; left > 0 && at.state === 'running'; left -= 1) {
    at = await cross(ask, (act) => renewSome(act, rotationId))
    if (at.leftOver !== null || at.pass !== rotation.pass) return
  }
}

/** A batch is opened and its indexes made while the one before is put in its place. */
async function reindex(cross: HouseCross, rotation: Rotation): Promise<void> {
  const { rotationId, ring } = rotation
  const ask = { action, scope: { controllerId: ring } }
  const made = (at: Rotation) => {
    const anew = cross({ ...ask, effect: 'read' }, (act) => indexAnew(act, at))
    // Heard when its turn comes; until then it is nobody's error.
    anew.catch(() => {})
    return anew
  }
  let next: Promise<Reindexed> | undefined = made(rotation)
  for (let left = indexBatchesPerTurn; left > 0 && next !== undefined; left -= 1) {
    const anew: Reindexed = await next
    const goesOn = anew.more && left > 1
    next = goesOn ? made({ ...rotation, cursor: anew.next, until: anew.until }) : undefined
    try {
      const { state } = await cross(ask, (act) => placeIndexes(act, rotationId, anew))
      if (state !== 'running') break
    } catch (error) {
      await next?.catch(() => {})
      throw error
    }
  }
  await next?.catch(() => {})
}
