import type { Loop } from '#kernel'
import { entriesFrom } from '#trail'
import { readCursor } from './cursor-store.ts'
import { evaluateNext, largestBatch } from './evaluate-acts.ts'
import { evaluateAction } from './watched.ts'

export const loops: readonly Loop[] = [
  {
    action: evaluateAction,
    summary: 'Evaluates every new entry of the trail.',
    everyMs: 300,
    // A turn leaves an entry of its own; it waits for the next that is not, else this never rests.
    async due(sql) {
      const { position } = await readCursor(sql)
      const next = await entriesFrom(sql, position, 20)
      return next.some(({ action }) => action !== evaluateAction)
    },
    async turn(cross) {
      for (let full = true; full;) {
        const { entries } = await cross({ action: evaluateAction }, evaluateNext)
        full = entries === largestBatch
      }
    },
  },
]
