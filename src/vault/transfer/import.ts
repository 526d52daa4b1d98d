import type { Refusal } from '#kernel'
import { categoryNamed, type Contract } from '../controllers/contract.ts'
import type { PutRow, RowError } from '../records/row.ts'
import { mappingMalformed, unknownCategory, unknownField } from '../refusals.ts'

export const importFormats = {
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/vnd.holdfast.archive+json': 'archive',
} as const
export type ImportFormat = (typeof importFormats)[keyof typeof importFormats]

/** Rows of one act. With twice as many the collector copies most of them once more: slower, measured. */
export const batchRows = 500
/** And about so many bytes of the stream, however few rows they are: rows wait in memory for their batch. */
export const batchBytes = 4_194_304
/** How many rejected rows are kept with their errors; the count is always exact. */
export const mostErrors = 1000
/** An import that has not moved for so long was cut off with its server. */
const silentMinutes = 15

/**
 * Which column holds what. A column is a name of the CSV header, or a property of the NDJSON object;
 * `fields.email` also reaches into an object.
 */
export interface Mapping {
  readonly subjectKey: string
  /** One category for all rows, or the column that names it. */
  readonly category: string | { readonly column: string }
  /** Columns by field. */
  readonly fields: Readonly<{ [field: string]: string }>
  /** CSV only; default `,`. */
  readonly delimiter?: string
}

/** An archive says itself what is what. */
const archiveMapping: Mapping = {
  subjectKey: 'subjectKey',
  category: { column: 'category' },
  fields: {},
}

/** How many columns a CSV has, and where those stand that its mapping names. */
export interface Columns {
  readonly count: number
  readonly places: Readonly<{ [column: string]: number }>
}

/** A row as it was read, or why it could not be read. */
export type RowIn = {
  /** From 1 after the header. */
  readonly row: number
  /** Where in the file the next row begins, in bytes. */
  readonly end: number
} & ({ readonly put: PutRow } | { readonly refusal: Refusal })

export type ImportState = 'running' | 'finished' | 'interrupted' | 'failed'

/** How far an import has come. `rowsRead` = `rowsStored` + `rowsRejected`, at every moment. */
export interface Progress {
  readonly rowsRead: number
  readonly rowsStored: number
  /** Of the stored rows, those that replaced a record. */
  readonly rowsReplaced: number
  readonly rowsRejected: number
  /** Bytes of the file whose rows are counted: there an import that was interrupted goes on. */
  readonly bytesRead: number
}

export interface Import extends Progress {
  readonly importId: string
  readonly state: ImportState
  readonly format: ImportFormat
  /** How often a stream was begun for it; the newest alone may add to it. */
  readonly attempt: number
  /** Bytes of the whole file, from the request's Content-Length; null where it had none. */
  readonly bytesTotal: number | null
  readonly startedAt: Date
  /** When the last batch was committed. */
  readonly movedAt: Date
  readonly endedAt: Date | null
  /** Why it ended early. */
  readonly code: string | null
  readonly message: string | null
}

export interface ImportReport extends Import {
  readonly errors: readonly RowError[]
}

/** What a dry run says. Nothing is stored, so there is no import to come back to. */
export interface CheckReport extends Progress {
  readonly errors: readonly RowError[]
}

/** The state as it is seen at `now`: a running import whose server died is interrupted. */
export function seenState({ state, movedAt }: Import, now: Date): ImportState {
  const silent = now.getTime() - movedAt.getTime() > silentMinutes * 60_000
  return state === 'running' && silent ? 'interrupted' : state
}

/** Reads a mapping from its JSON; an archive has its own. @throws {Refusal} `vault.mapping-malformed`. */
export function readMapping(json: string | undefined, format: ImportFormat): Mapping {
  if (format === 'archive') return archiveMapping
  const given = parsed(json ?? '')
  const { subjectKey, category, fields, delimiter } = given
  if (typeof subjectKey !== 'string' || subjectKey === '')
    throw mappingMalformed('mapping.subjectKey names the column of the subject’s key.')
  if (!isObject(fields)) throw mappingMalformed('mapping.fields gives a column for each field.')
  const columns = Object.entries(fields).map(([field, column]) => {
    if (typeof column !== 'string' || column === '')
      throw mappingMalformed('Each of mapping.fields names a column.')
    return [field, column] as const
  })
  if (columns.length === 0) throw mappingMalformed('mapping.fields names no field.')
  if (delimiter !== undefined && !(typeof delimiter === 'string' && /^[,;|\t:]$/.test(delimiter)))
    throw mappingMalformed('mapping.delimiter is one of , ; | : or a tab.')
  return {
    subjectKey,
    category: readCategory(category),
    fields: Object.fromEntries(columns),
    ...(delimiter === undefined ? {} : { delimiter }),
  }
}

/**
 * Checks a mapping against the contract before a row is read.
 *
 * @throws {Refusal} `vault.unknown-category`, `vault.unknown-field`.
 */
export function demandMapped(contract: Contract, { category, fields }: Mapping): void {
  const named = typeof category === 'string' ? categoryNamed(contract, category) : undefined
  if (typeof category === 'string' && named === undefined) throw unknownCategory()
  const known = named === undefined ? contract.categories : [named]
  for (const field of Object.keys(fields))
    if (!known.some((one) => one.fields.some(({ name }) => name === field)))
      throw unknownField(named?.name)
}

/** The columns a mapping reads. */
export const columnsOf = ({ subjectKey, category, fields }: Mapping): string[] => [
  subjectKey,
  ...(typeof category === 'string' ? [] : [category.column]),
  ...Object.values(fields),
]

/** Applies a mapping to a row. Empty cells are no fields. */
export function mapped(
  { subjectKey, category, fields }: Mapping,
  cell: (column: string) => unknown,
): PutRow {
  const given: [string, unknown][] = []
  for (const field of Object.keys(fields)) {
    const value = cell(fields[field]!)
    if (value !== undefined && value !== null && value !== '') given.push([field, value])
  }
  return {
    subjectKey: textOf(cell(subjectKey)),
    category: typeof category === 'string' ? category : textOf(cell(category.column)),
    fields: Object.fromEntries(given),
  }
}

/** JSON gives numeric identifiers as numbers; as text they are the same. Anything else is not text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : ''
}

function readCategory(category: unknown): Mapping['category'] {
  if (typeof category === 'string' && category !== '') return category
  if (isObject(category)) {
    const { column } = category
    if (typeof column === 'string' && column !== '') return { column }
  }
  throw mappingMalformed('mapping.category is a category, or { "column": … } that names it.')
}

function parsed(json: string): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(json)
    if (isObject(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw mappingMalformed('The mapping is a JSON object.')
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
