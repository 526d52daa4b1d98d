import { type Act, flow, route, Sealed } from '#kernel'
import { contentOf } from '../attachments/flow.ts'
import { copyAnswer, requestAnswer, stepAnswer } from '../subjects/answers.ts'
import * as wire from '../subjects/wire.ts'
import {
  answerRequest,
  answerWithFile,
  carryOut,
  extendRequest,
  forwardRequest,
  instructRequest,
  listRequests,
  nameSubject,
  readRequest,
  receiveRequest,
} from './acts.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const all = '/v1/controllers/:controllerId/subject-requests'
const one = `${all}/:requestId`

/** Taking requests in, and seeing how they stand. */
const taking = [
  route({
    method: 'GET',
    url: '/v1/subject-requests',
    action: 'vault.request.list',
    summary: 'List requests of data subjects in all controllers by their deadlines, naming nobody',
    effect: 'read',
    query: wire.ListQuery,
    response: wire.RequestList,
    async handle(act, { query: { open = false } }) {
      return { items: (await listRequests(act, open)).map(requestAnswer) }
    },
  }),
  route({
    method: 'GET',
    url: all,
    action: 'vault.request.list',
    summary: 'List a controller’s requests of data subjects by their deadlines',
    effect: 'read',
    params: wire.ControllerParams,
    query: wire.ListQuery,
    response: wire.RequestList,
    scope: ofController,
    async handle(act, { query: { open = false } }) {
      return { items: (await listRequests(act, open)).map(requestAnswer) }
    },
  }),
  route({
    method: 'POST',
    url: all,
    action: 'vault.request.receive',
    summary: 'Take a data subject’s request in; it is due one month after its receipt',
    effect: 'write',
    params: wire.ControllerParams,
    body: wire.NewRequest,
    response: wire.RequestFacts,
    scope: ofController,
    async handle(act, { body: { receivedAt, ...terms } }) {
      const at = receivedAt === undefined ? {} : { receivedAt: new Date(receivedAt) }
      return requestAnswer(await receiveRequest(act, { ...terms, ...at }))
    },
  }),
  route({
    method: 'GET',
    url: one,
    action: 'vault.request.read',
    summary: 'Read a request with its steps and what was said at each',
    effect: 'read',
    params: wire.RequestParams,
    response: wire.RequestRead,
    scope: ofController,
    async handle(act, { params: { requestId } }) {
      const sealed = await readRequest(act, requestId)
      return new Sealed(async (receipt) => {
        const { steps, ...request } = await sealed.open(receipt)
        return { ...requestAnswer(request), steps: steps.map(stepAnswer) }
      })
    },
  }),
  route({
    method: 'PUT',
    url: `${one}/subject`,
    action: 'vault.request.receive',
    summary: 'Say whom a request is about',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.Named,
    response: wire.Named,
    scope: ofController,
    async handle(act, { params: { requestId }, body: { subjectId } }) {
      await nameSubject(act, requestId, subjectId)
      return { subjectId }
    },
  }),
]

/** The controller decides, the processor does. */
const deciding = [
  route({
    method: 'POST',
    url: `${one}/forward`,
    action: 'vault.request.forward',
    summary: 'Record that a request was passed on to the controller',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.Forwarding,
    response: wire.Moved,
    scope: ofController,
    async handle(act, { params: { requestId }, body: { how } }) {
      await forwardRequest(act, requestId, how)
      return { requestId, state: 'forwarded' as const }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/instruct`,
    action: 'vault.request.instruct',
    summary: 'Keep the controller’s instruction: to do what was asked, or to decline it',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.Instruction,
    response: wire.Moved,
    scope: ofController,
    async handle(act, { params: { requestId }, body }) {
      await instructRequest(act, requestId, body)
      return { requestId, state: body.comply ? ('instructed' as const) : ('declined' as const) }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/extend`,
    action: 'vault.request.extend',
    summary: 'Give a request two months more, once, within its first month',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.Extension,
    response: wire.Extended,
    scope: ofController,
    async handle(act, { params: { requestId }, body: { why } }) {
      return { requestId, dueAt: (await extendRequest(act, requestId, why)).toISOString() }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/carry-out`,
    action: 'vault.request.carry-out',
    summary:
      'Erase, restrict, object or note a correction as instructed, and end the request with proof',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.CarryOut,
    response: wire.CarriedOut,
    scope: ofController,
    async handle(act, { params: { requestId }, body: { purposes = [] } }) {
      return { requestId, facts: { ...(await carryOut(act, requestId, purposes)) } }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/answer`,
    action: 'vault.request.answer',
    summary: 'Hand out the subject’s own copy of everything held, and end the request with it',
    effect: 'write',
    params: wire.RequestParams,
    response: wire.SubjectCopy,
    scope: ofController,
    async handle(act, { params: { requestId } }) {
      const sealed = await answerRequest(act, requestId)
      return new Sealed(async (receipt) => copyAnswer(await sealed.open(receipt)))
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: `${one}/files/:attachmentId`,
    action: 'vault.request.answer',
    summary: 'Hand out one file of the subject’s own copy: before it, or within seven days after',
    params: wire.CopyFileParams,
    response: wire.CopyFile,
    scope: ofController,
    async handle(cross, { params: { controllerId, requestId, attachmentId } }, { objects }) {
      const deed = (act: Act) => answerWithFile(act, requestId, attachmentId)
      const { fileKey } = await cross(deed, 'read')
      return contentOf(objects, { controllerId, fileKey }, attachmentId)
    },
  }),
]

export const subjectRequestRoutes = [...taking, ...deciding]
