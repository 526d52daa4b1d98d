import type { Loop, Measure } from '#kernel'
import { prove } from './prove-checks.ts'
import { allMeasures } from './registry.ts'
import { dueMeasures } from './store.ts'

/** A turn begins no further check after this, so that the house can stop between two. */
const turnMs = 10_000

/**
 * Runs every check on its own cadence, one after another, and all of them right after start: what
 * was seen before the house stopped says nothing of how it stands up again.
 */
export function proveLoop(measures: readonly Measure[]): Loop {
  const checked = measures.filter(({ check }) => check !== undefined)
  const ids = checked.map(({ id }) => id)
  const minutes = checked.map(({ every }) => every.minutes)
  const sinceStart = new Set<string>()
  return {
    action: 'measures.prove',
    summary: 'Runs the checks that are due and writes down what they saw',
    everyMs: 5_000,
    async due(sql) {
      return sinceStart.size < checked.length || (await dueMeasures(sql, ids, minutes)).size > 0
    },
    async turn(cross, world) {
      const began = world.now().getTime()
      const due = await cross({ action: 'measures.schedule', effect: 'read' }, (act) =>
        dueMeasures(act.sql, ids, minutes),
      )
      for (const measure of checked) {
        if (sinceStart.has(measure.id) && !due.has(measure.id)) continue
        if (world.closing.aborted || world.now().getTime() - began >= turnMs) return
        await prove(cross, world, measure)
        sinceStart.add(measure.id)
      }
    },
  }
}

export const loops: readonly Loop[] = [proveLoop(allMeasures)]
