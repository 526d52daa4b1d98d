import type { Loop } from '#kernel'
import { appendErasures } from './adapters/erasure-file.ts'
import { exported, toExport } from './erasure-acts.ts'
import { hasUnexported } from './erasure-store.ts'

const action = 'keys.export-erasures'

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
]
