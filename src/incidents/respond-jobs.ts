import type { Act, HouseCross, World } from '#kernel'
import { contain } from './contain-jobs.ts'
import { countAgainLater, countIncident } from './count-acts.ts'
import type { Teller } from './notice-draft.ts'
import type { Incident } from './incident.ts'
import { dueIncidents, suspectsOf } from './incident-store.ts'
import { distinctCulprits } from './contain-acts.ts'
import { openFromFindings } from './open-acts.ts'
import { containedByItself } from './response-store.ts'

export const tellerOf = ({ settings }: World): Teller => ({
  processorName: settings.processorName,
  contactPoint: settings.contactPoint,
})

/** Opens what the watch has found, cuts off whom the policy lets it, counts, and drafts. */
export async function respond(cross: HouseCross, world: World): Promise<void> {
  const due = await cross({ action: 'incidents.open' }, async (act) => {
    await openFromFindings(act)
    return plan(act)
  })
  for (const { incidentId, cut } of due) {
    if (cut)
      await contain((deed) => cross({ action: 'incidents.contain' }, deed), world, incidentId)
    await cross({ action: 'incidents.count' }, async (act) => {
      await countIncident(act, incidentId, tellerOf(world), { thorough: false })
      await countAgainLater(act, incidentId)
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
