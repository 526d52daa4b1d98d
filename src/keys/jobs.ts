import type { Job } from '#kernel'
import { copyErasures } from './adapters/erasure-file.ts'
import { destroyRetired, dueKeys } from './due-acts.ts'
import { keyringOf } from './keyring.ts'
import { houseRing } from './ring.ts'
import { resumeRotation, rotateRing, rotateRoot } from './rotation-acts.ts'
import { dropRetiredKeys } from './subject-key-acts.ts'

const scopeOf = (ring: string) => (ring === houseRing ? 'house' : { controllerId: ring })

export const jobs: readonly Job[] = [
  {
    action: 'keys.rotate-due',
    summary: 'Rotates keys at the end of their time and destroys those that nothing needs.',
    cron: '23 3 * * *',
    async run(cross) {
      const action = 'keys.rotate-due'
      const due = await cross({ action, effect: 'read' }, dueKeys)
      if (due.root) await cross({ action }, rotateRoot)
      for (const { ring, families } of due.rotate) {
        await cross({ action, scope: scopeOf(ring) }, (act) => rotateRing(act, families))
      }
      for (const ring of due.rewrap) {
        await cross({ action, scope: scopeOf(ring) }, (act) => resumeRotation(act, 'wrap'))
      }
      for (const { ring, version } of due.destroy) {
        await cross({ action, scope: scopeOf(ring) }, (act) => destroyRetired(act, version))
      }
      await cross({ action }, dropRetiredKeys)
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
