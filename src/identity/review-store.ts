import type { Sql } from '#kernel'

export type Answer = 'keep' | 'revoke' | 'unanswered'

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
}

export function insertReview(
  sql: Sql,
  r: Omit<ReviewRow, 'closedAt' | 'items' | 'decided'> & { readonly canary: boolean },
) {
  return sql.run({
    name: 'identity.review.insert',
    text: `insert into identity.review (id, title, created_by, created_at, due_at, population, canary)
           values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [r.id, r.title, r.createdBy, r.createdAt, r.dueAt, r.population, r.canary],
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
    r.due_at as "dueAt", r.closed_at as "closedAt", r.population,
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
             i.decided_by as "decidedBy", i.decided_at as "decidedAt"
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
