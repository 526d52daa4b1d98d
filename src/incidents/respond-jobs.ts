import type { Act, HouseCross, World } from '#kernel'
import { contain } from './contain-jobs.ts'
import { countSoon } from './count-acts.ts'
import type { Incident } from './incident.ts'
import { dueIncidents, suspectsOf, updateIncident } from './incident-store.ts'
import { distinctCulprits } from './contain-acts.ts'
import { openFromFindings } from './open-acts.ts'
import { containedByItself } from './response-store.ts'

/**
 * Opens what the watch has found and cuts off whom the policy lets it. Counting is left to the queue:
 * it reads and verifies for long, and no cut may wait for it.
 */
export async function respond(cross: HouseCross, world: World): Promise<void> {
  const due = await cross({ action: 'incidents.open' }, async (act) => {
    await openFromFindings(act)
    return plan(act)
  })
  for (const { incidentId, cut } of due) {
    if (cut)
      await contain((deed) => cross({ action: 'incidents.contain' }, deed), world, incidentId)
    await cross({ action: 'incidents.respond' }, async (act) => {
      await answered(act, incidentId)
      await countSoon(act, incidentId)
    })
  }
}

interface Planned {
  readonly incidentId: string
  /** Somebody is to be cut off without waiting for a person. */
  readonly cut: boolean
}

async function plan({ sql }: Act): Promise<Planned[]> {
  const automatic = await containedByItself(sql)
  const planned: Planned[] = []
  for (const incident of await dueIncidents(sql)) {
    const culprits = distinctCulprits(await suspectsOf(sql, incident.incidentId))
    const { incidentId, severity }: Incident = incident
    planned.push({ incidentId, cut: automatic.has(severity) && culprits.length > 0 })
  }
  return planned
}

/** Nothing waits to be answered any more, until the watch finds more. */
function answered({ sql }: Act, incidentId: string): Promise<void> {
  return updateIncident(sql, incidentId, { due: false })
}
