import { flow, route, Sealed } from '#kernel'
import { announceAttachment, eraseAttachment, limitAttachments, listAttachments } from './acts.ts'
import { giveContent, takeContent } from './flow.ts'
import * as wire from './wire.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const controller = '/v1/controllers/:controllerId'
const one = `${controller}/attachments/:attachmentId`

export const attachmentRoutes = [
  route({
    method: 'POST',
    url: `${controller}/subjects/:subjectId/attachments`,
    action: 'vault.attachment.put',
    summary: 'Announce a file of a subject; its content follows under the id this answers with',
    effect: 'write',
    purpose: 'required',
    params: wire.SubjectParams,
    body: wire.NewAttachment,
    response: wire.Announced,
    scope: ofController,
    async handle(act, { params: { subjectId }, body }) {
      return { attachmentId: await announceAttachment(act, subjectId, body) }
    },
  }),
  flow({
    flow: true,
    method: 'PUT',
    url: `${one}/content`,
    action: 'vault.attachment.put',
    summary: 'Send the content of an announced file, any size up to the controller’s limit',
    purpose: 'required',
    streams: ['application/octet-stream'],
    params: wire.AttachmentParams,
    response: wire.Kept,
    scope: ofController,
    handle: (cross, { params: { attachmentId }, stream }, { objects }) =>
      takeContent(cross, objects, attachmentId, stream!),
  }),
  route({
    method: 'GET',
    url: `${controller}/subjects/:subjectId/attachments`,
    action: 'vault.attachment.list',
    summary: 'List a subject’s files, names masked unless reveal is granted',
    effect: 'read',
    purpose: 'required',
    params: wire.SubjectParams,
    response: wire.Attachments,
    scope: ofController,
    async handle(act, { params: { subjectId } }) {
      const sealed = await listAttachments(act, subjectId)
      return new Sealed(async (receipt) => ({
        items: (await sealed.open(receipt)).map(({ storedAt, eraseAfter, ...facts }) => ({
          ...facts,
          storedAt: storedAt.toISOString(),
          eraseAfter: eraseAfter.toISOString(),
        })),
      }))
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: `${one}/content`,
    action: 'vault.attachment.read',
    summary: 'Read a file’s content; who may not reveal its category does not get it',
    purpose: 'required',
    params: wire.AttachmentParams,
    response: wire.Content,
    scope: ofController,
    handle: (cross, { params: { attachmentId } }, { objects }) =>
      giveContent(cross, objects, attachmentId),
  }),
  route({
    method: 'DELETE',
    url: one,
    action: 'vault.attachment.erase',
    summary: 'Erase one file of a subject',
    effect: 'write',
    params: wire.AttachmentParams,
    response: wire.Nothing,
    scope: ofController,
    async handle(act, { params: { attachmentId } }) {
      await eraseAttachment(act, attachmentId)
      return {}
    },
  }),
  route({
    method: 'PUT',
    url: `${controller}/attachment-limit`,
    action: 'vault.attachment.limit',
    summary: 'Set the largest file a controller takes',
    effect: 'write',
    params: wire.ControllerParams,
    body: wire.Limit,
    response: wire.Limit,
    scope: ofController,
    async handle(act, { body: { largestMib } }) {
      await limitAttachments(act, largestMib)
      return { largestMib }
    },
  }),
]
