import type { Loop } from '#kernel'
import { dueOwingLog, eraseOwed } from './erasure/acts.ts'
import { anyOwing } from './erasure/store.ts'
import { makeMonths } from './erasure/retention-acts.ts'
import { wantsMonth } from './erasure/retention-store.ts'

const sweep = 'trail.erase-owed'
const prepare = 'trail.prepare-months'

export const loops: readonly Loop[] = [
  {
    action: sweep,
    summary: 'Erases payloads of erased subjects that were under way, or that a hold kept.',
    everyMs: 60_000,
    due: anyOwing,
    async turn(cross) {
      for (;;) {
        const log = await cross({ action: sweep, effect: 'read' }, async (act) => ({
          next: await dueOwingLog(act),
        }))
        if (log.next === undefined) return
        await cross({ action: sweep, scope: { controllerId: log.next } }, eraseOwed)
      }
    },
  },
  {
    action: prepare,
    summary: 'Makes the partitions of payloads for the months to come.',
    everyMs: 3_600_000,
    due: wantsMonth,
    async turn(cross) {
      await cross({ action: prepare }, makeMonths)
    },
  },
]
