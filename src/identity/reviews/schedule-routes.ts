import { Type } from 'typebox'
import { flow, type Route, route, Streamed } from '#kernel'
import { renderPdf } from '#ground'
import { withNames } from '../accounts/acts.ts'
import { Nothing, ReviewParams } from '../wire.ts'
import { showReview } from './acts.ts'
import { reviewDocument } from './report.ts'
import { listSchedules, scheduleReviews, stopSchedule } from './schedule-acts.ts'
import * as wire from './wire.ts'

/** Access reviews as documents, and started again and again. */
export const scheduleRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/access-reviews/:reviewId/report',
    action: 'identity.review.report',
    summary: 'The review as a PDF: population, answers, and that what was revoked is gone',
    params: ReviewParams,
    response: Type.Any(),
    async handle(cross, { params, call }, world) {
      const { review, items } = await cross(async (act) => {
        const found = await showReview(act, params.reviewId)
        const people = found.items.flatMap(({ kind, actorId, decidedBy }) => [
          ...(kind === 'person' ? [actorId] : []),
          ...(decidedBy === null ? [] : [decidedBy]),
        ])
        const ids = [...people, found.review.createdBy].filter((id) => id.includes('-'))
        return withNames(act, ids, (nameOf) => ({
          review: {
            ...found.review,
            startedBy: nameOf(found.review.createdBy) ?? found.review.createdBy,
          },
          items: found.items.map((item) => ({
            ...item,
            who: nameOf(item.actorId) ?? `${item.kind} ${item.actorId}`,
            decidedBy: item.decidedBy && (nameOf(item.decidedBy) ?? item.decidedBy),
          })),
        }))
      }, 'read')
      const processor = world.settings.processorName
      const pdf = await renderPdf({
        title: `Access review: ${review.title}`,
        ...(processor === '' ? {} : { author: processor }),
        createdAt: call.now,
        content: reviewDocument(review, items, processor === '' ? 'Holdfast' : processor),
      })
      const name = `access-review-${review.createdAt.toISOString().slice(0, 10)}.pdf`
      return new Streamed('application/pdf', pieces(pdf), name)
    },
  }),

  route({
    method: 'POST',
    url: '/v1/access-review-schedules',
    action: 'identity.review-schedule.add',
    summary: 'Has an access review started again and again.',
    effect: 'write',
    body: wire.NewSchedule,
    response: wire.ScheduleRef,
    handle: (act, { body: { firstAt, ...rest } }) =>
      scheduleReviews(act, { ...rest, firstAt: new Date(firstAt) }),
  }),

  route({
    method: 'GET',
    url: '/v1/access-review-schedules',
    action: 'identity.review-schedule.list',
    summary: 'Lists schedules of access reviews.',
    effect: 'read',
    response: wire.Schedules,
    async handle(act) {
      const rows = await listSchedules(act)
      return {
        items: rows.map(({ id, roles, controllers, nextAt, createdAt, ...row }) => ({
          ...row,
          scheduleId: id,
          roles: roles && [...roles],
          controllers: controllers && [...controllers],
          nextAt: nextAt.toISOString(),
          createdAt: createdAt.toISOString(),
        })),
      }
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/access-review-schedules/:scheduleId',
    action: 'identity.review-schedule.stop',
    summary: 'Ends a schedule of access reviews; reviews under way go on.',
    effect: 'write',
    params: wire.ScheduleParams,
    response: Nothing,
    async handle(act, { params }) {
      await stopSchedule(act, params.scheduleId)
      return {}
    },
  }),
]

async function* pieces(bytes: Buffer) {
  yield bytes
}
