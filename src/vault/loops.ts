import type { HouseCross, Loop } from '#kernel'
import {
  finishRotation,
  hasRotation,
  indexVersion,
  type Rotation,
  rotationsIn,
  stepping,
} from '#keys'
import { indexAnew, placeIndexes, renewSome } from './rekey-acts.ts'
import { countOtherIndexes, countUnderOldKeys } from './rekey-store.ts'

const action = 'vault.rekey'
const families = ['index', 'data']
/** Batches of one rotation before another has its turn. */
const batchesPerTurn = 4

export const loops: readonly Loop[] = [
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
  let at = rotation
  for (let left = batchesPerTurn; left > 0 && at.state === 'running'; left -= 1) {
    if (family === 'data') at = await cross(ask, (act) => renewSome(act, rotationId))
    else {
      const now = at
      const anew = await cross({ ...ask, effect: 'read' }, (act) => indexAnew(act, now))
      at = await cross(ask, (act) => placeIndexes(act, rotationId, anew))
    }
    if (at.leftOver !== null || at.pass !== rotation.pass) return
  }
}
