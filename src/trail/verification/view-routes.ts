import { flow, type Route, route } from '#kernel'
import { present } from '../entries/wire.ts'
import { packLog } from './pack-flow.ts'
import { listLeaves, viewLog } from './view-acts.ts'
import { ControllerParams, LeafList, LeafQuery, LogView, PackQuery, ZipShape } from './view-wire.ts'

/** A log from its reader's side: above all a controller's, for whoever the controller sends. */
export const viewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/controllers/:controllerId/trail',
    action: 'trail.log.read',
    summary: 'Show how far a controller’s own log has come, and the keys to check it with.',
    params: ControllerParams,
    response: LogView,
    scope: ({ controllerId }) => ({ controllerId }),
    effect: 'read',
    async handle(act) {
      const { log, size, signedSize, signedAt, ...keys } = await viewLog(act)
      return {
        log,
        prefix: `/log/${log}/`,
        size,
        signedSize,
        ...present({ ...keys, signedAt: signedAt?.toISOString() }),
      }
    },
  }),
  route({
    method: 'GET',
    url: '/v1/controllers/:controllerId/trail/entries',
    action: 'trail.leaf.list',
    summary:
      'List everything ever done to a controller’s data, newest first, as the tree binds it: no name stands there.',
    params: ControllerParams,
    query: LeafQuery,
    response: LeafList,
    scope: ({ controllerId }) => ({ controllerId }),
    effect: 'read',
    async handle(act, { query: { before, limit } }) {
      const { next, size, items } = await listLeaves(act, before, limit)
      return { size, items: items as never, ...present({ next }) }
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/controllers/:controllerId/trail/pack',
    action: 'trail.log.pack',
    summary: 'Take a controller’s own log along, in a zip that proves itself without us.',
    params: ControllerParams,
    query: PackQuery,
    response: ZipShape,
    scope: ({ controllerId }) => ({ controllerId }),
    handle: (cross, { query, call }) => packLog(cross, call.now, query.openings === true),
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/trail/pack',
    action: 'trail.log.pack',
    summary: 'Take the house’s log along, in a zip that proves itself without us.',
    query: PackQuery,
    response: ZipShape,
    handle: (cross, { query, call }) => packLog(cross, call.now, query.openings === true),
  }),
]
