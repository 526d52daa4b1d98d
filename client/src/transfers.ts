import type { Answer, AnswerOf, Holdfast, Why } from './holdfast.ts'
import { isRefused, Refused } from './refused.ts'
import { after, defaultPauses, mayPass } from './retry.ts'
import type { Source } from './source.ts'

const importMediaTypes = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  archive: 'application/vnd.holdfast.archive+json',
} as const

/** Which column holds what; `fields.email` reaches into an object. */
export interface Mapping {
  readonly subjectKey: string
  readonly category: string | { readonly column: string }
  readonly fields: Readonly<Record<string, string>>
  readonly delimiter?: string
}

export interface ImportOrder {
  readonly controllerId: string
  readonly source: Source
  readonly format: keyof typeof importMediaTypes
  /** An archive needs none. */
  readonly mapping?: Mapping
  /** To go on with an import of an earlier run; keep the one of `onBegin`. */
  readonly importId?: string
  readonly why: Why
  readonly onBegin?: (importId: string) => void
  readonly signal?: AbortSignal
  readonly pauses?: readonly number[]
}

const importOperation = 'PUT /v1/controllers/{controllerId}/imports/{importId}'
export type ImportReport = AnswerOf<typeof importOperation>

/**
 * Imports a source of any size. A connection that breaks costs a pause and no row: the house says
 * where the import stands, and the rest is sent from there. Rows that do not fit are in the report.
 *
 * @throws {Refused} what ends the import: a file that is none, a missing right. What is stored stands.
 */
export async function importRecords(
  house: Holdfast,
  { controllerId, source, format, mapping, why, signal, ...more }: ImportOrder,
): Promise<Answer<ImportReport>> {
  const { importId = crypto.randomUUID(), onBegin, pauses = defaultPauses } = more
  const path = { controllerId, importId }
  const stands = async () => (await standing(house, path)) ?? 0
  onBegin?.(importId)
  let offset = more.importId === undefined ? 0 : await stands()
  for (let tries = 0; ;) {
    try {
      return await house.call(importOperation, {
        path,
        query: {
          offset,
          ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
        },
        body: source.from(offset),
        contentType: importMediaTypes[format],
        why,
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      if (!goesOn(error)) throw error
      const wait = pauses[tries]
      if (wait === undefined) throw error
      await after(wait)
      const reached = await stands().catch(() => offset)
      // Whatever moves is not given up.
      tries = reached > offset ? 0 : tries + 1
      offset = reached
    }
  }
}

/** Where an import stands, in bytes; undefined where it was never begun. */
async function standing(
  house: Holdfast,
  path: { readonly controllerId: string; readonly importId: string },
): Promise<number | undefined> {
  try {
    const { value } = await house.call('GET /v1/controllers/{controllerId}/imports/{importId}', {
      path,
    })
    return value.bytesRead
  } catch (error) {
    if (isRefused(error, 'vault.import-unknown')) return undefined
    throw error
  }
}

const goesOn = (error: unknown): boolean =>
  mayPass(error, true) ||
  isRefused(error, 'vault.import-interrupted') ||
  isRefused(error, 'vault.import-offset')

/** One record of an export; `restricted` or `withheld` instead of data where it is kept and not given out. */
export interface ExportedRecord {
  readonly subjectId: string
  readonly subjectKey?: string
  readonly category?: string
  readonly version?: number
  readonly storedAt?: string
  readonly eraseAfter?: string
  readonly masked?: boolean
  readonly restricted?: boolean
  readonly withheld?: string
  readonly fields?: Readonly<Record<string, string | number>>
}

export interface ExportOrder {
  readonly controllerId: string
  /** Only these categories. */
  readonly categories?: readonly string[]
  /** Only this subject. */
  readonly subjectId?: string
  readonly why: Why
  readonly signal?: AbortSignal
  readonly pauses?: readonly number[]
}

/**
 * Every record of an export, one subject after the other, without holding them. When the connection
 * breaks, it goes on after the last subject that came whole; none is given twice.
 *
 * @throws {Refused} what ends the export.
 */
export async function* exportRecords(
  house: Holdfast,
  { controllerId, categories, subjectId, why, signal, pauses = defaultPauses }: ExportOrder,
): AsyncGenerator<ExportedRecord> {
  let last: string | undefined
  let tries = 0
  for (;;) {
    try {
      const answer = await house.open('GET /v1/controllers/{controllerId}/export', {
        path: { controllerId },
        query: {
          format: 'ndjson',
          ...(categories === undefined ? {} : { categories: categories.join(',') }),
          ...(subjectId === undefined ? {} : { subjectId }),
          ...(last === undefined ? {} : { after: last }),
        },
        why,
        ...(signal === undefined ? {} : { signal }),
      })
      for await (const records of bySubject(answer)) {
        last = records[0]!.subjectId
        tries = 0
        yield* records
      }
      return
    } catch (error) {
      const wait = pauses[tries]
      if (wait === undefined || error instanceof Refused || !mayPass(error, true)) throw error
      tries += 1
      await after(wait)
    }
  }
}

/** A subject's records together, once the next subject begins or everything has come. */
async function* bySubject(answer: Response): AsyncGenerator<ExportedRecord[]> {
  let own: ExportedRecord[] = []
  for await (const line of linesOf(answer)) {
    const record = JSON.parse(line) as ExportedRecord
    if (own.length > 0 && own[0]!.subjectId !== record.subjectId) {
      yield own
      own = []
    }
    own.push(record)
  }
  if (own.length > 0) yield own
}

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body ?? []) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
