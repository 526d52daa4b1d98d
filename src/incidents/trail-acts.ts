import type { Act, Sealed } from '#kernel'
import { type EntryFilter, type EntryPage, listEntries } from '#trail'
import { windowOf } from './count-acts.ts'
import { incidentById, type Suspect, suspectsOf } from './incident-store.ts'
import { unknownIncident } from './refusals.ts'

export interface Reach {
  /** Only what lies in the very sessions that are suspected, instead of all the suspects could have done. */
  readonly certain: boolean
}

/**
 * The entries an incident is about: those of its suspects in its window, newest first.
 *
 * @throws {Refusal} `incidents.unknown-incident`, and what {@link listEntries} throws.
 */
export async function incidentTrail(
  act: Act,
  incidentId: string,
  { certain }: Reach,
  after: string | undefined,
  limit: number | undefined,
): Promise<Sealed<EntryPage>> {
  const incident = await incidentById(act.sql, incidentId)
  if (incident === undefined) throw unknownIncident()
  const { from, to } = windowOf(incident)
  const window = { from, ...(to === null ? {} : { until: to }) }
  const suspects = (await suspectsOf(act.sql, incidentId)).filter((one) => one.certain || !certain)
  act.tell({ incidentId, certain, suspects: suspects.length })
  const filters = suspects.map((suspect) => ({ ...filterFor(suspect, certain), ...window }))
  return listEntries(act, filters, after, limit)
}

/** As the counting of the scope has it: the account or the credential; the session where it must be that one. */
function filterFor(
  { actorKind, actorId, credentialId, sessionId, sourceKey }: Suspect,
  certain: boolean,
): EntryFilter {
  return {
    kinds: [actorKind],
    actorId,
    ...(credentialId === null ? {} : { credentialId }),
    ...(certain && sessionId !== null ? { sessionId } : {}),
    ...(certain && sessionId === null && sourceKey !== null ? { sourceKey } : {}),
  }
}
