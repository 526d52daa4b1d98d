/**
 * A controller's data as one JSON document, that any JSON parser reads, and that can be read line by
 * line without holding it:
 *
 *     {"format":"holdfast-archive","version":1, … ,"records":[      head, one line
 *     {"subjectId":…,"subjectKey":…,"category":…,"fields":{…}, …}   one record a line,
 *     ,{…}                                                           from the second on after a comma
 *     ],"recordsTotal":2,"subjectsWithheld":0}                       tail, one line
 *
 * The head names the contract the records were kept under. The tail says how many there are: an
 * archive without it, or with another number, is not whole. It also says how many subjects the house
 * keeps and gives out to nobody, being restricted say: they are in no archive, for what is read from
 * one is stored again. See `docs/archive.md`.
 */
import type { Contract } from './contract.ts'
import type { RowIn } from './import.ts'
import { type Incoming, longestRow } from './incoming.ts'
import { objectIn } from './json-in.ts'
import { linesIn } from './lines-in.ts'
import {
  archiveIncomplete,
  importMalformed,
  rowMasked,
  rowNotJson,
  rowTooLong,
} from './refusals.ts'

export const archiveFormat = 'holdfast-archive'
export const archiveVersion = 1
export const archiveMediaType = 'application/vnd.holdfast.archive+json'

/** What an archive says of itself before its records. */
export interface ArchiveHead {
  readonly controllerId: string
  readonly exportedAt: string
  readonly contract: Pick<Contract, 'name' | 'categories' | 'purposes'>
}

export const archiveHead = (head: ArchiveHead): string =>
  `${JSON.stringify({ format: archiveFormat, version: archiveVersion, ...head }).slice(0, -1)},"records":[\n`

export const archiveTail = (recordsTotal: number, subjectsWithheld: number): string =>
  `],"recordsTotal":${recordsTotal},"subjectsWithheld":${subjectsWithheld}}\n`

/**
 * Reads an archive's records.
 *
 * @throws {Refusal} `vault.import-malformed` for what is no archive, `vault.archive-incomplete`.
 */
export async function* archiveRows(incoming: Incoming): AsyncGenerator<RowIn> {
  let row = incoming.from?.rows ?? 0
  let place: 'head' | 'records' | 'tail' = incoming.from === undefined ? 'head' : 'records'
  for await (const { text, end } of linesIn(incoming)) {
    if (text?.trim() === '') continue
    if (place === 'tail') throw importMalformed('Something follows the end of the archive.')
    if (place === 'head') demandHead(text)
    else if (text?.startsWith(']') === true) demandTail(text, row)
    else {
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
  const { subjectKey, category, fields } = value
  const textOf = (given: unknown) => (typeof given === 'string' ? given : '')
  const isFields = typeof fields === 'object' && fields !== null
  const given = (isFields ? fields : {}) as { readonly [field: string]: unknown }
  return { put: { subjectKey: textOf(subjectKey), category: textOf(category), fields: given } }
}
