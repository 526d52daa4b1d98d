import type { HouseCross, Job, World } from '#kernel'
import {
  countAction,
  countAgainLater,
  countIncident,
  type CountOrder,
  enqueueCount,
  recountAction,
  restMs,
} from './count-acts.ts'
import { houseIndexJob } from './house-index-jobs.ts'
import { incidentById, suspectsOf } from './incident-store.ts'
import { tellerOf } from './teller.ts'

export const jobs: readonly Job[] = [
  houseIndexJob,
  {
    action: countAction,
    summary: 'Counts an incident from the trail and drafts its notices.',
    run: (cross, payload, world) => count(cross, payload, world, { thorough: false }),
  },
  {
    action: recountAction,
    summary: 'Counts an incident again, with the whole of its window verified.',
    run: (cross, payload, world) => count(cross, payload, world, { thorough: true }),
  },
]

async function count(
  cross: HouseCross,
  payload: unknown,
  world: World,
  { thorough }: { readonly thorough: boolean },
): Promise<void> {
  const { incidentId, key = '' } = payload as Partial<CountOrder> & Pick<CountOrder, 'incidentId'>
  const action = thorough ? recountAction : countAction
  await cross({ action }, async (act) => {
    const incident = await incidentById(act.sql, incidentId)
    // It may have been closed since; what was counted then stands.
    if (incident === undefined || incident.state === 'closed') return
    // Nor is there anything to count where nobody is suspected yet.
    if ((await suspectsOf(act.sql, incidentId)).length === 0) return
    // The last may have ended only now, and taken longer than the one this was planned by.
    const rest = await restMs(act, incidentId)
    if (rest > 0) {
      await enqueueCount(act, action, { incidentId, key }, rest)
      return
    }
    await countIncident(act, incidentId, tellerOf(world), { thorough })
    if (!thorough) await countAgainLater(act, incidentId)
  })
}
