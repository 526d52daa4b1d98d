/**
 * A controller's data as one JSON document, that any JSON parser reads, and that can be read line by
 * line without holding it:
 *
 *     {"format":"holdfast-archive","version":1, … ,"records":[      head, one line
 *     {"subjectId":…,"subjectKey":…,"category":…,"fields":{…}, …}   one record a line,
 *     ,{…}                                                           from the second on after a comma
 *     ],"recordsTotal":2,"subjectsWithheld":0}                       tail, one line
 *
 * The return of a controller that ends has its files as well; the last line but these then ends
 * `…,"subjectsWithheld":0,"files":[`:
 *
 *     {"attachmentId":…,"subjectKey":…,"name":…,"sha256":…,"content":"<base64>"}   one file a line
 *     ],"filesTotal":1}                                                            tail
 *
 * The head names the contract the records were kept under. The tail says how many there are: an
 * archive without it, or with another number, is not whole. It also says how many subjects the house
 * keeps and gives out to nobody, being restricted say: they are in no archive, for what is read from
 * one is stored again. See `docs/archive.md`.
 */
import type { Contract } from '../controllers/contract.ts'
import {
  archiveIncomplete,
  importMalformed,
  rowMasked,
  rowRestricted,
  rowNotJson,
  rowTooLong,
} from '../refusals.ts'
import type { OpenSubject } from '../subjects/subject.ts'
import type { RowIn } from './import.ts'
import { type Incoming, longestRow } from './incoming.ts'
import { objectIn } from './json-in.ts'
import { linesIn } from './lines-in.ts'

const archiveFormat = 'holdfast-archive'
const archiveVersion = 1
export const archiveMediaType = 'application/vnd.holdfast.archive+json'

/** What an archive says of itself before its records. */
export interface ArchiveHead {
  readonly controllerId: string
  readonly exportedAt: string
  readonly contract: Pick<Contract, 'name' | 'categories' | 'purposes'>
}

export const archiveHead = (head: ArchiveHead): string =>
  `${JSON.stringify({ format: archiveFormat, version: archiveVersion, ...head }).slice(0, -1)},"records":[\n`

/** Writes records as their lines, and counts them. */
export function archiveRecords() {
  let total = 0
  const lines = (subject: OpenSubject): string =>
    recordObjects(subject)
      .map((record) => `${total++ === 0 ? '' : ','}${JSON.stringify(record)}\n`)
      .join('')
  return { lines, total: () => total }
}

/** The objects of a subject's records, as NDJSON and archives have them. */
export const recordObjects = ({ subjectId, subjectKey, restricted, records }: OpenSubject) =>
  records.map((record) => ({ subjectId, subjectKey, ...(restricted && { restricted }), ...record }))

/** Ends the records of a return, which withholds nobody, and begins its files. */
export const filesHead = (recordsTotal: number): string =>
  `],"recordsTotal":${recordsTotal},"subjectsWithheld":0,"files":[\n`

export const filesTail = (filesTotal: number): string => `],"filesTotal":${filesTotal}}\n`

export const archiveTail = (recordsTotal: number, subjectsWithheld: number): string =>
  `],"recordsTotal":${recordsTotal},"subjectsWithheld":${subjectsWithheld}}\n`

/**
 * Reads an archive's records.
 *
 * @throws {Refusal} `vault.import-malformed` for what is no archive, `vault.archive-incomplete`.
 */
export async function* archiveRows(incoming: Incoming): AsyncGenerator<RowIn> {
  let row = incoming.from?.rows ?? 0
  let place: 'head' | 'records' | 'files' | 'tail' =
    incoming.from === undefined ? 'head' : 'records'
  for await (const { text, end } of linesIn(incoming)) {
    if (text?.trim() === '') continue
    if (place === 'tail') throw importMalformed('Something follows the end of the archive.')
    if (place === 'head') demandHead(text)
    else if (place === 'files') {
      // Files are given back in an archive, and not taken in from one.
      if (text?.startsWith(']') !== true) continue
    } else if (text?.startsWith(']') === true) {
      const hasFiles = text.trimEnd().endsWith('"files":[')
      demandTail(hasFiles ? `${text}]}` : text, row)
      if (hasFiles) {
        place = 'files'
        continue
      }
    } else {
      row += 1
      yield { row, end, ...recordIn(text, row) }
      continue
    }
    place = place === 'head' ? 'records' : 'tail'
  }
  if (place !== 'tail') throw archiveIncomplete()
}

function demandHead(text = ''): void {
  const head = text.trimEnd().endsWith('"records":[') ? objectIn(`${text}]}`) : undefined
  if (head?.['format'] !== archiveFormat)
    throw importMalformed('The first line is not the head of a Holdfast archive.')
  if (head['version'] !== archiveVersion)
    throw importMalformed(`Archives of version ${archiveVersion} are read, and no other.`)
}

function demandTail(text: string, rows: number): void {
  const tail = objectIn(`{"records":[${text}`)
  if (tail?.['recordsTotal'] !== rows) throw archiveIncomplete()
}

function recordIn(text: string | undefined, row: number) {
  if (text === undefined) return { refusal: rowTooLong(longestRow) }
  const value = objectIn(row === 1 ? text : text.replace(/^,/, ''))
  if (value === undefined) return { refusal: rowNotJson() }
  // What was exported without the right to reveal would overwrite values with dots.
  if (value['masked'] === true) return { refusal: rowMasked() }
  // Stored again it would be free for every purpose.
  if (value['restricted'] === true) return { refusal: rowRestricted() }
  const { subjectKey, category, fields } = value
  const textOf = (given: unknown) => (typeof given === 'string' ? given : '')
  const isFields = typeof fields === 'object' && fields !== null
  const given = (isFields ? fields : {}) as { readonly [field: string]: unknown }
  return { put: { subjectKey: textOf(subjectKey), category: textOf(category), fields: given } }
}
