import { type Route, route } from '#kernel'
import { withNames } from '../accounts/acts.ts'
import { iso } from '../iso.ts'
import * as wire from '../wire.ts'
import { decideReviewItem, listReviews, showReview, startReview } from './acts.ts'
import type { ReviewRow } from './store.ts'

/** Access reviews: who still needs what. */
export const reviewRoutes: readonly Route[] = [
  route({
    method: 'POST',
    url: '/v1/access-reviews',
    action: 'identity.review.start',
    summary: 'Starts an access review over the grants in force now.',
    effect: 'write',
    body: wire.NewReview,
    response: wire.ReviewRef,
    handle: (act, { body: { dueAt, ...rest } }) =>
      startReview(act, { ...rest, dueAt: new Date(dueAt) }),
  }),

  route({
    method: 'GET',
    url: '/v1/access-reviews',
    action: 'identity.review.list',
    summary: 'Lists access reviews, newest first.',
    effect: 'read',
    response: wire.Reviews,
    async handle(act) {
      return { items: (await listReviews(act)).map(reviewShown) }
    },
  }),

  route({
    method: 'GET',
    url: '/v1/access-reviews/:reviewId',
    action: 'identity.review.read',
    summary: 'Shows a review and every grant in it.',
    effect: 'read',
    params: wire.ReviewParams,
    response: wire.ReviewShown,
    async handle(act, { params }) {
      const { review, items } = await showReview(act, params.reviewId)
      const people = items.filter(({ kind }) => kind === 'person').map(({ actorId }) => actorId)
      return withNames(act, people, (nameOf) => ({
        review: reviewShown(review),
        items: items.map(({ kind, controllers, lastUsedAt, decidedAt, probedAt, ...item }) => {
          const actorName = nameOf(item.actorId)
          return {
            ...item,
            ...(actorName === undefined ? {} : { actorName }),
            actorKind: kind,
            controllers: controllers && [...controllers],
            lastUsedAt: iso(lastUsedAt),
            decidedAt: iso(decidedAt),
            probedAt: iso(probedAt),
          }
        }),
      }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/access-reviews/:reviewId/decisions',
    action: 'identity.review.decide',
    summary: 'Keeps, limits or revokes one grant; it takes effect in this act.',
    effect: 'write',
    params: wire.ReviewParams,
    body: wire.ReviewDecision,
    response: wire.ReviewState,
    handle: (
      act,
      { params: { reviewId }, body: { limit: { expiresAt, ...limit } = {}, ...body } },
    ) =>
      decideReviewItem(act, {
        ...body,
        reviewId,
        limit: {
          ...limit,
          ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
        },
      }),
  }),
]

const reviewShown = ({
  id,
  population,
  createdAt,
  dueAt,
  closedAt,
  roles,
  controllers,
  ...review
}: ReviewRow) => ({
  ...review,
  roles: roles && [...roles],
  controllers: controllers && [...controllers],
  reviewId: id,
  populationSha256: population.toString('hex'),
  createdAt: createdAt.toISOString(),
  dueAt: dueAt.toISOString(),
  closedAt: iso(closedAt),
})
