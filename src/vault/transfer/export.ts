import { csvLine } from '#ground'
import type { Category } from '../controllers/contract.ts'
import type { OpenRecord, OpenSubject } from '../subjects/subject.ts'
import {
  type ArchiveHead,
  archiveHead,
  archiveMediaType,
  archiveRecords,
  archiveTail,
  recordObjects,
} from './archive.ts'

export const exportFormats = ['ndjson', 'csv', 'archive'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const mediaTypes: { readonly [F in ExportFormat]: string } = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  archive: archiveMediaType,
}

export const fileEndings: { readonly [F in ExportFormat]: string } = {
  ndjson: 'ndjson',
  csv: 'csv',
  archive: 'archive.json',
}

/** Columns of ours in a CSV. No field's name begins with an underscore. */
const ours = ['_subjectId', '_subjectKey', '_category', '_version', '_storedAt', '_eraseAfter']
const flags = ['_masked', '_restricted']

/** Writes subjects as text, one line a record; `columns` are the fields of a CSV. */
export interface Format {
  readonly head: string
  readonly lines: (subject: OpenSubject) => string
  readonly tail: () => string
}

const noTail = () => ''

/** NDJSON: one object a record. CSV: RFC 4180, one line a record, a column for each field name. Archive: `archive.ts`. */
export function formatOf(
  format: ExportFormat,
  categories: readonly Category[],
  about: ArchiveHead,
): Format {
  if (format === 'archive') return archiveOf(about)
  if (format === 'ndjson') return { head: '', lines: jsonLines, tail: noTail }
  const fields = [
    ...new Set(categories.flatMap((category) => category.fields.map(({ name }) => name))),
  ]
  return {
    head: csvLine([...ours, ...flags, ...fields]),
    lines: (subject) => csvLines(subject, fields),
    tail: noTail,
  }
}

function archiveOf(about: ArchiveHead): Format {
  const records = archiveRecords()
  let withheld = 0
  const lines = (subject: OpenSubject) => {
    if (subject.records.length === 0 && (subject.restricted || subject.withheld !== undefined))
      withheld += 1
    return records.lines(subject)
  }
  return { head: archiveHead(about), lines, tail: () => archiveTail(records.total(), withheld) }
}

function jsonLines(subject: OpenSubject): string {
  const { subjectId, restricted, withheld } = subject
  if (subject.records.length === 0 && (restricted || withheld !== undefined))
    return `${JSON.stringify({ subjectId, ...(restricted ? { restricted } : { withheld }) })}\n`
  return recordObjects(subject)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('')
}

function csvLines(subject: OpenSubject, fields: readonly string[]): string {
  const { subjectId, subjectKey, restricted } = subject
  const line = (record: Partial<OpenRecord>) =>
    csvLine([
      subjectId,
      record.fields === undefined ? '' : subjectKey,
      record.category ?? '',
      record.version ?? '',
      record.storedAt?.toISOString() ?? '',
      record.eraseAfter?.toISOString() ?? '',
      record.masked ?? '',
      restricted,
      ...fields.map((name) => record.fields?.[name] ?? ''),
    ])
  if (subject.records.length === 0)
    return restricted || subject.withheld !== undefined ? line({}) : ''
  return subject.records.map(line).join('')
}
