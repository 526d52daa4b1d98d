import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Cross, type ObjectStore, Streamed } from '#kernel'
import { attachmentTooLarge, contentMissing, uploadInterrupted } from '../refusals.ts'
import { beginContent, type Content, giveUpContent, keepContent, readContent } from './acts.ts'
import { contentContext, partPlace, partsOf, placeOf } from './attachment.ts'

/**
 * Takes a file's content in: sealed in chunks as it comes, put away part by part, kept once it is whole.
 * What does not come whole leaves nothing.
 *
 * @throws {Refusal} `vault.attachment-too-large`, `vault.upload-interrupted`, and what the acts refuse.
 */
export async function takeContent(
  cross: Cross,
  objects: ObjectStore,
  attachmentId: string,
  stream: Readable,
) {
  const { controllerId, fileKey, limitBytes } = await cross((act) =>
    beginContent(act, attachmentId),
  )
  const place = placeOf(controllerId, attachmentId)
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of unbroken(stream)) {
      sizeBytes += chunk.length
      if (sizeBytes > limitBytes) throw attachmentTooLarge(limitBytes)
      hash.update(chunk)
      yield chunk
    }
  }
  let parts = 0
  try {
    const sealed = fileKey.seal(counted(), contentContext(controllerId, attachmentId))
    for await (const part of partsOf(sealed)) {
      await objects.putOnce(partPlace(place, parts), part)
      parts += 1
    }
    const content = { sizeBytes, sha256: hash.digest() }
    const { subjectId, eraseAfter } = await cross((act) => keepContent(act, attachmentId, content))
    return {
      attachmentId,
      subjectId,
      sizeBytes,
      sha256: content.sha256.toString('hex'),
      eraseAfter: eraseAfter.toISOString(),
    }
  } catch (error) {
    // The row goes first: when the rest fails as well, the job finds it and removes what is left.
    await cross((act) => giveUpContent(act, attachmentId)).catch(() => {})
    await removeObjects(objects, place).catch(() => {})
    throw error
  }
}

/** Gives a file's content out, part by part, after its entry is committed. */
export async function giveContent(
  cross: Cross,
  objects: ObjectStore,
  attachmentId: string,
): Promise<Streamed> {
  const content = await cross((act) => readContent(act, attachmentId), 'read')
  return contentOf(objects, content, attachmentId)
}

/** A file's bytes as a stream. @throws {Refusal} `vault.content-missing`. */
export async function contentOf(
  objects: ObjectStore,
  { controllerId, fileKey }: Content,
  attachmentId: string,
): Promise<Streamed> {
  const place = placeOf(controllerId, attachmentId)
  const first = await objects.get(partPlace(place, 0))
  if (first === undefined) throw contentMissing()
  async function* parts(): AsyncGenerator<Uint8Array> {
    let part = first
    for (let number = 1; part !== undefined; number += 1) {
      yield part
      part = await objects.get(partPlace(place, number))
    }
  }
  const pieces = fileKey.open(parts(), contentContext(controllerId, attachmentId))
  // Never its own type: what somebody sent us runs in nobody's browser.
  return new Streamed('application/octet-stream', pieces, attachmentId)
}

/** Removes every object of a file. */
export async function removeObjects(objects: ObjectStore, place: string): Promise<void> {
  for await (const key of objects.list(place)) await objects.remove(key)
}

/** The stream's chunks. Left early, the stream stays open: the caller's answer goes out on its connection. */
async function* unbroken(stream: Readable): AsyncGenerator<Uint8Array> {
  const chunks = stream.iterator({ destroyOnReturn: false })
  for (;;) {
    const next = await chunks.next().catch(() => {
      throw uploadInterrupted()
    })
    if (next.done === true) return
    yield next.value as Uint8Array
  }
}
