import { pipeline, Readable } from 'node:stream'
import { CsvError, type Info, parse } from 'csv-parse'
import { unguarded } from '#ground'
import { columnMissing, importMalformed, rowColumns } from '../refusals.ts'
import { type Columns, columnsOf, mapped, type RowIn } from './import.ts'
import { chunksOf, type Incoming, longestRow, notUtf8 } from './incoming.ts'

type Parsed = { readonly record: string[]; readonly info: Info }

/**
 * Reads a CSV (RFC 4180). A stream that goes on in the middle of its file has no header; the one
 * before has told what it said.
 */
export async function* csvRows(incoming: Incoming): AsyncGenerator<RowIn> {
  const { mapping, from } = incoming
  const parser = parse({
    delimiter: mapping.delimiter ?? ',',
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    bom: from === undefined,
    info: true,
  })
  // An error of the source comes out of the parser; the callback keeps it from being thrown twice.
  pipeline(Readable.from(inUtf8(incoming), { objectMode: false }), parser, () => {})
  let row = from?.rows ?? 0
  const start = from?.bytes ?? 0
  try {
    for await (const { record, info } of parser as unknown as AsyncIterable<Parsed>) {
      const { columns } = incoming
      if (columns === undefined) {
        incoming.columns = headerOf(record, columnsOf(mapping))
        continue
      }
      row += 1
      const place = { row, end: start + info.bytes }
      const cell = (column: string) => unguarded(record[columns.places[column]!]!)
      yield record.length === columns.count
        ? { ...place, put: mapped(mapping, cell) }
        : { ...place, refusal: rowColumns(columns.count) }
    }
  } catch (error) {
    // The parser's message quotes the data; its code does not.
    if (error instanceof CsvError)
      throw importMalformed(`The CSV is malformed after row ${row} (${error.code}).`, { row })
    throw error
  }
  if (incoming.columns === undefined) throw importMalformed('The CSV has no header.', { row })
}

/** Of a header only what the mapping names is kept: where there is none, its first line is data. */
function headerOf(cells: readonly string[], wanted: readonly string[]): Columns {
  const names = cells.map((name) => name.trim())
  if (new Set(names).size < names.length)
    throw importMalformed('Two columns of the header have one name.')
  const missing = wanted.find((column) => !names.includes(column))
  if (missing !== undefined) throw columnMissing(missing)
  const places = Object.fromEntries(wanted.map((column) => [column, names.indexOf(column)]))
  return { count: names.length, places }
}

/** The bytes as they are, once they are known to be UTF-8. */
async function* inUtf8(incoming: Incoming): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const check = (chunk?: Uint8Array) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw notUtf8(incoming)
    }
  }
  for await (const chunk of chunksOf(incoming)) {
    check(chunk)
    yield chunk
  }
  check()
}
