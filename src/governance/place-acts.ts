import { newId } from '#ground'
import type { Act } from '#kernel'
import { addDays, dayOf } from './day.ts'
import { demandAhead, demandPerson } from './demand.ts'
import { reportDays } from './endpoint.ts'
import {
  endpoints,
  insertAttestation,
  insertEndpoint,
  insertSite,
  type NewEndpoint,
  type NewSite,
  type PostureReport,
  type SiteAttestation,
  sites,
  updatePosture,
} from './place-store.ts'
import { tagInUse, unknownItem } from './refusals.ts'
import { itemForUpdate, updateOwnerAndDue } from './register-store.ts'

/** Enters a device. Nothing is believed of it until it has reported. */
export async function enterEndpoint(act: Act, endpoint: NewEndpoint): Promise<{ id: string }> {
  demandAhead('due', endpoint.due, act.now, reportDays)
  const id = newId()
  if ((await insertEndpoint(act.sql, { ...endpoint, id, now: act.now })) === 0) throw tagInUse()
  act.tell({ register: endpoints.register.name, id, tag: endpoint.tag })
  return { id }
}

/** Takes a device's report; the next one is due {@link reportDays} later. */
export async function reportPosture(act: Act, id: string, report: PostureReport): Promise<void> {
  const due = addDays(dayOf(act.now), reportDays)
  if ((await updatePosture(act.sql, id, report, act.now, due)) === 0) throw unknownItem()
  act.tell({ endpointId: id, ...report })
}

export async function enterSite(act: Act, site: NewSite): Promise<{ id: string }> {
  demandAhead('due', site.due, act.now, 400)
  const id = newId()
  await insertSite(act.sql, { ...site, id, now: act.now })
  act.tell({ siteId: id, name: site.name, country: site.country })
  return { id }
}

/**
 * A person signs how a site is guarded. The signature expires within a year.
 *
 * @throws {Refusal} `governance.needs-person`, `governance.too-far-ahead`.
 */
export async function attestSite(act: Act, siteId: string, a: SiteAttestation): Promise<void> {
  const byPerson = demandPerson(act)
  demandAhead('expiresOn', a.expiresOn, act.now, 366)
  const site = await itemForUpdate(act.sql, sites, siteId)
  if (site === undefined || site.endedAt !== null) throw unknownItem()
  await insertAttestation(act.sql, { ...a, id: newId(), siteId, byPerson, now: act.now })
  await updateOwnerAndDue(act.sql, sites.register, siteId, undefined, a.expiresOn)
  act.tell({ siteId, ...a })
}
