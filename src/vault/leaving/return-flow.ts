import { createHash } from 'node:crypto'
import { type Cross, type ObjectStore, Streamed } from '#kernel'
import { contentContext, partPlace, placeOf } from '../attachments/attachment.ts'
import { contentMissing } from '../refusals.ts'
import {
  archiveHead,
  archiveMediaType,
  archiveRecords,
  filesHead,
  filesTail,
} from '../transfer/archive.ts'
import { beginReturn, endReturn, returnBatch, returnFile, returnFiles } from './return-acts.ts'

/**
 * Gives a closed controller everything back as one archive (`docs/archive.md`): all records, then its
 * files. Each batch, and each file, leaves after its own entry. The last line leaves after the digest
 * of the whole is noted, so that only who has that line can show the digest.
 *
 * @throws {Refusal} what {@link beginReturn} throws; `vault.content-missing` breaks it off.
 */
export async function returnAll(cross: Cross, objects: ObjectStore): Promise<Streamed> {
  const controller = await cross(beginReturn, 'read')
  const { controllerId, name, categories, purposes } = controller
  const hash = createHash('sha256')
  let bytes = 0
  const passed = (piece: string): Buffer => {
    const whole = Buffer.from(piece)
    bytes += whole.length
    hash.update(whole)
    return whole
  }
  async function* pieces(): AsyncGenerator<Buffer> {
    const records = archiveRecords()
    let head = archiveHead({
      controllerId,
      exportedAt: (await cross(async (act) => act.now, 'read')).toISOString(),
      contract: { name, categories, purposes },
    })
    for (let after: number | undefined = 0; after !== undefined;) {
      const from: number = after
      const part = await cross((act) => returnBatch(act, from), 'read')
      yield passed(`${head}${part.subjects.map(records.lines).join('')}`)
      head = ''
      after = part.next
    }
    yield passed(filesHead(records.total()))
    let files = 0
    for await (const piece of filesOf(cross, objects, controllerId)) {
      const isNext = piece.first && files > 0
      if (piece.first) files += 1
      yield passed(isNext ? `,${piece.text}` : piece.text)
    }
    const tail = passed(filesTail(files))
    const facts = { records: records.total(), files, bytes }
    const sha256 = hash.digest()
    await cross((act) => endReturn(act, sha256, facts))
    yield tail
  }
  return new Streamed(archiveMediaType, pieces(), `${controllerId}.archive.json`)
}

async function* filesOf(cross: Cross, objects: ObjectStore, controllerId: string) {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const last = after
    const ids = await cross((act) => returnFiles(act, last), 'read')
    for (const attachmentId of ids) {
      const file = await cross((act) => returnFile(act, attachmentId), 'read')
      if (file === undefined) continue
      const place = placeOf(controllerId, attachmentId)
      const context = contentContext(controllerId, attachmentId)
      yield { first: true, text: `${JSON.stringify(file.facts).slice(0, -1)},"content":"` }
      for await (const text of base64(file.fileKey.open(partsOf(objects, place), context)))
        yield { first: false, text }
      yield { first: false, text: '"}\n' }
    }
    if (ids.length === 0) return
    after = ids.at(-1)!
  }
}

async function* partsOf(objects: ObjectStore, place: string): AsyncGenerator<Uint8Array> {
  for (let number = 0; ; number += 1) {
    const part = await objects.get(partPlace(place, number))
    if (part === undefined && number === 0) throw contentMissing()
    if (part === undefined) return
    yield part
  }
}

/** Base64 (RFC 4648, section 4) piece by piece: three bytes make four characters, and only the end is padded. */
async function* base64(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    const all = Buffer.concat([rest, piece])
    const even = all.length - (all.length % 3)
    rest = all.subarray(even)
    if (even > 0) yield all.subarray(0, even).toString('base64')
  }
  if (rest.length > 0) yield rest.toString('base64')
}
