import { createHash } from 'node:crypto'
import { type Act, Refusal } from '#kernel'
import { enqueue, newId } from '#ground'
import { notify } from '../persons/notice-acts.ts'
import { peopleWhoMay } from '../persons/notice-store.ts'
import {
  itemNotOpen,
  limitNotNarrower,
  nothingToReview,
  ownRights,
  reviewNotInFuture,
  unknownReview,
} from '../refusals.ts'
import { type Granting, putGrant, revokeGrant } from '../rights/grant-acts.ts'
import { grantBy, type GrantRow, grantsAfter } from '../rights/grant-store.ts'
import { reaches } from '../rights/rights.ts'
import {
  allReviews,
  closeReview,
  decideItem,
  insertReview,
  insertReviewItems,
  overdueItems,
  reviewBy,
  reviewItems,
  setSuccessor,
} from './store.ts'

const firstId = '00000000-0000-0000-0000-000000000000'
const mostGrants = 100_000

/**
 * Starts an access review: the grants in force now are its population, frozen and hashed. Each is
 * to be kept or revoked by `dueAt`; what nobody answers is revoked then.
 *
 * @param about - only grants of these roles, or that reach these controllers; undefined takes all.
 * @throws {Refusal} `identity.review-not-in-future`, `identity.nothing-to-review`.
 */
export async function startReview(
  act: Act,
  about: {
    readonly title: string
    readonly dueAt: Date
    readonly roles?: readonly string[] | undefined
    readonly controllers?: readonly string[] | undefined
    readonly scheduleId?: string
  },
): Promise<{ reviewId: string; items: number }> {
  const { title, dueAt, roles, controllers } = about
  const query = { after: firstId, now: act.now, limit: mostGrants, unusedSince: null }
  const grants = (await grantsAfter(act.sql, query)).filter(
    (grant) =>
      (roles === undefined || roles.includes(grant.role)) &&
      (controllers === undefined ||
        grant.controllers === null ||
        grant.controllers.some((id) => controllers.includes(id))),
  )
  const started = await freeze(act, { ...about, grants, canary: false })
  const reviewers = await peopleWhoMay(act.sql, 'identity.review.decide', act.now)
  await notify(act, reviewers, 'review-asked', { title, at: dueAt.toISOString() })
  return started
}

/** Freezes given grants as the population of a review. */
export async function freeze(
  act: Act,
  {
    title,
    dueAt,
    grants,
    canary,
    roles = null,
    controllers = null,
    scheduleId = null,
  }: {
    readonly title: string
    readonly dueAt: Date
    readonly grants: readonly { id: string; actorId: string; role: string }[]
    readonly canary: boolean
    readonly roles?: readonly string[] | null | undefined
    readonly controllers?: readonly string[] | null | undefined
    readonly scheduleId?: string | null
  },
): Promise<{ reviewId: string; items: number }> {
  if (!(dueAt > act.now)) throw reviewNotInFuture()
  if (grants.length === 0) throw nothingToReview()
  const id = newId()
  const population = populationHash(grants)
  const by = { createdBy: act.actor.id, createdAt: act.now }
  const about = { roles, controllers, scheduleId }
  await insertReview(act.sql, { id, title, dueAt, population, canary, ...about, ...by })
  await insertReviewItems(
    act.sql,
    id,
    grants.map((grant) => grant.id),
  )
  act.tell({ reviewId: id, items: grants.length, population: population.toString('hex') })
  return { reviewId: id, items: grants.length }
}

/** SHA-256 over the lines `<grant> <actor> <role>\n`, sorted: what was to be reviewed, and no less. */
function populationHash(grants: readonly { id: string; actorId: string; role: string }[]): Buffer {
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

/** What is left of a limited grant: bounds it keeps may be left out. */
export type Limit = Partial<Pick<Granting, 'controllers' | 'categories' | 'purposes' | 'expiresAt'>>

/**
 * Decides on one grant. "Revoke" revokes it in this act; "limit" puts a narrower one in its place in
 * this act. Nobody decides on their own.
 *
 * @throws {Refusal} `identity.review-item-not-open`, `identity.own-rights`,
 *   `identity.last-administrator`, `identity.limit-not-narrower`.
 */
export async function decideReviewItem(
  act: Act,
  {
    reviewId,
    grantId,
    decision,
    limit = {},
  }: {
    readonly reviewId: string
    readonly grantId: string
    readonly decision: 'keep' | 'revoke' | 'limit'
    readonly limit?: Limit | undefined
  },
): Promise<{ closed: boolean }> {
  const grant = await grantBy(act.sql, grantId)
  if (grant?.actorId === act.actor.id) throw ownRights()
  const answer = { reviewId, grantId, decision, by: act.actor.id, at: act.now }
  if ((await decideItem(act.sql, answer)) === 0) throw itemNotOpen()
  // A grant that went in the meantime is as revoked as it can be.
  if (decision === 'revoke' && grant !== undefined) {
    await revokeGrant(act, grantId, 'access review')
    await tryRevocations(act)
  }
  if (decision === 'limit') {
    if (grant === undefined) throw itemNotOpen()
    await setSuccessor(act.sql, reviewId, grantId, await limitGrant(act, grant, limit))
  }
  act.tell({ reviewId, grantId, decision })
  return { closed: (await closeReview(act.sql, reviewId, act.now)) === 1 }
}

/** What a review revoked is tried over the real listener, once this is committed. */
const tryRevocations = (act: Act) =>
  enqueue(act.sql, 'identity.try-revocations', {}, { key: 'identity.try-revocations' })

async function limitGrant(act: Act, old: GrantRow, limit: Limit): Promise<string> {
  const narrow = {
    actorId: old.actorId,
    role: old.role,
    controllers: limit.controllers ?? old.controllers,
    categories: limit.categories ?? old.categories,
    purposes: limit.purposes ?? old.purposes,
    expiresAt: limit.expiresAt ?? old.expiresAt,
  }
  const later = (a: Date | null, b: Date | null) => b !== null && (a === null || a > b)
  const sooner = later(old.expiresAt, narrow.expiresAt)
  const wider = !reaches(old, { ...old, ...narrow }) || later(narrow.expiresAt, old.expiresAt)
  if (wider || (!sooner && reaches({ ...old, ...narrow }, old))) throw limitNotNarrower()
  await revokeGrant(act, old.id, 'limited by access review')
  const { grantId } = await putGrant(act, narrow, old.origin)
  return grantId
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
  if (revoked.length > 0) await tryRevocations(act)
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
