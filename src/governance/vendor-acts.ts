import { newId } from '#ground'
import { type Act, controllerOf, Sealed } from '#kernel'
import { openPersonal, sealPersonal } from '#keys'
import { answer } from './answer.ts'
import { binds } from './contract.ts'
import { flowDownContracts } from './contract-store.ts'
import { addDays, dayOf } from './day.ts'
import { demandAhead, demandPast } from './demand.ts'
import {
  unknownItem,
  vendorNotReady,
  vendorWrongState,
  windowClosed,
  windowOutOfRange,
} from './refusals.ts'
import { isOverdue } from './register.ts'
import { itemForUpdate, itemsAfter, type Page } from './register-store.ts'
import { missingOf, objectionDays, type VendorState } from './vendor.ts'
import {
  insertObjection,
  insertVendor,
  type NewVendor,
  objectionsTo,
  objectionWindow,
  updateActivated,
  updateAnnouncement,
  updateAssessment,
  updateObjection,
  type VendorRow,
  vendors,
} from './vendor-store.ts'

export interface Contact {
  readonly name: string
  readonly email: string
}

const place = (vendorId: string) => ['governance.vendor', 'contact', vendorId]

/** Enters a vendor in state `proposed`. Nothing may go to it yet. */
export async function proposeVendor(
  act: Act,
  { contact, ...vendor }: NewVendor & { readonly contact?: Contact },
): Promise<{ id: string }> {
  demandAhead('due', vendor.due, act.now)
  const id = newId()
  const sealed =
    contact === undefined ? null : sealPersonal(act, 'house', place(id), JSON.stringify(contact))
  await insertVendor(act.sql, { ...vendor, id, contact: sealed, now: act.now })
  act.tell({ vendorId: id, name: vendor.name, country: vendor.country })
  return { id }
}

export interface Assessment {
  readonly on: string
  readonly acceptable: boolean
  readonly reportSha256?: string
  readonly repeatBy: string
}

/**
 * Records the result of an assessment. An active vendor that fails it is active no longer.
 *
 * @throws {Refusal} `governance.unknown-item`, and what the days refuse. An assessment counts for at most 400 days.
 */
export async function assessVendor(act: Act, id: string, a: Assessment): Promise<void> {
  const vendor = await liveVendor(act, id)
  demandPast('on', a.on, act.now)
  demandAhead('repeatBy', a.repeatBy, act.now, 400)
  const state: VendorState =
    vendor.state === 'proposed' || !a.acceptable ? 'assessed' : vendor.state
  const { on, acceptable, repeatBy, reportSha256: sha256 = null } = a
  await updateAssessment(act.sql, id, { on, acceptable, sha256, repeatBy, state })
  act.tell({ vendorId: id, acceptable, from: vendor.state, to: state })
}

/**
 * Starts the window in which controllers may object (GDPR Art. 28(2)).
 *
 * @throws {Refusal} `governance.objection-window`, `governance.vendor-wrong-state`.
 */
export async function announceVendor(
  act: Act,
  id: string,
  days: number,
): Promise<{ objectionsUntil: string }> {
  if (!Number.isInteger(days) || days < objectionDays.least || days > objectionDays.most)
    throw windowOutOfRange()
  const vendor = await liveVendor(act, id)
  if (vendor.state !== 'assessed' || vendor.acceptable !== true)
    throw vendorWrongState(vendor.state, ['assessed, with an acceptable result'])
  // To the end of the last day, so that no one loses hours to the time of the notice.
  const until = new Date(Date.parse(`${addDays(dayOf(act.now), days + 1)}T00:00:00Z`))
  await updateAnnouncement(act.sql, id, act.now, until)
  act.tell({ vendorId: id, objectionsUntil: until.toISOString() })
  return { objectionsUntil: until.toISOString() }
}

/**
 * A controller objects. The vendor cannot be activated until that is resolved.
 *
 * @throws {Refusal} `governance.objection-too-late` when no window is open.
 */
export async function objectToVendor(
  act: Act,
  { vendorId, reason }: { readonly vendorId: string; readonly reason: string },
): Promise<{ id: string }> {
  const window = await objectionWindow(act.sql, vendorId)
  if (window === undefined) throw unknownItem()
  if (window.objectionsUntil === null || window.objectionsUntil <= act.now) throw windowClosed()
  const id = newId()
  const controllerId = controllerOf(act)
  await insertObjection(act.sql, { id, vendorId, controllerId, reason, raisedAt: act.now })
  act.tell({ objectionId: id, vendorId })
  return { id }
}

export async function resolveObjection(
  act: Act,
  vendorId: string,
  id: string,
  resolution: string,
): Promise<void> {
  const by = act.actor.id
  const changed = await updateObjection(act.sql, { vendorId, id, resolution, by, now: act.now })
  if (changed === 0) throw unknownItem()
  act.tell({ objectionId: id, vendorId })
}

export async function listObjections(act: Act, vendorId: string) {
  return answer(await objectionsTo(act.sql, vendorId))
}

/**
 * Lets a vendor go to work.
 *
 * @throws {Refusal} `governance.vendor-not-ready` with what is missing: assessment, contract,
 *   notice, objection window, an open objection.
 */
export async function activateVendor(act: Act, id: string): Promise<void> {
  const vendor = await liveVendor(act, id)
  if (vendor.state === 'active') throw vendorWrongState('active', ['assessed', 'notified'])
  const [missing = []] = await missingFor(act, [vendor])
  if (missing.length > 0) throw vendorNotReady(missing)
  await updateActivated(act.sql, id, act.now)
  act.tell({ vendorId: id, from: vendor.state, to: 'active' })
}

/** Vendors with their contact persons, who are opened only after the commit. */
export async function listVendors(act: Act, page: Page) {
  const { rows, ...rest } = await itemsAfter(act.sql, vendors, page)
  const missing = await missingFor(act, rows)
  const { secrets, now } = act
  return new Sealed((receipt) => ({
    ...rest,
    items: rows.map(({ contact, ...row }, i) => ({
      ...answer(row),
      overdue: isOverdue(row.due, row.endedAt, now),
      missing: row.state === 'ended' ? [] : (missing[i] ?? []),
      ...(contact === null
        ? {}
        : {
            contact: JSON.parse(
              openPersonal(receipt, secrets, 'house', place(row.id), contact),
            ) as Contact,
          }),
    })),
  }))
}

/** What each vendor lacks, in the order given. */
export async function missingFor(act: Act, rows: readonly VendorRow[]) {
  const contracts = await flowDownContracts(
    act.sql,
    rows.map(({ id }) => id),
  )
  const bound = new Set(contracts.filter((c) => binds(c, act.now)).map((c) => c.vendorId))
  return rows.map((row) => missingOf({ ...row, hasContract: bound.has(row.id) }, act.now))
}

async function liveVendor(act: Act, id: string): Promise<VendorRow> {
  const vendor = await itemForUpdate(act.sql, vendors, id)
  if (vendor === undefined || vendor.endedAt !== null) throw unknownItem()
  return vendor
}
