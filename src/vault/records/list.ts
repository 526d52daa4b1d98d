import { cursorMalformed } from '../refusals.ts'

/** By what lists of records are sorted: nothing of the data itself. */
export const recordSorts = ['stored', 'ends'] as const
export type RecordSort = (typeof recordSorts)[number]

/** A record under its subject's pseudonym, without data. */
export interface ListedRecord {
  readonly subjectId: string
  readonly subject: number
  readonly ordinal: number
  /** The category's bit. */
  readonly category: number
  readonly version: number
  readonly storedAt: Date
  readonly eraseAfter: Date
}

/** The last record of a page: the next goes on behind it. */
export interface RecordCursor {
  readonly at: Date
  readonly ordinal: number
}

export const recordCursor = (sort: RecordSort, last: ListedRecord): string => {
  const at = sort === 'stored' ? last.storedAt : last.eraseAfter
  return `${at.getTime()}-${last.ordinal}`
}

/** @throws {Refusal} `vault.cursor-malformed`. */
export function readRecordCursor(given: string | undefined): RecordCursor | undefined {
  if (given === undefined) return undefined
  const [, at, ordinal] = /^(\d{1,15})-(\d{1,10})$/.exec(given) ?? []
  if (at === undefined || Number(ordinal) > 2_147_483_647) throw cursorMalformed()
  return { at: new Date(Number(at)), ordinal: Number(ordinal) }
}
