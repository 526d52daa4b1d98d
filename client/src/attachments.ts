import type { Answer, AnswerOf, Bytes, Holdfast, Why } from './holdfast.ts'
import { proofIn } from './holdfast.ts'

const contentOperation = 'PUT /v1/controllers/{controllerId}/attachments/{attachmentId}/content'
export type KeptAttachment = AnswerOf<typeof contentOperation>

export interface AttachmentOrder {
  readonly controllerId: string
  readonly subjectId: string
  readonly category: string
  /** Of the file; sealed, as its media type is. */
  readonly name: string
  readonly mediaType: string
  readonly content: Bytes
  readonly why: Why
  readonly signal?: AbortSignal
}

/**
 * Keeps a file of a subject: announces it and sends its content. A connection that breaks leaves
 * nothing of it; send it anew.
 *
 * @throws {Refused} `vault.attachment-too-large`, `vault.upload-interrupted` and others.
 */
export async function putAttachment(
  house: Holdfast,
  { controllerId, subjectId, category, name, mediaType, content, why, signal }: AttachmentOrder,
): Promise<Answer<KeptAttachment>> {
  const stop = signal === undefined ? {} : { signal }
  const announced = await house.call(
    'POST /v1/controllers/{controllerId}/subjects/{subjectId}/attachments',
    { path: { controllerId, subjectId }, body: { category, name, mediaType }, why, ...stop },
  )
  const { attachmentId } = announced.value
  return house.call(contentOperation, {
    path: { controllerId, attachmentId },
    body: content,
    contentType: 'application/octet-stream',
    why,
    ...stop,
  })
}

/** A file's content, as it comes. A stream that ends in an error is not the file. */
export async function readAttachment(
  house: Holdfast,
  path: { readonly controllerId: string; readonly attachmentId: string },
  why: Why,
): Promise<Answer<ReadableStream<Uint8Array>>> {
  const answer = await house.open(
    'GET /v1/controllers/{controllerId}/attachments/{attachmentId}/content',
    { path, why },
  )
  return { value: answer.body!, ...proofIn(answer) }
}
