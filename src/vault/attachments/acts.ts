import { newId } from '#ground'
import { type Act, controllerOf, Sealed } from '#kernel'
import {
  type FileKey,
  newFileKey,
  openFileKey,
  openRecord,
  resealRecord,
  sealRecord,
  type SubjectKey,
  subjectKeys,
} from '#keys'
import { activeController, heldController } from '../controllers/acts.ts'
import { categoryOfBit, type Controller } from '../controllers/contract.ts'
import { eraseWithoutRecords, lockSubject, touchAll } from '../erasure/acts.ts'
import { isLine } from '../fields/field-value.ts'
import { demandCategory, demandGranted, demandPurpose, sightOf, whyNot } from '../records/access.ts'
import {
  attachmentBegun,
  attachmentMasked,
  attachmentNameMalformed,
  legalHold,
  reasonRequired,
  subjectErased,
  subjectRestricted,
  unknownAttachment,
  unknownSubject,
} from '../refusals.ts'
import { eventDates } from '../retention/event-store.ts'
import { endOf } from '../retention/retention.ts'
import { lockCounters, lockSubjects, subjectsById, takeOrdinals } from '../subjects/store.ts'
import type { Subject } from '../subjects/subject.ts'
import {
  arrivingHours,
  type Attachment,
  attachmentContext,
  type AttachmentRow,
  type FileAbout,
} from './attachment.ts'
import {
  attachmentById,
  attachmentLimit,
  attachmentsOf,
  endAttachment,
  endAttachments,
  forgetAttachment,
  insertAttachment,
  keepAttachment,
  lockArriving,
  setAttachmentLimit,
  setFileKey,
  subjectsWithDueFiles,
  updateAttachment,
  wasteOf,
} from './store.ts'

const hidden = '•••'

/** Announces a file of a subject in a category. Its content follows; until then there is none. */
export async function announceAttachment(
  act: Act,
  subjectId: string,
  { category: name, ...about }: FileAbout & { readonly category: string },
): Promise<string> {
  if (!isLine(about.name, 255) || !/^[\w.+-]+\/[\w.+-]+$/.test(about.mediaType))
    throw attachmentNameMalformed()
  const controller = await heldController(act)
  const category = demandCategory(act, controller, name)
  const subject = await lockSubject(act, subjectId)
  demandFree(act, controller, subject)
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  const attachmentId = newId()
  await insertAttachment(act.sql, {
    controllerId: controller.controllerId,
    attachmentId,
    subjectId,
    category: category.bit,
    keyId: key.id,
    about: sealRecord(
      key,
      attachmentContext(attachmentId, 'about'),
      Buffer.from(JSON.stringify(about)),
    ),
    now: act.now,
  })
  act.concern(subject.ordinal)
  act.tell({ attachmentId, category: name })
  return attachmentId
}

/** A content on its way. */
export interface Incoming {
  readonly controllerId: string
  readonly fileKey: FileKey
  readonly limitBytes: number
}

/**
 * Lets the content of an announced file come, once.
 *
 * @throws {Refusal} `vault.unknown-attachment`, `vault.attachment-begun`, and what keeps the subject's data out.
 */
export async function beginContent(act: Act, attachmentId: string): Promise<Incoming> {
  const controller = await heldController(act)
  const { controllerId } = controller
  const arriving = await lockArriving(act.sql, controllerId, attachmentId)
  if (arriving === undefined) throw unknownAttachment()
  if (arriving.fileKey !== null) throw attachmentBegun()
  demandCategory(act, controller, categoryOfBit(controller, arriving.category).name)
  const subject = await lockSubject(act, arriving.subjectId)
  demandFree(act, controller, subject)
  const key = (await subjectKeys(act, [arriving.subjectId])).get(arriving.subjectId)!
  const { sealed, fileKey } = newFileKey(key, attachmentContext(attachmentId, 'key'))
  await setFileKey(act.sql, controllerId, attachmentId, sealed)
  act.concern(subject.ordinal)
  act.tell({ attachmentId })
  return { controllerId, fileKey, limitBytes: await attachmentLimit(act.sql, controllerId) }
}

/** Keeps a file whose content has come whole. Its time begins now. */
export async function keepContent(
  act: Act,
  attachmentId: string,
  content: { readonly sizeBytes: number; readonly sha256: Buffer },
): Promise<{ readonly subjectId: string; readonly eraseAfter: Date }> {
  const controller = await heldController(act)
  const { controllerId } = controller
  const waiting = await lockArriving(act.sql, controllerId, attachmentId)
  if (waiting === undefined) throw unknownAttachment()
  const { subjectId } = waiting
  await lockCounters(act.sql, controllerId)
  const subject = await lockSubject(act, subjectId)
  demandFree(act, controller, subject)
  const category = categoryOfBit(controller, waiting.category)
  const events = await eventDates(act.sql, controllerId, [subjectId])
  const eraseAfter = endOf(category, act.now, events.get(`${subjectId} ${category.retainFrom}`))
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  const { firstRecord: ordinal } = await takeOrdinals(act.sql, controllerId, 0, 1)
  const place = (part: 'about' | 'key' | 'digest') => attachmentContext(attachmentId, part)
  const kept = await keepAttachment(act.sql, controllerId, {
    attachmentId,
    ordinal,
    about: resealRecord(key, place('about'), waiting.about),
    fileKey: resealRecord(key, place('key'), waiting.fileKey!),
    digest: sealRecord(key, place('digest'), content.sha256),
    sizeBytes: content.sizeBytes,
    eraseAfter,
    keyId: key.id,
    now: act.now,
  })
  if (!kept) throw unknownAttachment()
  act.touch({ subject: subject.ordinal, record: ordinal, category: category.bit })
  act.tell({ attachmentId, sizeBytes: content.sizeBytes })
  return { subjectId, eraseAfter }
}

/** Gives up a file whose content did not come whole; the job removes what is left of it. */
export async function giveUpContent(act: Act, attachmentId: string): Promise<void> {
  await endAttachment(act.sql, controllerOf(act), attachmentId)
  act.tell({ attachmentId, givenUp: true })
}

/** Files of a subject, in the categories the act may see; names only where it may reveal them. */
export async function listAttachments(act: Act, subjectId: string): Promise<Sealed<Attachment[]>> {
  const controller = await activeController(act)
  const { controllerId } = controller
  const sight = sightOf(act, controller)
  const subject = await freeSubject(act, controller, subjectId)
  const rows = await attachmentsOf(act.sql, controllerId, [subjectId], act.now)
  const seen = rows.filter((row) => sight.categories.some(({ bit }) => bit === row.category))
  for (const { ordinal, category } of seen)
    act.touch({ subject: subject.ordinal, record: ordinal, category })
  const keys = await subjectKeys(act, seen.length === 0 ? [] : [subjectId])
  return new Sealed((receipt) =>
    seen.map((row) => {
      const name = categoryOfBit(controller, row.category).name
      const masked = !sight.revealed.has(row.category)
      const key = keys.get(subjectId)!
      const open = (part: 'about' | 'digest') =>
        openRecord(receipt, key, attachmentContext(row.attachmentId, part), row[part])
      const { attachmentId, sizeBytes, storedAt, eraseAfter } = row
      const facts = { attachmentId, category: name, sizeBytes, storedAt, eraseAfter, masked }
      if (masked) return { ...facts, name: hidden, mediaType: hidden, sha256: '' }
      const about = JSON.parse(open('about').toString()) as FileAbout
      return { ...facts, ...about, sha256: open('digest').toString('hex') }
    }),
  )
}

/** A file's content, ready to be opened. */
export interface Content {
  readonly controllerId: string
  readonly fileKey: FileKey
}

/**
 * Opens the way to a file's content. There is no masked one: who may not reveal does not get it.
 *
 * @throws {Refusal} `vault.unknown-attachment`, `vault.attachment-masked`, and what keeps the data in.
 */
export async function readContent(act: Act, attachmentId: string): Promise<Sealed<Content>> {
  const controller = await activeController(act)
  demandPurpose(act, controller)
  const { controllerId } = controller
  const row = await attachmentById(act.sql, controllerId, attachmentId, act.now)
  if (row === undefined) throw unknownAttachment()
  const { name, bit } = categoryOfBit(controller, row.category)
  if (!sightOf(act, controller, [name]).revealed.has(bit)) throw attachmentMasked()
  const subject = await freeSubject(act, controller, row.subjectId)
  act.touch({ subject: subject.ordinal, record: row.ordinal, category: bit })
  act.tell({ attachmentId, sizeBytes: row.sizeBytes })
  const key = (await subjectKeys(act, [row.subjectId])).get(row.subjectId)!
  return new Sealed((receipt) => ({
    controllerId,
    fileKey: openFileKey(receipt, key, attachmentContext(attachmentId, 'key'), row.fileKey),
  }))
}

/** Erases one file: its key is gone with this, its bytes soon. @throws {Refusal} `vault.unknown-attachment`, `vault.legal-hold`. */
export async function eraseAttachment(act: Act, attachmentId: string): Promise<void> {
  if (act.reason === undefined) throw reasonRequired()
  const controller = await activeController(act)
  const { controllerId } = controller
  const row = await attachmentById(act.sql, controllerId, attachmentId, act.now)
  if (row === undefined) throw unknownAttachment()
  demandGranted(act, categoryOfBit(controller, row.category).name)
  const subject = await lockSubject(act, row.subjectId)
  if (subject.held) throw legalHold()
  await endAttachment(act.sql, controllerId, attachmentId)
  act.touch({ subject: subject.ordinal, record: row.ordinal, category: row.category })
  act.tell({ attachmentId, why: act.reason })
}

/** Sets the largest file the controller takes, in MiB. */
export async function limitAttachments(act: Act, mib: number): Promise<void> {
  const { controllerId } = await heldController(act)
  const before = await attachmentLimit(act.sql, controllerId)
  await setAttachmentLimit(act.sql, controllerId, mib)
  act.tell({ before: before / 1_048_576, after: mib })
}

/** Ends files whose time has come, and subjects of whom nothing else is left. @returns whether more may be due. */
export async function eraseDueAttachments(act: Act, limit = 200): Promise<boolean> {
  const controllerId = controllerOf(act)
  const due = await subjectsWithDueFiles(act.sql, controllerId, act.now, limit)
  const subjects = (await lockSubjects(act.sql, controllerId, due)).filter(({ held }) => !held)
  const ids = subjects.map(({ subjectId }) => subjectId)
  const gone = await endAttachments(act.sql, controllerId, ids, act.now)
  touchAll(act, subjects, gone)
  const living = subjects.filter(({ erasedAt }) => erasedAt === null)
  const ended = await eraseWithoutRecords(act, living)
  act.tell({ attachmentsErased: gone.length, subjectsErased: ended })
  return due.length === limit
}

/** Files whose objects may be removed. An act of the house. */
export function attachmentWaste(act: Act) {
  const begunBefore = new Date(act.now.getTime() - arrivingHours * 3_600_000)
  return wasteOf(act.sql, begunBefore, 500)
}

/** Forgets a file whose objects are removed. */
export async function forgetWaste(act: Act, attachmentId: string): Promise<void> {
  await forgetAttachment(act.sql, controllerOf(act), attachmentId)
  act.tell({ attachmentId, removed: true })
}

/** Seals anew, under their present keys, what stands in the rows of subjects' files. Their content stays as it is. */
export async function sealAttachmentsAnew(
  act: Act,
  keys: ReadonlyMap<string, SubjectKey>,
  subjectIds: readonly string[],
): Promise<void> {
  const controllerId = controllerOf(act)
  for (const row of await attachmentsOf(act.sql, controllerId, subjectIds, 'all')) {
    const key = keys.get(row.subjectId)!
    await updateAttachment(act.sql, controllerId, resealed(row, key))
  }
}

function resealed({ attachmentId, about, fileKey, digest }: AttachmentRow, key: SubjectKey) {
  const anew = (part: 'about' | 'key' | 'digest', sealed: Buffer) =>
    resealRecord(key, attachmentContext(attachmentId, part), sealed)
  return {
    attachmentId,
    keyId: key.id,
    about: anew('about', about),
    fileKey: anew('key', fileKey),
    digest: anew('digest', digest),
  }
}

function demandFree(act: Act, controller: Controller, subject: Subject): void {
  if (subject.restricted) throw subjectRestricted()
  const refused = whyNot(act, controller, subject)
  if (refused !== undefined) throw refused
}

async function freeSubject(act: Act, controller: Controller, subjectId: string): Promise<Subject> {
  const [subject] = await subjectsById(act.sql, controller.controllerId, [subjectId])
  if (subject === undefined) throw unknownSubject()
  if (subject.erasedAt !== null) throw subjectErased()
  demandFree(act, controller, subject)
  return subject
}
