import { type Act, Sealed } from '#kernel'
import { type FileKey, openFileKey, openRecord, subjectKeys } from '#keys'
import { categoryOfBit, type Controller } from '../controllers/contract.ts'
import { identifierContext, type Subject } from '../subjects/subject.ts'
import { attachmentContext, type AttachmentRow, type FileAbout } from './attachment.ts'

/** All that is said of a file. */
export interface FileFacts extends FileAbout {
  readonly attachmentId: string
  readonly subjectId: string
  readonly subjectKey: string
  readonly category: string
  readonly sizeBytes: number
  /** Of its content, hex. */
  readonly sha256: string
  readonly storedAt: Date
  readonly eraseAfter: Date
}

/** What is said of files of one living subject, in full, and the keys of their contents. Each is touched. */
export async function wholeFiles(
  act: Act,
  controller: Controller,
  { subjectId, ordinal, keySealed }: Subject & { readonly keySealed: Buffer },
  rows: readonly AttachmentRow[],
): Promise<Sealed<{ readonly facts: FileFacts; readonly fileKey: FileKey }[]>> {
  if (rows.length === 0) return new Sealed(() => [])
  for (const row of rows)
    act.touch({ subject: ordinal, record: row.ordinal, category: row.category })
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  return new Sealed((receipt) =>
    rows.map((row) => {
      const { attachmentId, sizeBytes, storedAt, eraseAfter } = row
      const open = (part: 'about' | 'digest') =>
        openRecord(receipt, key, attachmentContext(attachmentId, part), row[part])
      const { name, mediaType } = JSON.parse(open('about').toString()) as FileAbout
      const facts = {
        attachmentId,
        subjectId,
        subjectKey: openRecord(receipt, key, identifierContext, keySealed).toString(),
        category: categoryOfBit(controller, row.category).name,
        name,
        mediaType,
        sizeBytes,
        sha256: open('digest').toString('hex'),
        storedAt,
        eraseAfter,
      }
      const fileKey = openFileKey(receipt, key, attachmentContext(attachmentId, 'key'), row.fileKey)
      return { facts, fileKey }
    }),
  )
}
