import { type Route, route } from '#kernel'
import { iso } from '../iso.ts'
import { seeNotice } from '../persons/notice-acts.ts'
import { unseenNotices } from '../persons/notice-store.ts'
import { noticeText } from '../persons/notice.ts'
import { personsOnly } from '../refusals.ts'
import * as wire from '../rights/wire.ts'
import { shown } from '../shown.ts'
import { Nothing, PersonParams } from '../wire.ts'
import {
  approveRequest,
  askAccess,
  listRequests,
  type openRequests,
  refuseRequest,
  withdrawRequest,
} from './acts.ts'
import {
  confirmGlass,
  designate,
  listGlassHolders,
  listWaitingGlass,
  openGlass,
  reviewGlass,
  undesignate,
} from './glass-acts.ts'

type Requests = Awaited<ReturnType<typeof openRequests>>

/** Access in time: asked for, answered by somebody else, ended by itself; and the glass to break. */
export const requestRoutes: readonly Route[] = [
  route({
    method: 'POST',
    url: '/v1/self/access-requests',
    action: 'identity.self.ask-access',
    summary: 'Asks for a role for a time, with a reason.',
    effect: 'write',
    body: wire.NewRequest,
    response: wire.RequestRef,
    async handle(act, { body }) {
      if (act.actor.kind !== 'person') throw personsOnly()
      return askAccess(act, body)
    },
  }),

  route({
    method: 'GET',
    url: '/v1/self/access-requests',
    action: 'identity.self.access-requests',
    summary: 'Lists the own requests, newest first.',
    effect: 'read',
    response: wire.Requests,
    async handle(act) {
      if (act.actor.kind !== 'person') throw personsOnly()
      return requestsShown(await listRequests(act, act.actor.id))
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/self/access-requests/:requestId',
    action: 'identity.self.withdraw-request',
    summary: 'Withdraws an own request that has no answer yet.',
    effect: 'write',
    params: wire.RequestParams,
    response: Nothing,
    async handle(act, { params }) {
      await withdrawRequest(act, params.requestId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/access-requests',
    action: 'identity.request.list',
    summary: 'Lists requests for access, newest first.',
    effect: 'read',
    response: wire.Requests,
    handle: async (act) => requestsShown(await listRequests(act, null)),
  }),

  route({
    method: 'POST',
    url: '/v1/access-requests/:requestId/approve',
    action: 'identity.request.approve',
    summary:
      "Approves somebody else's request: the role is theirs from now on, for the time asked.",
    effect: 'write',
    params: wire.RequestParams,
    response: Nothing,
    async handle(act, { params }) {
      await approveRequest(act, params.requestId)
      return {}
    },
  }),

  route({
    method: 'POST',
    url: '/v1/access-requests/:requestId/refuse',
    action: 'identity.request.refuse',
    summary: "Refuses somebody else's request.",
    effect: 'write',
    params: wire.RequestParams,
    response: Nothing,
    async handle(act, { params }) {
      await refuseRequest(act, params.requestId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/break-glass',
    action: 'identity.break-glass.list',
    summary: 'Lists who may open the glass, and whether they are ready.',
    effect: 'read',
    response: wire.GlassHolders,
    async handle(act) {
      const list = await listGlassHolders(act)
      return shown(list, (rows) => ({
        items: rows.map(({ designatedAt, testedAt, ...row }) => ({
          ...row,
          designatedAt: designatedAt.toISOString(),
          testedAt: iso(testedAt),
        })),
      }))
    },
  }),

  route({
    method: 'PUT',
    url: '/v1/break-glass/:personId',
    action: 'identity.break-glass.designate',
    summary: 'Designates a person who may open the glass, together with another.',
    effect: 'write',
    params: PersonParams,
    response: Nothing,
    async handle(act, { params }) {
      await designate(act, params.personId)
      return {}
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/break-glass/:personId',
    action: 'identity.break-glass.undesignate',
    summary: 'Takes from a person that they may open the glass.',
    effect: 'write',
    params: PersonParams,
    response: Nothing,
    async handle(act, { params }) {
      await undesignate(act, params.personId)
      return {}
    },
  }),

  route({
    method: 'POST',
    url: '/v1/break-glass/requests/:requestId/review',
    action: 'identity.break-glass.review',
    summary: 'Writes down what a look at finished break-glass access found.',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.GlassReview,
    response: Nothing,
    async handle(act, { params, body }) {
      await reviewGlass(act, params.requestId, body.note)
      return {}
    },
  }),

  route({
    method: 'POST',
    url: '/v1/self/break-glass',
    action: 'identity.self.break-glass',
    summary: 'First of two: asks to open a role for an hour at most, in an emergency.',
    effect: 'write',
    body: wire.NewGlass,
    response: wire.RequestRef,
    handle: (act, { body }) => openGlass(act, body),
  }),

  route({
    method: 'GET',
    url: '/v1/self/break-glass',
    action: 'identity.self.waiting-break-glass',
    summary:
      'Says whether one was designated, and lists break-glass access that waits for a second person.',
    effect: 'read',
    response: wire.WaitingGlass,
    async handle(act) {
      const { isHolder, waiting } = await listWaitingGlass(act)
      return shown(requestsShown(waiting), (requests) => ({ ...requests, designated: isHolder }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/self/break-glass/:requestId/confirm',
    action: 'identity.self.confirm-break-glass',
    summary: 'Second of two: confirms, and the access is open.',
    effect: 'write',
    params: wire.RequestParams,
    response: Nothing,
    async handle(act, { params }) {
      await confirmGlass(act, params.requestId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/self/notices',
    action: 'identity.self.notices',
    summary: 'Lists what the house wants to tell its caller.',
    effect: 'read',
    response: wire.Notices,
    async handle(act) {
      const { actor, sql, now } = act
      const notices = actor.kind === 'person' ? await unseenNotices(sql, actor.id, now) : []
      return {
        items: notices.map(({ id, kind, facts, about, createdAt, endsAt }) => ({
          noticeId: id,
          kind,
          ...noticeText(kind, facts, now),
          createdAt: createdAt.toISOString(),
          controllerId: facts['controllerId'] ?? null,
          about,
          endsAt: endsAt?.toISOString() ?? null,
        })),
      }
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/self/notices/:noticeId',
    action: 'identity.self.see-notice',
    summary: 'Puts a notice away.',
    effect: 'write',
    params: wire.NoticeParams,
    response: Nothing,
    async handle(act, { params }) {
      await seeNotice(act, params.noticeId)
      return {}
    },
  }),
]

const requestsShown = (list: Requests) =>
  shown(list, (rows) => ({
    items: rows.map(
      ({
        id,
        createdAt,
        lapsesAt,
        decidedAt,
        endsAt,
        reviewedAt,
        controllers,
        categories,
        purposes,
        ...row
      }) => ({
        ...row,
        requestId: id,
        controllers: controllers && [...controllers],
        categories: categories && [...categories],
        purposes: purposes && [...purposes],
        createdAt: createdAt.toISOString(),
        lapsesAt: lapsesAt.toISOString(),
        decidedAt: iso(decidedAt),
        endsAt: iso(endsAt),
        reviewedAt: iso(reviewedAt),
      }),
    ),
  }))
