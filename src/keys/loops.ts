import { type HouseCross, type Loop, Refusal } from '#kernel'
import { appendErasures } from './adapters/erasure-file.ts'
import { exported, toExport } from './erasure-acts.ts'
import { hasUnexported } from './erasure-store.ts'
import type { Rotation } from './rotation.ts'
import { abandonRotation, finishRotation, rewrapSome, wrappedBefore } from './rotation-acts.ts'
import { hasRotation, type RingKind, waitingRotations } from './rotation-store.ts'

const action = 'keys.export-erasures'
const rewrapping = 'keys.rewrap'
/** Batches of one rotation before another has its turn. */
const batchesPerTurn = 10

export const loops: readonly Loop[] = [
  {
    action,
    summary: 'Copies new erasures to the ledger outside the database.',
    everyMs: 1_000,
    due: hasUnexported,
    // First the file, then the note that it is there: killed in between, a line stands twice, and none is lost.
    async turn(cross, world) {
      const erasures = await cross({ action, effect: 'read' }, toExport)
      if (erasures.length === 0) return
      appendErasures(world.settings, erasures)
      await cross({ action }, (act) => exported(act, erasures))
    },
  },
  {
    action: rewrapping,
    summary: 'Wraps subject keys anew after the key above them was rotated.',
    everyMs: 1_000,
    due: (sql) => hasRotation(sql, ['wrap']),
    async turn(cross) {
      for (const rotation of await rotationsIn(cross, rewrapping, ['wrap'])) {
        await stepping(cross, rewrapping, rotation, () => rewrap(cross, rotation))
      }
    },
  },
]

/** Rotations of these families that have something to do now. */
export function rotationsIn(
  cross: HouseCross,
  action: string,
  families: readonly string[],
  of: RingKind = 'controllers',
): Promise<Rotation[]> {
  return cross({ action, effect: 'read' }, (act) =>
    waitingRotations(act.sql, families, act.now, of),
  )
}

/** One rotation that cannot go on holds up no other: its ring may be destroyed meanwhile. */
export async function stepping(
  cross: HouseCross,
  action: string,
  { ring, rotationId }: Rotation,
  steps: () => Promise<void>,
): Promise<void> {
  try {
    await steps()
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'keys.ring-destroyed')) throw error
    const scope = { controllerId: ring }
    await cross({ action, scope }, (act) => abandonRotation(act, rotationId))
  }
}

async function rewrap(cross: HouseCross, rotation: Rotation): Promise<void> {
  const ask = { action: rewrapping, scope: { controllerId: rotation.ring } }
  const { rotationId } = rotation
  if (rotation.state === 'proven') {
    await cross(ask, async (act) =>
      finishRotation(act, rotationId, await wrappedBefore(act, rotation.toVersion ?? 0)),
    )
    return
  }
  for (let left = batchesPerTurn; left > 0; left -= 1) {
    const { state, leftOver } = await cross(ask, (act) => rewrapSome(act, rotationId))
    if (state !== 'running' || leftOver !== null) return
  }
}
