import type { Static } from 'typebox'
import type {
  ErasedSubject,
  FoundSubjects,
  ImportReport as ImportReportShape,
  Imports as ImportsShape,
  RetentionPreview,
  Subject as SubjectShape,
  Subjects as SubjectsShape,
} from '../../../../src/vault/wire.ts'
import type {
  ExportRequests,
  Letter as LetterShape,
  RequestList,
  RequestRead as RequestReadShape,
  Statements,
  SubjectCopy as SubjectCopyShape,
} from '../../../../src/vault/subjects/wire.ts'
import type {
  Attachments as AttachmentsShape,
  Kept as KeptShape,
} from '../../../../src/vault/attachments/wire.ts'
import type { Anonymised, RemainsList } from '../../../../src/vault/tokens/wire.ts'
import { part } from '../../ask.ts'
import type { ControllerRead } from '../controllers/draft.ts'
import type { Why } from '../../streams.ts'

export type { ControllerRead } from '../controllers/draft.ts'
export type Found = Static<typeof FoundSubjects>
export type FoundSubject = Found['items'][number]
export type ListedSubject = Static<typeof SubjectsShape>['items'][number]
export type Subject = Static<typeof SubjectShape>
export type Certificate = Static<typeof ErasedSubject>
export type ImportReport = Static<typeof ImportReportShape>
export type ListedImport = Static<typeof ImportsShape>['items'][number]
export type Said = Static<typeof Statements>['items'][number]
export type ExportRequest = Static<typeof ExportRequests>['items'][number]
export type ListedRequest = Static<typeof RequestList>['items'][number]
export type RequestRead = Static<typeof RequestReadShape>
export type Letter = Static<typeof LetterShape>
export type File = Static<typeof AttachmentsShape>['items'][number]
export type KeptFile = Static<typeof KeptShape>
export type SubjectCopy = Static<typeof SubjectCopyShape>
export type Remains = Static<typeof RemainsList>
export type AnonymiseOutcome = Static<typeof Anonymised>
export type Preview = Static<typeof RetentionPreview>

/** Purpose and reason while somebody types them; they stay while one goes from part to part. */
export interface WhyDraft extends Why {
  readonly set: (why: Partial<Why>) => void
}

/** What every part of a controller's page is given. */
export interface PartProps {
  readonly controller: ControllerRead
  readonly why: WhyDraft
}

export const pathOf = (controllerId: string): string => `/v1/controllers/${part(controllerId)}`

export const isWhole = ({ purpose, reason }: Why): boolean => purpose !== '' && reason.trim() !== ''
