import type { Static } from 'typebox'
import { type Route, route, Sealed } from '#kernel'
import { askToEraseActor } from './acts.ts'
import {
  type Due,
  askToRetain,
  dueUnder,
  endHold,
  holds,
  layHold,
  promiseRetention,
  retention,
} from './retention-acts.ts'
import { monthName } from './retention.ts'
import {
  ActorParams,
  Done,
  DueShape,
  HoldList,
  HoldParams,
  HoldRef,
  NewHold,
  RetentionQuery,
  RetentionShape,
  RetentionView,
  WithReason,
} from './retention-wire.ts'

export const retentionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/trail/retention',
    action: 'trail.retention.read',
    summary:
      'Show how long payloads and bundles stay, and what would go now; a dry run, also of another policy.',
    query: RetentionQuery,
    response: RetentionView,
    effect: 'read',
    async handle(act, { query }) {
      const { at, ...inForce } = await retention(act)
      const policy = { ...inForce, ...query }
      return { ...policy, since: at.toISOString(), due: toDue(await dueUnder(act, policy)) }
    },
  }),
  route({
    method: 'PUT',
    url: '/v1/trail/retention',
    action: 'trail.retention.promise',
    summary: 'Promise another retention. Nothing goes before the next nightly run.',
    body: RetentionShape,
    response: RetentionShape,
    effect: 'write',
    async handle(act, { body }) {
      await promiseRetention(act, body)
      return body
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/retention/run',
    action: 'trail.retention.run',
    summary: 'Let go now what the retention in force lets go, instead of tonight.',
    response: DueShape,
    effect: 'write',
    async handle(act) {
      return toDue(await askToRetain(act))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/actors/:actorId/erase',
    action: 'trail.actor.erase',
    summary:
      'Erase name, addresses and reasons of an actor who has left from all payloads up to now.',
    params: ActorParams,
    body: WithReason,
    response: Done,
    effect: 'write',
    async handle(act, { params, body }) {
      await askToEraseActor(act, params.actorId, body.reason)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/trail/holds',
    action: 'trail.hold.list',
    summary: 'List legal holds on the trail, lifted ones too.',
    response: HoldList,
    effect: 'read',
    async handle(act) {
      const all = await holds(act)
      return new Sealed(async (receipt) => ({
        items: (await all.open(receipt)).map((hold) => ({
          ...hold,
          laidAt: hold.laidAt.toISOString(),
          liftedAt: hold.liftedAt?.toISOString() ?? null,
        })),
      }))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/holds',
    action: 'trail.hold.lay',
    summary: 'Lay a legal hold on one log, or on all: nothing of it goes until it is lifted.',
    body: NewHold,
    response: HoldRef,
    effect: 'write',
    async handle(act, { body: { log, reason } }) {
      return { holdId: await layHold(act, log ?? null, reason) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/holds/:holdId/lift',
    action: 'trail.hold.lift',
    summary: 'Lift a legal hold. What it kept from being erased goes within minutes.',
    params: HoldParams,
    body: WithReason,
    response: Done,
    effect: 'write',
    async handle(act, { params, body }) {
      await endHold(act, params.holdId, body.reason)
      return {}
    },
  }),
]

const toDue = ({ months, bundles }: Due): Static<typeof DueShape> => ({
  months: months.map(({ month, logs }) => ({ month: monthName(month), logs: [...logs] })),
  bundles: [...bundles],
})
