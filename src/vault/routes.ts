import { flow, route, Sealed } from '#kernel'
import {
  afterOf,
  controllerAnswer,
  dueAnswer,
  erasureAnswer,
  listedAnswer,
  listedRecordAnswer,
  namesIn,
  pageOf,
  redatedAnswer,
  storedAnswer,
  subjectAnswer,
} from './answers.ts'
import { attachmentRoutes } from './attachments/routes.ts'
import {
  amendController,
  breachContacts,
  contractOf,
  createController,
} from './controllers/acts.ts'
import { categoryNamed, categoryOfBit } from './controllers/contract.ts'
import { judge } from './controllers/judgement.ts'
import { countsOf, countsOfAll, listControllers } from './controllers/store.ts'
import { eraseSubject, flagSubject } from './erasure/acts.ts'
import { beginLeaving, leaveNow } from './leaving/acts.ts'
import { planEnd } from './leaving/end-plan-acts.ts'
import { closeController, reopenController } from './leaving/return-acts.ts'
import { demandGranted, grantedOf } from './records/access.ts'
import { findSubjects, soughtIn } from './records/find-acts.ts'
import { listRecords } from './records/list-store.ts'
import { readRecordCursor, recordCursor } from './records/list.ts'
import { putRecords } from './records/put-acts.ts'
import { listSubjects, readSubjects } from './records/read-acts.ts'
import { reasonRequired, unknownCategory } from './refusals.ts'
import { requestMailRoutes } from './requests/mail-routes.ts'
import { subjectRequestRoutes } from './requests/routes.ts'
import { previewRetention } from './retention/acts.ts'
import { recordEvent } from './retention/event-acts.ts'
import { subjectRoutes } from './subjects/routes.ts'
import { trailRoutes } from './subjects/trail-routes.ts'
import { tokenRoutes } from './tokens/routes.ts'
import { transfers } from './transfer/routes.ts'
import { verifyRoutes } from './verification/routes.ts'
import * as wire from './wire.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const one = '/v1/controllers/:controllerId'
const nothing = { subjects: 0, records: 0 }

const controllers = [
  route({
    method: 'POST',
    url: '/v1/controllers',
    action: 'vault.controller.create',
    summary: 'Take a controller in: contract, keys, place for data',
    effect: 'write',
    body: wire.NewController,
    response: wire.Controller,
    async handle(act, { body }) {
      return controllerAnswer(await createController(act, body))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/controllers/judge',
    action: 'vault.controller.judge',
    summary: 'Say what a contract would come to, field by field; agrees on nothing',
    effect: 'read',
    body: wire.ContractTerms,
    response: wire.Judged,
    handle: async (_act, { body }) => judge(body),
  }),
  route({
    method: 'POST',
    url: `${one}/judge`,
    action: 'vault.controller.read',
    summary: 'Say what an amendment would come to, and what it would weaken; changes nothing',
    effect: 'read',
    params: wire.ControllerParams,
    body: wire.ContractTerms,
    response: wire.Judged,
    scope: ofController,
    handle: async (act, { body }) => judge(body, await contractOf(act)),
  }),
  route({
    method: 'GET',
    url: '/v1/controllers',
    action: 'vault.controller.list',
    summary: 'List controllers with the facts of their contracts',
    effect: 'read',
    response: wire.Controllers,
    async handle(act) {
      const [all, counts] = [await listControllers(act.sql), await countsOfAll(act.sql)]
      return {
        items: all.map((c) => ({
          ...controllerAnswer(c),
          ...(counts.get(c.controllerId) ?? nothing),
        })),
      }
    },
  }),
  route({
    method: 'GET',
    url: one,
    action: 'vault.controller.read',
    summary: 'Read a controller, its contract and breach contacts',
    effect: 'read',
    params: wire.ControllerParams,
    response: wire.ControllerRead,
    scope: ofController,
    async handle(act, { params: { controllerId } }) {
      const controller = controllerAnswer(await contractOf(act))
      const counts = await countsOf(act.sql, controllerId)
      const contacts = await breachContacts(act, controllerId)
      return new Sealed(async (receipt) => ({
        ...controller,
        ...counts,
        breachContacts: await contacts.open(receipt),
      }))
    },
  }),
  route({
    method: 'PATCH',
    url: one,
    action: 'vault.controller.amend',
    summary: 'Put a new version of the contract in force',
    effect: 'write',
    params: wire.ControllerParams,
    body: wire.AmendController,
    response: wire.Controller,
    scope: ofController,
    async handle(act, { body }) {
      return controllerAnswer(await amendController(act, body))
    },
  }),
  route({
    method: 'GET',
    url: `${one}/offboard`,
    action: 'vault.controller.plan-end',
    summary: 'Try the end of a controller dry: what would be given back, then destroyed',
    effect: 'read',
    params: wire.ControllerParams,
    response: wire.EndPlan,
    scope: ofController,
    async handle(act) {
      return { ...(await planEnd(act)) }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/offboard`,
    action: 'vault.controller.close',
    summary: 'Close a controller for everything but the return of its data',
    effect: 'write',
    params: wire.ControllerParams,
    body: wire.Confirmation,
    response: wire.Controller,
    scope: ofController,
    async handle(act, { body }) {
      return controllerAnswer(await closeController(act, body.name))
    },
  }),
  route({
    method: 'DELETE',
    url: `${one}/offboard`,
    action: 'vault.controller.reopen',
    summary: 'Open a closed controller again',
    effect: 'write',
    params: wire.ControllerParams,
    response: wire.Controller,
    scope: ofController,
    async handle(act) {
      return controllerAnswer(await reopenController(act))
    },
  }),
  flow({
    flow: true,
    method: 'POST',
    url: `${one}/leave`,
    action: 'vault.controller.leave',
    summary: 'End a controller that has its data back: erase all of it and destroy its keys',
    params: wire.ControllerParams,
    body: wire.Leaving,
    response: wire.Controller,
    scope: ofController,
    async handle(cross, { body: { name, ...settled } }) {
      await cross((act) => beginLeaving(act, name, settled))
      return controllerAnswer(await leaveNow(cross))
    },
  }),
  route({
    method: 'GET',
    url: `${one}/retention`,
    action: 'vault.retention.preview',
    summary: 'Show what retention would erase now and soon; erases nothing',
    effect: 'read',
    params: wire.ControllerParams,
    query: wire.PreviewQuery,
    response: wire.RetentionPreview,
    scope: ofController,
    async handle(act, { query: { withinDays = 30 } }) {
      const { due, soon } = await previewRetention(act, withinDays)
      return { due: dueAnswer(due), soon: dueAnswer(soon), withinDays }
    },
  }),
]

const records = [
  route({
    method: 'PUT',
    url: `${one}/records`,
    action: 'vault.record.put',
    summary: 'Store or replace one record',
    effect: 'write',
    purpose: 'required',
    params: wire.ControllerParams,
    body: wire.PutRecord,
    response: wire.StoredRecord,
    scope: ofController,
    async handle(act, { body }) {
      const [stored] = await putRecords(act, [body])
      return storedAnswer(stored!)
    },
  }),
  route({
    method: 'POST',
    url: `${one}/records/batch`,
    action: 'vault.record.put',
    summary: 'Store or replace up to 1,000 records, all or none',
    effect: 'write',
    purpose: 'required',
    bodyLimit: 16 * 1_048_576,
    params: wire.ControllerParams,
    body: wire.PutRecords,
    response: wire.StoredRecords,
    scope: ofController,
    async handle(act, { body }) {
      return { items: (await putRecords(act, body.records)).map(storedAnswer) }
    },
  }),
]

const recordList = route({
  method: 'GET',
  url: `${one}/records`,
  action: 'vault.record.list',
  summary: 'List records under pseudonyms, without data, by when they were stored or end',
  effect: 'read',
  params: wire.ControllerParams,
  query: wire.RecordQuery,
  response: wire.RecordList,
  scope: ofController,
  async handle(act, { query: { sort = 'stored', order = 'asc', category, after, limit = 100 } }) {
    const controller = await contractOf(act)
    const found = category === undefined ? undefined : categoryNamed(controller, category)
    if (category !== undefined && found === undefined) throw unknownCategory()
    if (found !== undefined) demandGranted(act, found.name)
    // Which categories there are of somebody tells of them, too.
    const granted = grantedOf(act, controller)
    const seen =
      granted.length < controller.categories.length ? granted.map(({ bit }) => bit) : null
    const rows = await listRecords(act.sql, controller.controllerId, {
      sort,
      descending: order === 'desc',
      category: found?.bit ?? null,
      seen,
      after: readRecordCursor(after),
      limit,
    })
    const last = rows.at(-1)
    return {
      items: rows.map((row) =>
        listedRecordAnswer(row, categoryOfBit(controller, row.category).name),
      ),
      ...(rows.length === limit && last ? { next: recordCursor(sort, last) } : {}),
    }
  },
})

const subjects = [
  route({
    method: 'POST',
    url: `${one}/subjects/find`,
    action: 'vault.subject.find',
    summary: 'Find subjects by their key or by the exact value of a searchable field',
    effect: 'read',
    purpose: 'required',
    params: wire.ControllerParams,
    body: wire.Sought,
    response: wire.FoundSubjects,
    scope: ofController,
    async handle(act, { body: { after, limit = 100, ...sought } }) {
      const found = await findSubjects(act, soughtIn(sought), afterOf(after), limit)
      return pageOf(found, limit)
    },
  }),
  route({
    method: 'GET',
    url: `${one}/subjects`,
    action: 'vault.subject.list',
    summary: 'List subjects under their pseudonyms, without data',
    effect: 'read',
    params: wire.ControllerParams,
    query: wire.Paging,
    response: wire.Subjects,
    scope: ofController,
    async handle(act, { query: { after, limit = 100 } }) {
      const listed = await listSubjects(act, afterOf(after), limit)
      return pageOf(listed.map(listedAnswer), limit)
    },
  }),
  route({
    method: 'GET',
    url: `${one}/subjects/:subjectId`,
    action: 'vault.record.read',
    summary: 'Read a subject’s records, masked unless reveal is granted',
    effect: 'read',
    purpose: 'required',
    params: wire.SubjectParams,
    query: wire.Categories,
    response: wire.Subject,
    scope: ofController,
    categories: ({ query }) => namesIn(query.categories),
    async handle(act, { params: { subjectId }, query }) {
      const sealed = await readSubjects(act, [subjectId], namesIn(query.categories))
      return new Sealed(async (receipt) => subjectAnswer((await sealed.open(receipt))[0]!))
    },
  }),
  route({
    method: 'PATCH',
    url: `${one}/subjects/:subjectId`,
    action: 'vault.subject.flag',
    summary: 'Restrict a subject or lay a legal hold on it, or lift either',
    effect: 'write',
    params: wire.SubjectParams,
    body: wire.Flags,
    response: wire.Flagged,
    scope: ofController,
    handle: (act, { params, body }) => flagSubject(act, params.subjectId, body),
  }),
  route({
    method: 'PUT',
    url: `${one}/subjects/:subjectId/events`,
    action: 'vault.subject.event',
    summary: 'Record the event that a retention is counted from, such as the end of a contract',
    effect: 'write',
    params: wire.SubjectParams,
    body: wire.SubjectEvent,
    response: wire.Redated,
    scope: ofController,
    async handle(act, { params: { subjectId }, body }) {
      const records = await recordEvent(act, subjectId, body)
      return { subjectId, records: records.map(redatedAnswer) }
    },
  }),
  route({
    method: 'DELETE',
    url: `${one}/subjects/:subjectId`,
    action: 'vault.subject.erase',
    summary: 'Erase a subject; answers with the facts of the certificate',
    effect: 'write',
    params: wire.SubjectParams,
    response: wire.ErasedSubject,
    scope: ofController,
    async handle(act, { params: { subjectId } }) {
      if (act.reason === undefined) throw reasonRequired()
      return erasureAnswer(await eraseSubject(act, subjectId, act.reason))
    },
  }),
]

export const routes = [
  ...controllers,
  ...records,
  recordList,
  ...subjects,
  ...transfers,
  ...attachmentRoutes,
  ...subjectRoutes,
  ...subjectRequestRoutes,
  ...requestMailRoutes,
  ...tokenRoutes,
  ...trailRoutes,
  ...verifyRoutes,
]
