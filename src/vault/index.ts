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

export type { Terms } from './controllers/agreement.ts'
export { type FileObject, fileObjects } from './attachments/objects-flow.ts'
export { countFiles } from './attachments/store.ts'
export {
  type BreachContact,
  type Category,
  categoryFor,
  type Controller,
  type Field,
  type Purpose,
} from './controllers/contract.ts'
export {
  type Amendment,
  amendController,
  breachContacts,
  contractOf,
  createController,
  type NewControllerTerms,
} from './controllers/acts.ts'
export {
  categoriesByBit,
  controllerFacts,
  type Counts,
  countsOf,
  countsOfAll,
  listControllers,
} from './controllers/store.ts'
export { eraseAgain, eraseDue, eraseSubject } from './erasure/acts.ts'
export { eraseNamed, noteRestored } from './erasure/named-acts.ts'
export type { SubjectErasure } from './erasure/erasure.ts'
export { findSubjects, type Sought } from './records/find-acts.ts'
export { beginLeaving, leaveAgain, leaveNow } from './leaving/acts.ts'
export { numberedControllers, numberOn } from './controllers/number-acts.ts'
export { putRecords } from './records/put-acts.ts'
export { readSubjects } from './records/read-acts.ts'
export { askToExport, beginExport, decideExport } from './transfer/approval-acts.ts'
export { recordStatement, type Statement } from './subjects/consent-acts.ts'
export { recordEvent } from './retention/event-acts.ts'
export type { PutRow, StoredRow } from './records/row.ts'
export type { OpenRecord, OpenSubject } from './subjects/subject.ts'
export { subjectOrdinals, subjectsByOrdinal } from './subjects/store.ts'

export const vault: Room = { name: 'vault', routes, jobs, loops, measures }
