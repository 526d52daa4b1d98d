import type { Job } from '#kernel'
import { prove } from './prove-checks.ts'
import { allMeasures } from './registry.ts'

/** Runs one check at once, as somebody asked for. */
export const checkJob: Job = {
  action: 'measures.check',
  summary: 'Runs one check at once',
  async run(cross, payload, world) {
    const { measureId } = payload as { measureId?: unknown }
    const measure = allMeasures.find(({ id }) => id === measureId)
    // A job left over from a release whose measure is gone has nothing to do.
    if (measure !== undefined) await prove(cross, world, measure)
  },
}

export const jobs: readonly Job[] = [checkJob]
