import { flow, route, Sealed } from '#kernel'
import { storedAnswer } from '../answers.ts'
import { rectify } from '../records/rectify-flow.ts'
import { revealField } from '../records/reveal-acts.ts'
import { askToExport, decideExport, listExportRequests } from '../transfer/approval-acts.ts'
import { exportRequestAnswer, saidAnswer } from './answers.ts'
import { readStatements, recordStatement } from './consent-acts.ts'
import * as wire from './wire.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const controller = '/v1/controllers/:controllerId'
const subject = `${controller}/subjects/:subjectId`

/** One subject: one field of it, and what it said. */
const subjects = [
  route({
    method: 'POST',
    url: `${subject}/reveal`,
    action: 'vault.field.reveal',
    summary: 'Show one field of a subject in full, with an entry of its own',
    effect: 'read',
    purpose: 'required',
    params: wire.SubjectParams,
    body: wire.FieldPlace,
    response: wire.RevealedField,
    scope: ofController,
    handle: (act, { params: { subjectId }, body }) => revealField(act, subjectId, body),
  }),
  flow({
    flow: true,
    method: 'PATCH',
    url: `${subject}/records/:category`,
    action: 'vault.record.rectify',
    summary: 'Put single fields of a record right; the others stay as they are',
    purpose: 'required',
    params: wire.RecordParams,
    body: wire.Corrections,
    response: wire.Corrected,
    scope: ofController,
    categories: ({ params: { category } }) => [category],
    async handle(cross, { params: { subjectId, category }, body: { fields } }) {
      return storedAnswer(await rectify(cross, { subjectId, category, fields }))
    },
  }),
  route({
    method: 'PUT',
    url: `${subject}/consents`,
    action: 'vault.consent.record',
    summary:
      'Record a subject’s consent or objection to a purpose, or its withdrawal, with evidence',
    effect: 'write',
    params: wire.SubjectParams,
    body: wire.Statement,
    response: wire.Recorded,
    scope: ofController,
    handle: (act, { params: { subjectId }, body }) => recordStatement(act, subjectId, body),
  }),
  route({
    method: 'GET',
    url: `${subject}/consents`,
    action: 'vault.consent.read',
    summary: 'Read what a subject consented and objected to, with the evidence',
    effect: 'read',
    params: wire.SubjectParams,
    response: wire.Statements,
    scope: ofController,
    async handle(act, { params: { subjectId } }) {
      const sealed = await readStatements(act, subjectId)
      return new Sealed(async (receipt) => ({
        items: (await sealed.open(receipt)).map(saidAnswer),
      }))
    },
  }),
]

const approvals = [
  route({
    method: 'POST',
    url: `${controller}/export-requests`,
    action: 'vault.export-request.make',
    summary: 'Ask a second person to approve an export of many subjects',
    effect: 'write',
    purpose: 'required',
    params: wire.ControllerParams,
    body: wire.ExportAsk,
    response: wire.ExportAsked,
    scope: ofController,
    handle: (act, { body: { categories } }) => askToExport(act, categories),
  }),
  route({
    method: 'GET',
    url: `${controller}/export-requests`,
    action: 'vault.export-request.list',
    summary: 'List exports that were asked for, and who decided',
    effect: 'read',
    params: wire.ControllerParams,
    response: wire.ExportRequests,
    scope: ofController,
    async handle(act) {
      const sealed = await listExportRequests(act)
      return new Sealed(async (receipt) => ({
        items: (await sealed.open(receipt)).map(exportRequestAnswer),
      }))
    },
  }),
  route({
    method: 'POST',
    url: `${controller}/export-requests/:requestId/decide`,
    action: 'vault.export-request.decide',
    summary: 'Approve an export that somebody else asked for, for one export, or decline it',
    effect: 'write',
    params: wire.RequestParams,
    body: wire.Decision,
    response: wire.Decided,
    scope: ofController,
    async handle(act, { params: { requestId }, body: { approve } }) {
      await decideExport(act, requestId, approve)
      return { requestId, approved: approve }
    },
  }),
]

export const subjectRoutes = [...subjects, ...approvals]
