/**
 * Client of a Holdfast house. Every operation of its API is a name and a type ({@link Holdfast.call});
 * where the house demands a purpose and a reason, so does the compiler.
 *
 * @module
 */
export {
  type AttachmentOrder,
  type KeptAttachment,
  putAttachment,
  readAttachment,
} from './attachments.ts'
export {
  type Answer,
  type AnswerOf,
  type BodyOf,
  type Bytes,
  Holdfast,
  type HoldfastOptions,
  type OperationName,
  type Request,
  type Why,
} from './holdfast.ts'
export type { Operations } from './operations.ts'
export { isRefused, Refused } from './refused.ts'
export { blobSource, recordSource, type Source } from './source.ts'
export {
  exportRecords,
  type ExportedRecord,
  type ExportOrder,
  importRecords,
  type ImportOrder,
  type ImportReport,
  type Mapping,
} from './transfers.ts'
