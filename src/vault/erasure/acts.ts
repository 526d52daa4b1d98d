import { type Act, controllerOf } from '#kernel'
import { destroySubjectKeys } from '#keys'
import { erasePayloadsOf } from '#trail'
import { endAttachments } from '../attachments/store.ts'
import { activeController, contractOf } from '../controllers/acts.ts'
import { demandGranted } from '../records/access.ts'
import { deleteRecords, type Gone, withoutRecords } from '../records/store.ts'
import { legalHold, reasonRequired, subjectErased, unknownSubject } from '../refusals.ts'
import { forgetSaid } from '../retention/event-store.ts'
import { dueSubjects } from '../retention/store.ts'
import { entomb, lockSubjects, setFlags, subjectsAfter } from '../subjects/store.ts'
import type { Subject } from '../subjects/subject.ts'
import type { SubjectErasure } from './erasure.ts'

/**
 * Erases a subject: its keys are destroyed, its records, index rows and identifier deleted. Its
 * pseudonym and ordinal stay, so that what was counted before stays countable.
 *
 * @throws {Refusal} `vault.reason-required`, `vault.unknown-subject`, `vault.subject-erased`,
 *   `vault.legal-hold`; the permission's own code where the subject has a category that is not granted.
 */
export async function eraseSubject(
  act: Act,
  subjectId: string,
  reason: string,
): Promise<SubjectErasure> {
  if (reason.trim() === '') throw reasonRequired()
  const controller = await activeController(act)
  const subject = await lockSubject(act, subjectId)
  if (subject.held) throw legalHold()
  const { gone, destroyed } = await eraseSubjects(act, [subject])
  const bits = new Set(gone.map(({ category }) => category))
  const categories = controller.categories.filter(({ bit }) => bits.has(bit))
  // Which they are shows only now; a refusal takes the erasure back with it.
  for (const { name } of categories) demandGranted(act, name)
  const erasure: SubjectErasure = {
    subjectId,
    ordinal: subject.ordinal,
    records: gone.length,
    categories: categories.map(({ name }) => name),
    erasedAt: act.now,
    keys: destroyed.keys,
    goneFromBackupsBy: destroyed.goneFromBackupsBy,
  }
  act.tell({ erasure, why: reason })
  return erasure
}

/**
 * Erases records whose time has come, some subjects at a time, and whole subjects with their last
 * record. Subjects under a legal hold stay.
 *
 * @returns how much was erased, and whether more may be due.
 */
export async function eraseDue(
  act: Act,
  limit = 500,
): Promise<{ records: number; subjects: number; more: boolean }> {
  const controllerId = controllerOf(act)
  const due = await dueSubjects(act.sql, controllerId, act.now, limit)
  const locked = await lockSubjects(act.sql, controllerId, due)
  const free = locked.filter(({ held, erasedAt }) => !held && erasedAt === null)
  const ids = free.map(({ subjectId }) => subjectId)
  const gone = await deleteRecords(act.sql, controllerId, ids, act.now)
  touchAll(act, free, gone)
  const ended = await eraseWithoutRecords(act, free)
  act.tell({ recordsErased: gone.length, subjectsErased: ended })
  return { records: gone.length, subjects: ended, more: due.length === limit }
}

/** Erases those of these locked subjects that have no record left. @returns how many. */
export async function eraseWithoutRecords(act: Act, subjects: readonly Subject[]): Promise<number> {
  const ids = subjects.map(({ subjectId }) => subjectId)
  const empty = new Set(await withoutRecords(act.sql, controllerOf(act), ids))
  const ended = subjects.filter(({ subjectId }) => empty.has(subjectId))
  if (ended.length > 0) await eraseSubjects(act, ended)
  return ended.length
}

/**
 * Erases again what a restore brought back: rows and indexes of subjects whose erasure the ledger
 * outside the database tells of. Their keys are the keyring's to destroy. Calling it again changes nothing.
 *
 * @returns how many subjects were back.
 */
export async function eraseAgain(act: Act, subjectIds: readonly string[]): Promise<number> {
  const controllerId = controllerOf(act)
  const back = (await lockSubjects(act.sql, controllerId, subjectIds)).filter(
    ({ erasedAt }) => erasedAt === null,
  )
  const ids = back.map(({ subjectId }) => subjectId)
  touchAll(act, back, await deleteRecords(act.sql, controllerId, ids, 'all'))
  touchAll(act, back, await endAttachments(act.sql, controllerId, ids, 'all'))
  await forgetSaid(act.sql, controllerId, ids)
  await entomb(act.sql, controllerId, ids, act.now)
  await erasePayloadsOf(
    act,
    back.map(({ ordinal }) => ordinal),
  )
  act.tell({ subjectsErasedAgain: back.length })
  return back.length
}

/** Erases some of a leaving controller's subjects. Returns whether there may be more. */
export async function eraseLeaving(act: Act, limit = 500): Promise<boolean> {
  const { controllerId, state } = await contractOf(act)
  if (state !== 'leaving') throw new TypeError('only a leaving controller is erased whole')
  const next = await subjectsAfter(act.sql, controllerId, 0, limit)
  const ids = next.map(({ subjectId }) => subjectId)
  const subjects = await lockSubjects(act.sql, controllerId, ids)
  const { gone } = subjects.length === 0 ? { gone: [] } : await eraseSubjects(act, subjects)
  act.tell({ recordsErased: gone.length, subjectsErased: subjects.length })
  return next.length === limit
}

/**
 * Restricts a subject or frees it (GDPR Art. 18), lays a legal hold on it or lifts it.
 *
 * @throws {Refusal} `vault.unknown-subject`, `vault.subject-erased`, `vault.reason-required`.
 */
export async function flagSubject(
  act: Act,
  subjectId: string,
  flags: { readonly restricted?: boolean; readonly held?: boolean },
  reason = act.reason,
): Promise<Pick<Subject, 'subjectId' | 'restricted' | 'held'>> {
  if (reason === undefined) throw reasonRequired()
  await activeController(act)
  const before = await lockSubject(act, subjectId)
  const { restricted = before.restricted, held = before.held } = flags
  await setFlags(act.sql, controllerOf(act), subjectId, { restricted, held })
  act.concern(before.ordinal)
  act.tell({
    subject: before.ordinal,
    before: { restricted: before.restricted, held: before.held },
    after: { restricted, held },
  })
  return { subjectId, restricted, held }
}

/** A live subject, locked until the transaction ends. @throws {Refusal} `vault.unknown-subject`, `vault.subject-erased`. */
export async function lockSubject(act: Act, subjectId: string): Promise<Subject> {
  const [subject] = await lockSubjects(act.sql, controllerOf(act), [subjectId])
  if (subject === undefined) throw unknownSubject()
  if (subject.erasedAt !== null) throw subjectErased()
  return subject
}

async function eraseSubjects(act: Act, subjects: readonly Subject[]) {
  const controllerId = controllerOf(act)
  const ids = subjects.map(({ subjectId }) => subjectId)
  const gone = [
    ...(await deleteRecords(act.sql, controllerId, ids, 'all')),
    ...(await endAttachments(act.sql, controllerId, ids, 'all')),
  ]
  touchAll(act, subjects, gone)
  await forgetSaid(act.sql, controllerId, ids)
  const destroyed = await destroySubjectKeys(act, ids)
  await entomb(act.sql, controllerId, ids, act.now)
  await erasePayloadsOf(
    act,
    subjects.map(({ ordinal }) => ordinal),
  )
  return { gone, destroyed }
}

/** Adds deleted records to the entry's exact set. */
export function touchAll(act: Act, subjects: readonly Subject[], gone: readonly Gone[]): void {
  const ordinals = new Map(subjects.map(({ subjectId, ordinal }) => [subjectId, ordinal]))
  for (const { subjectId, ordinal, category } of gone)
    act.touch({ subject: ordinals.get(subjectId)!, record: ordinal, category })
}
