/**
 * Vault: personal data of each controller's data subjects, sealed, dated and erasable.
 *
 * Life of a record: {@link putRecords} seals and dates it, {@link readSubjects} shows it for a purpose,
 * {@link eraseSubject} or its time ends it. README.md tells all of it.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export type { Terms } from './agreement.ts'
export { type FileObject, fileObjects } from './attachment-objects-flow.ts'
export { countFiles } from './attachment-store.ts'
export {
  type BreachContact,
  type Category,
  categoryFor,
  type Controller,
  type Field,
  type Purpose,
} from './contract.ts'
export {
  type Amendment,
  amendController,
  breachContacts,
  contractOf,
  createController,
  type NewControllerTerms,
} from './controller-acts.ts'
export {
  categoriesByBit,
  controllerFacts,
  type Counts,
  countsOf,
  countsOfAll,
  listControllers,
} from './controller-store.ts'
export { eraseAgain, eraseDue, eraseSubject } from './erase-acts.ts'
export { eraseNamed, noteRestored } from './erase-named-acts.ts'
export type { SubjectErasure } from './erasure.ts'
export { findSubjects, type Sought } from './find-acts.ts'
export { beginLeaving, leaveAgain, leaveNow } from './leave-acts.ts'
export { numberedControllers, numberOn } from './number-acts.ts'
export { putRecords } from './put-acts.ts'
export { readSubjects } from './read-acts.ts'
export { askToExport, beginExport, decideExport } from './approval-acts.ts'
export { recordStatement, type Statement } from './consent-acts.ts'
export { recordEvent } from './event-acts.ts'
export type { PutRow, StoredRow } from './row.ts'
export type { OpenRecord, OpenSubject } from './subject.ts'
export { subjectOrdinals, subjectsByOrdinal } from './subject-store.ts'

export const vault: Room = { name: 'vault', routes, jobs, loops, measures }
