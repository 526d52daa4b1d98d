import type { Sql } from '#kernel'

export type Answer = 'keep' | 'revoke' | 'limit' | 'unanswered'

export interface ReviewRow {
  readonly id: string
  readonly title: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly dueAt: Date
  readonly closedAt: Date | null
  readonly population: Buffer
  readonly items: number
  readonly decided: number
  /** Null means every role, every controller. */
  readonly roles: readonly string[] | null
  readonly controllers: readonly string[] | null
  readonly scheduleId: string | null
}

export interface ReviewItemRow {
  readonly grantId: string
  readonly actorId: string
  readonly kind: 'person' | 'workload'
  readonly role: string
  readonly controllers: readonly string[] | null
  readonly lastUsedAt: Date | null
  readonly decision: Answer | null
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  /** The narrower grant in its place, where it was limited. */
  readonly successorId: string | null
  readonly probedAt: Date | null
  readonly probeAnswer: string | null
  /** Null where nothing could be tried. */
  readonly probeRefused: boolean | null
}

export function insertReview(
  sql: Sql,
  r: Omit<ReviewRow, 'closedAt' | 'items' | 'decided'> & { readonly canary: boolean },
) {
  return sql.run({
    name: 'identity.review.insert',
    text: `insert into identity.review (id, title, created_by, created_at, due_at, population, canary,
             roles, controllers, schedule_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8::text[], $9::uuid[], $10)`,
    values: [
      r.id,
      r.title,
      r.createdBy,
      r.createdAt,
      r.dueAt,
      r.population,
      r.canary,
      r.roles,
      r.controllers,
      r.scheduleId,
    ],
  })
}

export function insertReviewItems(sql: Sql, reviewId: string, grantIds: readonly string[]) {
  return sql.run({
    name: 'identity.review.insert-items',
    text: `insert into identity.review_item (review_id, grant_id)
           select $1, id from unnest($2::uuid[]) id`,
    values: [reviewId, grantIds],
  })
}

const reviews = `
  select r.id, r.title, r.created_by as "createdBy", r.created_at as "createdAt",
    r.due_at as "dueAt", r.closed_at as "closedAt", r.population, r.roles, r.controllers,
    r.schedule_id as "scheduleId",
    count(i.grant_id)::int as items, count(i.decision)::int as decided
  from identity.review r left join identity.review_item i on i.review_id = r.id`

export function allReviews(sql: Sql): Promise<ReviewRow[]> {
  return sql.rows({
    name: 'identity.review.list',
    text: `${reviews} where not r.canary group by r.id order by r.id desc limit 200`,
  })
}

export function reviewBy(sql: Sql, id: string): Promise<ReviewRow | undefined> {
  return sql.first({
    name: 'identity.review.get',
    text: `${reviews} where r.id = $1 group by r.id`,
    values: [id],
  })
}

export function reviewItems(sql: Sql, reviewId: string): Promise<ReviewItemRow[]> {
  return sql.rows({
    name: 'identity.review.items',
    text: `select g.id as "grantId", g.actor_id as "actorId", a.kind, g.role_name as role,
             g.controllers, g.last_used_at as "lastUsedAt", i.decision,
             i.decided_by as "decidedBy", i.decided_at as "decidedAt",
             i.successor_id as "successorId", i.probed_at as "probedAt",
             i.probe_answer as "probeAnswer", i.probe_refused as "probeRefused"
           from identity.review_item i join identity.grant g on g.id = i.grant_id
           join identity.actor a on a.id = g.actor_id
           where i.review_id = $1 order by g.id`,
    values: [reviewId],
  })
}

/** Takes a decision on an open item of a review that is not closed; 0 when there is none. */
export function decideItem(
  sql: Sql,
  d: { reviewId: string; grantId: string; decision: Answer; by: string; at: Date },
) {
  return sql.run({
    name: 'identity.review.decide',
    text: `update identity.review_item i set decision = $3, decided_by = $4, decided_at = $5
           from identity.review r
           where i.review_id = $1 and i.grant_id = $2 and i.decision is null
             and r.id = i.review_id and r.closed_at is null`,
    values: [d.reviewId, d.grantId, d.decision, d.by, d.at],
  })
}

/** Closes a review once nothing in it is open; 0 otherwise. */
export function closeReview(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.review.close',
    text: `update identity.review r set closed_at = $2 where id = $1 and closed_at is null
             and not exists (select from identity.review_item i
                             where i.review_id = r.id and i.decision is null)`,
    values: [id, at],
  })
}

/** Items nobody decided by their deadline. */
export function overdueItems(
  sql: Sql,
  now: Date,
): Promise<{ reviewId: string; grantId: string }[]> {
  return sql.rows({
    name: 'identity.review.overdue',
    text: `select i.review_id as "reviewId", i.grant_id as "grantId"
           from identity.review_item i join identity.review r on r.id = i.review_id
           where i.decision is null and r.closed_at is null and r.due_at <= $1
           order by 1, 2`,
    values: [now],
  })
}

/** Names the grant that took the place of a limited one. */
export function setSuccessor(sql: Sql, reviewId: string, grantId: string, successorId: string) {
  return sql.run({
    name: 'identity.review.successor',
    text: `update identity.review_item set successor_id = $3 where review_id = $1 and grant_id = $2`,
    values: [reviewId, grantId, successorId],
  })
}

/** What is to be tried of a revoked grant: its holder, and what it allowed. */
export interface RevokedItem {
  readonly reviewId: string
  readonly grantId: string
  readonly actorId: string
  readonly kind: 'person' | 'workload'
  readonly actions: readonly string[]
  readonly controllers: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly purposes: readonly string[] | null
  readonly stands: boolean
}

/** Revoked in a review, by answer or by silence, and not tried since. */
export function untriedRevocations(sql: Sql): Promise<RevokedItem[]> {
  return sql.rows({
    name: 'identity.review.untried',
    text: `select i.review_id as "reviewId", i.grant_id as "grantId", g.actor_id as "actorId", a.kind,
             r.actions, g.controllers, g.categories, g.purposes,
             a.disabled_at is null and not exists (select from identity.lock l
               where l.actor_id = a.id and l.lifted_at is null) as stands
           from identity.review_item i join identity.grant g on g.id = i.grant_id
           join identity.role r on r.name = g.role_name join identity.actor a on a.id = g.actor_id
           join identity.review v on v.id = i.review_id
           where i.decision in ('revoke', 'unanswered') and i.probed_at is null
             and g.revoked_at is not null and not v.canary
           order by 1, 2 limit 500`,
  })
}

export function setProbed(
  sql: Sql,
  p: {
    reviewId: string
    grantId: string
    at: Date
    answer: string
    refused: boolean | null
  },
) {
  return sql.run({
    name: 'identity.review.probed',
    text: `update identity.review_item set probed_at = $3, probe_answer = $4, probe_refused = $5
           where review_id = $1 and grant_id = $2 and probed_at is null`,
    values: [p.reviewId, p.grantId, p.at, p.answer, p.refused],
  })
}

/** Revocations of reviews that were tried and got through. */
export async function leakedRevocations(sql: Sql): Promise<number> {
  const row = await sql.first<{ n: number }>({
    name: 'identity.review.leaked',
    text: `select count(*)::int as n from identity.review_item i
           join identity.review r on r.id = i.review_id
           where i.probe_refused = false and not r.canary`,
  })
  return row?.n ?? 0
}
