import type { Sql } from '#kernel'

export type RequestKind = 'request' | 'break-glass'
export type RequestDecision = 'approved' | 'refused' | 'withdrawn' | 'lapsed'

export interface NewRequest {
  readonly id: string
  readonly kind: RequestKind
  readonly personId: string
  readonly role: string
  readonly controllers: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly purposes: readonly string[] | null
  readonly minutes: number
  /** Sealed. */
  readonly reason: Buffer
  readonly createdAt: Date
  readonly lapsesAt: Date
}

export interface RequestRow extends NewRequest {
  readonly decision: RequestDecision | null
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly grantId: string | null
  /** When the grant it gave ends, or ended. */
  readonly endsAt: Date | null
  readonly reviewedBy: string | null
  readonly reviewedAt: Date | null
  /** Sealed. */
  readonly reviewNote: Buffer | null
}

export function insertRequest(sql: Sql, r: NewRequest) {
  return sql.run({
    name: 'identity.request.insert',
    text: `insert into identity.access_request (id, kind, person_id, role_name, controllers, categories,
             purposes, minutes, reason, created_at, lapses_at)
           values ($1, $2, $3, $4, $5::uuid[], $6::text[], $7::text[], $8, $9, $10, $11)`,
    values: [
      r.id,
      r.kind,
      r.personId,
      r.role,
      r.controllers,
      r.categories,
      r.purposes,
      r.minutes,
      r.reason,
      r.createdAt,
      r.lapsesAt,
    ],
  })
}

const requests = `
  select q.id, q.kind, q.person_id as "personId", q.role_name as role, q.controllers, q.categories,
    q.purposes, q.minutes, q.reason, q.created_at as "createdAt", q.lapses_at as "lapsesAt",
    q.decision, q.decided_by as "decidedBy", q.decided_at as "decidedAt", q.grant_id as "grantId",
    least(g.expires_at, g.revoked_at) as "endsAt", q.reviewed_by as "reviewedBy",
    q.reviewed_at as "reviewedAt", q.review_note as "reviewNote"
  from identity.access_request q left join identity.grant g on g.id = q.grant_id`

/** The newest requests: of everybody, or of one person. */
export function listedRequests(sql: Sql, personId: string | null): Promise<RequestRow[]> {
  return sql.rows({
    name: 'identity.request.list',
    text: `${requests} where $1::uuid is null or q.person_id = $1 order by q.id desc limit 200`,
    values: [personId],
  })
}

/** Break-glass that waits for its second person. */
export function waitingGlass(sql: Sql, now: Date): Promise<RequestRow[]> {
  return sql.rows({
    name: 'identity.request.waiting-glass',
    text: `${requests} where q.kind = 'break-glass' and q.decision is null and q.lapses_at > $1
           order by q.id`,
    values: [now],
  })
}

/** One request, held until the transaction ends. */
export function requestBy(sql: Sql, id: string): Promise<RequestRow | undefined> {
  return sql.first({
    name: 'identity.request.get',
    text: `${requests} where q.id = $1 for no key update of q`,
    values: [id],
  })
}

export function countOpen(sql: Sql, personId: string, now: Date) {
  return sql.first<{ n: number }>({
    name: 'identity.request.open',
    text: `select count(*)::int as n from identity.access_request
           where person_id = $1 and decision is null and lapses_at > $2`,
    values: [personId, now],
  })
}

export function setDecision(
  sql: Sql,
  d: {
    id: string
    decision: RequestDecision
    by: string
    at: Date
    grantId: string | null
  },
) {
  return sql.run({
    name: 'identity.request.decide',
    text: `update identity.access_request
           set decision = $2, decided_by = $3, decided_at = $4, grant_id = $5
           where id = $1 and decision is null`,
    values: [d.id, d.decision, d.by, d.at, d.grantId],
  })
}

export async function lapseRequests(sql: Sql, now: Date): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.request.lapse',
    text: `update identity.access_request set decision = 'lapsed', decided_by = 'house', decided_at = $1
           where decision is null and lapses_at <= $1 returning id`,
    values: [now],
  })
  return rows.map(({ id }) => id)
}

/** Writes down that break-glass access was looked at; 0 when it was, or is still open. */
export function setReviewed(sql: Sql, id: string, by: string, note: Buffer, at: Date) {
  return sql.run({
    name: 'identity.request.review',
    text: `update identity.access_request q set reviewed_by = $2, reviewed_at = $3, review_note = $4
           where q.id = $1 and q.kind = 'break-glass' and q.decision = 'approved'
             and q.reviewed_at is null and not exists (select from identity.grant g
               where g.id = q.grant_id and g.revoked_at is null and g.expires_at > $3)`,
    values: [id, by, at, note],
  })
}

/** Break-glass whose time is over since before an instant, and that nobody has reviewed. */
export async function unreviewedSince(sql: Sql, before: Date): Promise<number> {
  const row = await sql.first<{ n: number }>({
    name: 'identity.request.unreviewed',
    text: `select count(*)::int as n from identity.access_request q
           left join identity.grant g on g.id = q.grant_id
           where q.kind = 'break-glass' and q.decision = 'approved' and q.reviewed_at is null
             and coalesce(least(g.expires_at, g.revoked_at), q.decided_at) < $1`,
    values: [before],
  })
  return row?.n ?? 0
}

export interface GlassHolder {
  readonly personId: string
  readonly designatedBy: string
  readonly designatedAt: Date
  readonly testedAt: Date | null
  readonly factors: number
  readonly enabled: boolean
}

/** Who may open the glass. */
export function glassHolders(sql: Sql): Promise<GlassHolder[]> {
  return sql.rows({
    name: 'identity.glass.list',
    text: `select b.person_id as "personId", b.designated_by as "designatedBy",
             b.designated_at as "designatedAt", b.tested_at as "testedAt",
             (select count(*)::int from identity.factor f where f.person_id = b.person_id) as factors,
             a.disabled_at is null as enabled
           from identity.break_glass b join identity.actor a on a.id = b.person_id order by 1`,
  })
}

export async function isGlassHolder(sql: Sql, personId: string): Promise<boolean> {
  const row = await sql.first({
    name: 'identity.glass.is',
    text: 'select 1 as one from identity.break_glass where person_id = $1',
    values: [personId],
  })
  return row !== undefined
}

/** Designates a person; 0 when they are already. */
export function insertGlassHolder(sql: Sql, personId: string, by: string, at: Date) {
  return sql.run({
    name: 'identity.glass.insert',
    text: `insert into identity.break_glass (person_id, designated_by, designated_at)
           values ($1, $2, $3) on conflict do nothing`,
    values: [personId, by, at],
  })
}

export function deleteGlassHolder(sql: Sql, personId: string) {
  return sql.run({
    name: 'identity.glass.delete',
    text: 'delete from identity.break_glass where person_id = $1',
    values: [personId],
  })
}

export function setGlassTested(sql: Sql, personId: string, at: Date) {
  return sql.run({
    name: 'identity.glass.tested',
    text: 'update identity.break_glass set tested_at = $2 where person_id = $1',
    values: [personId, at],
  })
}

/** Who last said what a role allows. */
export async function changerOf(sql: Sql, role: string): Promise<string | undefined> {
  const row = await sql.first<{ by: string }>({
    name: 'identity.role.changer',
    text: 'select changed_by as by from identity.role where name = $1',
    values: [role],
  })
  return row?.by
}
