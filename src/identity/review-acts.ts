import { createHash } from 'node:crypto'
import { type Act, Refusal } from '#kernel'
import { newId } from '#ground'
import { revokeGrant } from './grant-acts.ts'
import { grantBy, grantsAfter } from './grant-store.ts'
import {
  itemNotOpen,
  nothingToReview,
  ownRights,
  reviewNotInFuture,
  unknownReview,
} from './refusals.ts'
import {
  allReviews,
  closeReview,
  decideItem,
  insertReview,
  insertReviewItems,
  overdueItems,
  reviewBy,
  reviewItems,
} from './review-store.ts'

const firstId = '00000000-0000-0000-0000-000000000000'
const mostGrants = 100_000

/**
 * Starts an access review: the grants in force now are its population, frozen and hashed. Each is
 * to be kept or revoked by `dueAt`; what nobody answers is revoked then.
 *
 * @param roles - only grants of these roles; undefined takes all.
 * @throws {Refusal} `identity.review-not-in-future`, `identity.nothing-to-review`.
 */
export async function startReview(
  act: Act,
  { title, dueAt, roles }: { title: string; dueAt: Date; roles?: readonly string[] | undefined },
): Promise<{ reviewId: string; items: number }> {
  const query = { after: firstId, now: act.now, limit: mostGrants, unusedSince: null }
  const grants = (await grantsAfter(act.sql, query)).filter(
    (grant) => roles === undefined || roles.includes(grant.role),
  )
  return freeze(act, { title, dueAt, grants, canary: false })
}

/** Freezes given grants as the population of a review. */
export async function freeze(
  act: Act,
  {
    title,
    dueAt,
    grants,
    canary,
  }: {
    readonly title: string
    readonly dueAt: Date
    readonly grants: readonly { id: string; actorId: string; role: string }[]
    readonly canary: boolean
  },
): Promise<{ reviewId: string; items: number }> {
  if (!(dueAt > act.now)) throw reviewNotInFuture()
  if (grants.length === 0) throw nothingToReview()
  const id = newId()
  const population = populationHash(grants)
  const by = { createdBy: act.actor.id, createdAt: act.now }
  await insertReview(act.sql, { id, title, dueAt, population, canary, ...by })
  await insertReviewItems(
    act.sql,
    id,
    grants.map((grant) => grant.id),
  )
  act.tell({ reviewId: id, items: grants.length, population: population.toString('hex') })
  return { reviewId: id, items: grants.length }
}

/** SHA-256 over the lines `<grant> <actor> <role>\n`, sorted: what was to be reviewed, and no less. */
export function populationHash(
  grants: readonly { id: string; actorId: string; role: string }[],
): Buffer {
  const lines = grants.map((grant) => `${grant.id} ${grant.actorId} ${grant.role}\n`).sort()
  return createHash('sha256').update(lines.join('')).digest()
}

export const listReviews = (act: Act) => allReviews(act.sql)

/** @throws {Refusal} `identity.unknown-review`. */
export async function showReview(act: Act, reviewId: string) {
  const review = await reviewBy(act.sql, reviewId)
  if (review === undefined) throw unknownReview()
  return { review, items: await reviewItems(act.sql, reviewId) }
}

/**
 * Decides on one grant. "Revoke" revokes it in this act. Nobody decides on their own.
 *
 * @throws {Refusal} `identity.review-item-not-open`, `identity.own-rights`,
 *   `identity.last-administrator`.
 */
export async function decideReviewItem(
  act: Act,
  {
    reviewId,
    grantId,
    decision,
  }: {
    readonly reviewId: string
    readonly grantId: string
    readonly decision: 'keep' | 'revoke'
  },
): Promise<{ closed: boolean }> {
  const grant = await grantBy(act.sql, grantId)
  if (grant?.actorId === act.actor.id) throw ownRights()
  const answer = { reviewId, grantId, decision, by: act.actor.id, at: act.now }
  if ((await decideItem(act.sql, answer)) === 0) throw itemNotOpen()
  // A grant that went in the meantime is as revoked as it can be.
  if (decision === 'revoke' && grant !== undefined) await revokeGrant(act, grantId, 'access review')
  act.tell({ reviewId, grantId, decision })
  return { closed: (await closeReview(act.sql, reviewId, act.now)) === 1 }
}

/**
 * Revokes what nobody answered for in time.
 *
 * @returns the grants revoked, and those that stay because without them no administrator would be left.
 */
export async function revokeUnanswered(act: Act): Promise<{ revoked: string[]; kept: string[] }> {
  const revoked: string[] = []
  const kept: string[] = []
  const items = await overdueItems(act.sql, act.now)
  for (const { reviewId, grantId } of items) {
    const answer = { reviewId, grantId, by: act.actor.id, at: act.now }
    await decideItem(act.sql, { ...answer, decision: 'unanswered' })
    if ((await grantBy(act.sql, grantId)) === undefined) continue
    if (await revokedUnlessLast(act, grantId)) revoked.push(grantId)
    else kept.push(grantId)
  }
  for (const reviewId of new Set(items.map((item) => item.reviewId)))
    await closeReview(act.sql, reviewId, act.now)
  act.tell({ revoked, kept })
  return { revoked, kept }
}

async function revokedUnlessLast(act: Act, grantId: string): Promise<boolean> {
  await act.sql.run({ text: 'savepoint revoking' })
  try {
    await revokeGrant(act, grantId, 'access review not answered')
    await act.sql.run({ text: 'release savepoint revoking' })
    return true
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'identity.last-administrator')) throw error
    await act.sql.run({ text: 'rollback to savepoint revoking' })
    return false
  }
}
