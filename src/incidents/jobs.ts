import type { Job } from '#kernel'
import { countIncident, recountAction } from './count-acts.ts'
import { incidentById } from './incident-store.ts'
import { tellerOf } from './respond-jobs.ts'

export const jobs: readonly Job[] = [
  {
    action: recountAction,
    summary: 'Counts an incident again, with the whole of its window verified.',
    async run(cross, payload, world) {
      const { incidentId } = payload as { readonly incidentId: string }
      await cross({ action: recountAction }, async (act) => {
        const incident = await incidentById(act.sql, incidentId)
        // It may have been closed since; what was counted then stands.
        if (incident === undefined || incident.state === 'closed') return
        await countIncident(act, incidentId, tellerOf(world), { thorough: true })
      })
    },
  },
]
