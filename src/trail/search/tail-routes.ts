import { flow, type Route, Streamed } from '#kernel'
import { filterOf } from '../entries/wire.ts'
import { notACursor } from '../refusals.ts'
import { Tailed, TailQuery } from './wire.ts'
import { tail, tailAction } from './tail-flow.ts'

export const tailRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/trail/tail',
    action: tailAction,
    summary: 'Follow new entries as server-sent events; Last-Event-ID goes on where one was.',
    query: TailQuery,
    response: Tailed,
    async handle(cross, { query: { after, ...asked }, call }, world) {
      // An EventSource sends this header when it comes back; it knows better than the address line.
      const last = call.header('last-event-id') ?? after
      if (last !== undefined && !/^\d{1,15}$/.test(last)) throw notACursor()
      const order = {
        filter: filterOf(asked),
        asked,
        after: last === undefined ? undefined : Number(last),
      }
      return new Streamed('text/event-stream', tail(cross, order, call, world))
    },
  }),
]
