import { route, type Route } from '#kernel'
import { isDay } from './day.ts'
import { badCursor } from './refusals.ts'
import {
  declareNone,
  endItem,
  listObligations,
  listRegisters,
  reassignItem,
} from './register-acts.ts'
import {
  Done,
  Ended,
  ItemParams,
  NewNone,
  None,
  ObligationPaging,
  Obligations,
  Reassigned,
  RegisterParams,
  Registers,
} from './wire.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** `<due>.<id>` of the last obligation seen. */
function cursorOf(text: string): { due: string; id: string } {
  const [due = '', id = ''] = text.split('.')
  if (!isDay(due) || !uuid.test(id)) throw badCursor()
  return { due, id }
}

export const registerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/registers',
    action: 'governance.register.list',
    summary: 'The registers, with what is open and overdue in each',
    effect: 'read',
    response: Registers,
    async handle(act) {
      return { items: await listRegisters(act) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/registers/:register/none',
    action: 'governance.register.declare-none',
    summary: 'State as a person that there is nothing to enter; counts for a year',
    effect: 'write',
    params: RegisterParams,
    body: NewNone,
    response: None,
    handle: (act, { params, body }) => declareNone(act, params.register, body.reason),
  }),
  route({
    method: 'PATCH',
    url: '/v1/registers/:register/:id',
    action: 'governance.register.reassign',
    summary: 'Give an entry another owner or another due day',
    effect: 'write',
    params: ItemParams,
    body: Reassigned,
    response: Done,
    async handle(act, { params: { register, id }, body }) {
      await reassignItem(act, register, id, body)
      return {}
    },
  }),
  route({
    method: 'POST',
    url: '/v1/registers/:register/:id/end',
    action: 'governance.register.end',
    summary: 'Close an entry for good',
    effect: 'write',
    params: ItemParams,
    body: Ended,
    response: Done,
    async handle(act, { params: { register, id }, body }) {
      await endItem(act, register, id, body.reason)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/obligations',
    action: 'governance.obligation.list',
    summary: 'Everything that waits for somebody, soonest due first',
    effect: 'read',
    query: ObligationPaging,
    response: Obligations,
    handle: (act, { query: { after, until, limit = 50 } }) =>
      listObligations(act, {
        limit,
        ...(after === undefined ? {} : { after: cursorOf(after) }),
        ...(until === undefined ? {} : { until }),
      }),
  }),
]
