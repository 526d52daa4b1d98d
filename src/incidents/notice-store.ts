import type { Sql } from '#kernel'
import type { AllClearBody } from './all-clear.ts'
import type { NoticeBody, NoticeState, Phase } from './notice.ts'

export interface Notice {
  readonly noticeId: string
  readonly incidentId: string
  readonly controllerId: string
  readonly scopeId: string
  readonly version: number
  readonly phase: Phase
  readonly state: NoticeState
  /** Approved although something was missing. */
  readonly partial: boolean
  /** A person has put it into words of their own. */
  readonly worded: boolean
  readonly body: NoticeBody
  readonly createdAt: Date
  readonly approvedAt: Date | null
  readonly approvedBy: string | null
  readonly sentAt: Date | null
  readonly acknowledgedAt: Date | null
}

const columns = `notice_id as "noticeId", incident_id as "incidentId",
  controller_id as "controllerId", scope_id as "scopeId", version, phase, state, partial, worded, body,
  created_at as "createdAt", approved_at as "approvedAt", approved_by as "approvedBy",
  sent_at as "sentAt", acknowledged_at as "acknowledgedAt"`

export async function insertDraft(
  sql: Sql,
  draft: Pick<
    Notice,
    | 'noticeId'
    | 'incidentId'
    | 'controllerId'
    | 'scopeId'
    | 'version'
    | 'phase'
    | 'body'
    | 'createdAt'
    | 'worded'
  >,
): Promise<void> {
  await sql.run({
    name: 'incidents.notice.insert',
    text: `insert into incidents.notice (notice_id, incident_id, controller_id, scope_id, version, phase,
             state, body, created_at, worded)
           values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9)`,
    values: [
      draft.noticeId,
      draft.incidentId,
      draft.controllerId,
      draft.scopeId,
      draft.version,
      draft.phase,
      JSON.stringify(draft.body),
      draft.createdAt,
      draft.worded,
    ],
  })
}

/** All notices of an incident, by controller and version. */
export async function noticesOf(sql: Sql, incidentId: string): Promise<Notice[]> {
  return sql.rows({
    name: 'incidents.notice.list',
    text: `select ${columns} from incidents.notice where incident_id = $1
           order by controller_id, version`,
    values: [incidentId],
  })
}

export async function noticeById(sql: Sql, noticeId: string): Promise<Notice | undefined> {
  return sql.first({
    name: 'incidents.notice.read',
    text: `select ${columns} from incidents.notice where notice_id = $1`,
    values: [noticeId],
  })
}

export async function lockNotice(sql: Sql, noticeId: string): Promise<Notice | undefined> {
  return sql.first({
    name: 'incidents.notice.lock',
    text: `select ${columns} from incidents.notice where notice_id = $1 for update`,
    values: [noticeId],
  })
}

/** The document a notice was approved with. */
export async function noticePdf(sql: Sql, noticeId: string): Promise<Buffer | undefined> {
  const row = await sql.first<{ pdf: Buffer | null }>({
    name: 'incidents.notice.pdf',
    text: 'select pdf from incidents.notice where notice_id = $1',
    values: [noticeId],
  })
  return row?.pdf ?? undefined
}

export async function setBody(sql: Sql, noticeId: string, body: NoticeBody): Promise<void> {
  await sql.run({
    name: 'incidents.notice.body',
    text: `update incidents.notice set body = $2, phase = $3, worded = true
           where notice_id = $1 and state = 'draft'`,
    values: [noticeId, JSON.stringify(body), body.phase],
  })
}

export async function setApproved(
  sql: Sql,
  approval: {
    readonly noticeId: string
    readonly partial: boolean
    readonly pdf: Buffer
    readonly digest: Buffer
    readonly at: Date
    readonly by: string
  },
): Promise<void> {
  await sql.run({
    name: 'incidents.notice.approve',
    text: `update incidents.notice set state = 'approved', partial = $2, pdf = $3, pdf_digest = $4,
             approved_at = $5, approved_by = $6
           where notice_id = $1 and state = 'draft'`,
    values: [
      approval.noticeId,
      approval.partial,
      approval.pdf,
      approval.digest,
      approval.at,
      approval.by,
    ],
  })
}

export async function setSuperseded(sql: Sql, noticeId: string): Promise<void> {
  await sql.run({
    name: 'incidents.notice.supersede',
    text: `update incidents.notice set state = 'superseded' where notice_id = $1 and state = 'draft'`,
    values: [noticeId],
  })
}

export async function setOutcome(
  sql: Sql,
  noticeId: string,
  to: { readonly state: 'sent' | 'withheld' | 'acknowledged'; readonly at: Date },
): Promise<void> {
  await sql.run({
    name: 'incidents.notice.outcome',
    text: `update incidents.notice set state = $2,
             sent_at = case when $2 = 'sent' then $3 else sent_at end,
             acknowledged_at = case when $2 = 'acknowledged' then $3 else acknowledged_at end
           where notice_id = $1`,
    values: [noticeId, to.state, to.at],
  })
}

/** One try to deliver a notice to one contact. */
export interface Delivery {
  readonly deliveryId: string
  readonly noticeId: string
  readonly controllerId: string
  readonly at: Date
  readonly outcome: 'accepted' | 'failed' | 'withheld'
  /** The mail server's answer. */
  readonly sealed: Buffer | null
}

export async function insertDelivery(sql: Sql, delivery: Delivery): Promise<void> {
  await sql.run({
    name: 'incidents.delivery.insert',
    text: `insert into incidents.delivery
             (delivery_id, notice_id, controller_id, at, outcome, sealed)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [
      delivery.deliveryId,
      delivery.noticeId,
      delivery.controllerId,
      delivery.at,
      delivery.outcome,
      delivery.sealed,
    ],
  })
}

export async function deliveriesOf(sql: Sql, noticeId: string): Promise<Delivery[]> {
  return sql.rows({
    name: 'incidents.delivery.list',
    text: `select delivery_id as "deliveryId", notice_id as "noticeId",
             controller_id as "controllerId", at, outcome, sealed
           from incidents.delivery where notice_id = $1 order by delivery_id`,
    values: [noticeId],
  })
}

export interface AllClear {
  readonly allClearId: string
  readonly incidentId: string
  readonly controllerId: string
  readonly scopeId: string
  readonly at: Date
  readonly body: AllClearBody
  readonly pdf: Buffer
}

export async function insertAllClear(sql: Sql, statement: AllClear): Promise<void> {
  await sql.run({
    name: 'incidents.all-clear.insert',
    text: `insert into incidents.all_clear
             (all_clear_id, incident_id, controller_id, scope_id, at, body, pdf)
           values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      statement.allClearId,
      statement.incidentId,
      statement.controllerId,
      statement.scopeId,
      statement.at,
      JSON.stringify(statement.body),
      statement.pdf,
    ],
  })
}

/** Notices that went out, or may, in pages by id. */
export async function standingNoticesAfter(
  sql: Sql,
  after: string,
  limit: number,
): Promise<Notice[]> {
  return sql.rows({
    name: 'incidents.notice.standing',
    text: `select ${columns} from incidents.notice
           where notice_id > $1 and state in ('approved', 'sent', 'withheld', 'acknowledged')
           order by notice_id limit $2`,
    values: [after, limit],
  })
}
