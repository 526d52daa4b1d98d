import { type HouseCross, type Job, Refusal } from '#kernel'
import { copyErasures } from './adapters/erasure-file.ts'
import { keyringOf } from './keyring.ts'
import { houseRing } from './ring.ts'
import {
  destroyRetired,
  dueKeys,
  queueRewrap,
  rewrapSome,
  rotateRing,
  rotateRoot,
} from './rotation-acts.ts'

const scopeOf = (ring: string) => (ring === houseRing ? 'house' : { controllerId: ring })

export const jobs: readonly Job[] = [
  {
    action: 'keys.rotate-due',
    summary: 'Rotates keys at the end of their time and destroys those that nothing needs.',
    cron: '23 3 * * *',
    async run(cross) {
      const action = 'keys.rotate-due'
      const due = await cross({ action, effect: 'read' }, dueKeys)
      if (due.root) await cross({ action }, async (act) => rotateRoot(act))
      for (const { ring, families } of due.rotate) {
        await cross({ action, scope: scopeOf(ring) }, (act) => rotateRing(act, families))
      }
      for (const ring of due.rewrap) await cross({ action, scope: scopeOf(ring) }, queueRewrap)
      for (const { ring, version } of due.destroy) {
        await cross({ action, scope: scopeOf(ring) }, (act) => destroyRetired(act, version))
      }
    },
  },
  {
    action: 'keys.rewrap',
    summary: 'Wraps subject keys anew after their controller key was rotated.',
    async run(cross, payload) {
      await rewrapAll(cross, ringIn(payload))
    },
  },
  {
    action: 'keys.replicate',
    summary: 'Brings the copies of keyring, root file and erasure ledger up to date.',
    cron: '41 * * * *',
    async run(cross, _payload, world) {
      const copies = await cross({ action: 'keys.replicate', effect: 'read' }, async (act) => {
        const keyring = keyringOf(act.secrets)
        keyring.replicate()
        return keyring.copies()
      })
      copyErasures(world.settings)
      const behind = copies.filter(({ upToDate }) => !upToDate)
      if (behind.length > 0) {
        throw new Error(`copies of the keys are behind: ${behind.map(({ place }) => place).join()}`)
      }
    },
  },
]

/** Batch after batch until none is left; ends at once for a ring that is destroyed meanwhile. */
async function rewrapAll(cross: HouseCross, ring: string): Promise<void> {
  const ask = { action: 'keys.rewrap', scope: { controllerId: ring } }
  try {
    for (;;) {
      const { rewrapped, left } = await cross(ask, rewrapSome)
      if (left === 0) return
      // What is left is locked by others: the queue tries again later, with growing pauses.
      if (rewrapped === 0) throw new Error('some subject keys could not be rewrapped yet')
    }
  } catch (error) {
    if (error instanceof Refusal && error.code === 'keys.ring-destroyed') return
    throw error
  }
}

function ringIn(payload: unknown): string {
  const ring: unknown = (payload as { ring?: unknown } | null)?.ring
  if (typeof ring !== 'string') throw new TypeError('the job names no ring')
  return ring
}
