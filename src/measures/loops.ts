import type { Loop, Measure } from '#kernel'
import { prove } from './prove-checks.ts'
import { allMeasures } from './registry.ts'
import { anyDue, newestObservations } from './store.ts'

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
    // The database's clock only decides whether to look; which check is due goes by the house's own.
    async due(sql) {
      return sinceStart.size < checked.length || anyDue(sql, ids, minutes)
    },
    async turn(cross, world) {
      const began = world.now().getTime()
      const last = await cross({ action: 'measures.schedule', effect: 'read' }, async (act) => {
        const newest = await newestObservations(act.sql, ids)
        return new Map(newest.map(({ measureId, collected }) => [measureId, collected.getTime()]))
      })
      for (const measure of checked) {
        const now = world.now().getTime()
        if (now - began >= turnMs) return
        const next = (last.get(measure.id) ?? -Infinity) + measure.every.minutes * 60_000
        if (sinceStart.has(measure.id) && next > now) continue
        await prove(cross, world, measure)
        sinceStart.add(measure.id)
      }
    },
  }
}

export const loops: readonly Loop[] = [proveLoop(allMeasures)]
