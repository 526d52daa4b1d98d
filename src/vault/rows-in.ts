import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { unguarded } from '#ground'
import { columnsOf, type ImportFormat, type Mapping, type RowIn } from './import.ts'
import {
  columnMissing,
  importInterrupted,
  importMalformed,
  rowColumns,
  rowNotJson,
  rowTooLong,
} from './refusals.ts'

/** Longest row, in bytes (CSV) or UTF-16 units (NDJSON). */
export const longestRow = 1_048_576

/** What is being read, and how much of it has come. */
export interface Incoming {
  readonly stream: Readable
  readonly format: ImportFormat
  readonly mapping: Mapping
  bytesRead: number
}

/**
 * Reads rows one at a time, never more than a chunk ahead: whoever takes slowly slows the sender.
 *
 * A row that cannot be read is one bad row. What makes the rest unreadable throws.
 *
 * @throws {Refusal} `vault.import-interrupted` when the stream breaks off, `vault.import-malformed`
 *   for what is no UTF-8 or no CSV, `vault.import-column-missing`.
 */
export function rowsOf(incoming: Incoming): AsyncGenerator<RowIn> {
  return incoming.format === 'csv' ? csvRows(incoming) : jsonRows(incoming)
}

async function* csvRows(incoming: Incoming): AsyncGenerator<RowIn> {
  const { delimiter = ',' } = incoming.mapping
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
  })
  // An error of the source comes out of the parser; the callback keeps it from being thrown twice.
  pipeline(Readable.from(decoded(incoming)), parser, () => {})
  let header: Map<string, number> | undefined
  let row = 0
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (header === undefined) {
        header = headerOf(cells, incoming.mapping)
        continue
      }
      row += 1
      const places = header
      yield cells.length === header.size
        ? { row, cell: (column) => unguarded(cells[places.get(column)!]!) }
        : { row, refusal: rowColumns(header.size) }
    }
  } catch (error) {
    // The parser's message quotes the data; its code does not.
    if (error instanceof CsvError)
      throw importMalformed(`The CSV is malformed after row ${row} (${error.code}).`, { row })
    throw error
  }
  if (header === undefined) throw importMalformed('The CSV has no header.', { row })
}

function headerOf(cells: readonly string[], mapping: Mapping): Map<string, number> {
  const header = new Map(cells.map((name, i) => [name.trim(), i]))
  if (header.size < cells.length) throw importMalformed('Two columns of the header have one name.')
  for (const column of columnsOf(mapping)) if (!header.has(column)) throw columnMissing(column)
  return header
}

async function* jsonRows(incoming: Incoming): AsyncGenerator<RowIn> {
  let row = 0
  for await (const line of lines(incoming)) {
    if (line?.trim() === '') continue
    row += 1
    const value = line === undefined ? undefined : objectIn(line)
    if (value !== undefined) yield { row, cell: (column) => property(value, column) }
    else yield { row, refusal: line === undefined ? rowTooLong(longestRow) : rowNotJson() }
  }
}

type JsonObject = { readonly [key: string]: unknown }

function objectIn(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as JsonObject) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A property of its own, or `a.b`: property `b` of the object `a`. */
function property(object: JsonObject, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path]
  const point = path.indexOf('.')
  const inner = point < 0 ? undefined : object[path.slice(0, point)]
  if (typeof inner !== 'object' || inner === null) return undefined
  const rest = path.slice(point + 1)
  return Object.hasOwn(inner, rest) ? (inner as JsonObject)[rest] : undefined
}

/** Lines without their ends; undefined for one that is too long, of which nothing is kept. */
async function* lines(incoming: Incoming): AsyncGenerator<string | undefined> {
  let rest = ''
  let skipping = false
  for await (const text of decoded(incoming)) {
    const parts = `${rest}${text}`.split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      if (skipping) skipping = false
      else yield part.length > longestRow ? undefined : part
    }
    if (rest.length > longestRow) {
      if (!skipping) yield undefined
      skipping = true
      rest = ''
    }
  }
  if (!skipping) yield rest
}

async function* decoded(incoming: Incoming): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      // Kept as it is, it would be somebody's name with question marks in it.
      throw importMalformed(`This is not UTF-8, before byte ${incoming.bytesRead}.`)
    }
  }
  for await (const chunk of unbroken(incoming.stream)) {
    incoming.bytesRead += chunk.byteLength
    yield decode(chunk)
  }
  yield decode()
}

/** The stream's chunks. Left early, the stream stays open: the caller's answer goes out on its connection. */
async function* unbroken(stream: Readable): AsyncGenerator<Uint8Array> {
  const chunks = stream.iterator({ destroyOnReturn: false })
  for (;;) {
    const next = await chunks.next().catch(() => {
      throw importInterrupted()
    })
    if (next.done === true) return
    yield next.value as Uint8Array
  }
}
