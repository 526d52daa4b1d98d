import type { Sql } from '#kernel'
import type { Day } from './day.ts'
import { type Item, shelf } from './register-store.ts'
import type { VendorState } from './vendor.ts'

export interface VendorRow extends Item {
  readonly name: string
  readonly service: string
  readonly country: string
  readonly dataCategories: readonly string[]
  readonly contact: Buffer | null
  readonly state: VendorState
  readonly assessedOn: Day | null
  readonly acceptable: boolean | null
  readonly assessmentSha256: string | null
  readonly announcedAt: Date | null
  readonly objectionsUntil: Date | null
  readonly activatedAt: Date | null
  readonly openObjections: number
}

export const vendors = shelf<VendorRow>(
  'vendors',
  `t.name, t.service, t.country, t.data_categories as "dataCategories", t.contact, t.state,
   to_char(t.assessed_on, 'YYYY-MM-DD') as "assessedOn", t.acceptable,
   t.assessment_sha256 as "assessmentSha256", t.announced_at as "announcedAt",
   t.objections_until as "objectionsUntil", t.activated_at as "activatedAt",
   (select count(*) from governance.objection o
    where o.vendor_id = t.id and o.resolved_at is null) as "openObjections"`,
)

export interface NewVendor {
  readonly name: string
  readonly service: string
  readonly country: string
  readonly dataCategories: readonly string[]
  readonly owner: string
  readonly due: Day
}

export async function insertVendor(
  sql: Sql,
  v: NewVendor & { readonly id: string; readonly contact: Buffer | null; readonly now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.vendor.insert',
    text: `insert into governance.vendor
             (id, name, service, country, data_categories, contact, state, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6, 'proposed', $7, $8, $9)`,
    values: [
      v.id,
      v.name,
      v.service,
      v.country,
      v.dataCategories,
      v.contact,
      v.owner,
      v.due,
      v.now,
    ],
  })
}

export async function updateAssessment(
  sql: Sql,
  id: string,
  a: { on: Day; acceptable: boolean; sha256: string | null; repeatBy: Day; state: VendorState },
): Promise<void> {
  await sql.run({
    name: 'governance.vendor.assess',
    text: `update governance.vendor set assessed_on = $2, acceptable = $3, assessment_sha256 = $4,
             due = $5, state = $6 where id = $1`,
    values: [id, a.on, a.acceptable, a.sha256, a.repeatBy, a.state],
  })
}

export async function updateAnnouncement(
  sql: Sql,
  id: string,
  now: Date,
  until: Date,
): Promise<void> {
  await sql.run({
    name: 'governance.vendor.announce',
    text: `update governance.vendor
           set announced_at = $2, objections_until = $3, state = 'notified' where id = $1`,
    values: [id, now, until],
  })
}

export async function updateActivated(sql: Sql, id: string, now: Date): Promise<void> {
  await sql.run({
    name: 'governance.vendor.activate',
    text: `update governance.vendor set activated_at = $2, state = 'active' where id = $1`,
    values: [id, now],
  })
}

export async function updateVendorEnded(sql: Sql, id: string): Promise<void> {
  await sql.run({
    name: 'governance.vendor.ended',
    text: `update governance.vendor set state = 'ended' where id = $1`,
    values: [id],
  })
}

/** The window a controller may still object in, seen from that controller's own scope. */
export async function objectionWindow(
  sql: Sql,
  vendorId: string,
): Promise<{ objectionsUntil: Date | null; state: VendorState } | undefined> {
  return sql.first({
    name: 'governance.vendor.window',
    text: `select objections_until as "objectionsUntil", state from governance.vendor where id = $1`,
    values: [vendorId],
  })
}

export interface Objection {
  readonly id: string
  readonly vendorId: string
  readonly controllerId: string
  readonly reason: string
  readonly raisedAt: Date
  readonly resolution: string | null
  readonly resolvedAt: Date | null
}

export async function insertObjection(
  sql: Sql,
  o: Pick<Objection, 'id' | 'vendorId' | 'controllerId' | 'reason' | 'raisedAt'>,
): Promise<void> {
  await sql.run({
    name: 'governance.objection.insert',
    text: `insert into governance.objection (id, vendor_id, controller_id, reason, raised_at)
           values ($1, $2, $3, $4, $5)`,
    values: [o.id, o.vendorId, o.controllerId, o.reason, o.raisedAt],
  })
}

export async function updateObjection(
  sql: Sql,
  r: { vendorId: string; id: string; resolution: string; by: string; now: Date },
): Promise<number> {
  return sql.run({
    name: 'governance.objection.resolve',
    text: `update governance.objection set resolution = $3, resolved_by = $4, resolved_at = $5
           where vendor_id = $1 and id = $2 and resolved_at is null`,
    values: [r.vendorId, r.id, r.resolution, r.by, r.now],
  })
}

export async function objectionsTo(sql: Sql, vendorId: string): Promise<Objection[]> {
  return sql.rows<Objection>({
    name: 'governance.objection.list',
    text: `select id, vendor_id as "vendorId", controller_id as "controllerId", reason,
             raised_at as "raisedAt", resolution, resolved_at as "resolvedAt"
           from governance.objection where vendor_id = $1 order by id`,
    values: [vendorId],
  })
}
