/** What the first piece of a file says about its columns. */
export interface FileHead {
  readonly format: 'csv' | 'ndjson'
  /** CSV only. */
  readonly delimiter: Delimiter
  readonly columns: readonly string[]
  /** The first rows, a cell for each column. */
  readonly rows: readonly (readonly string[])[]
}

const delimiters = [',', ';', '\t', '|'] as const
type Delimiter = (typeof delimiters)[number]

export const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

/** Bytes of a file that are looked at to find its columns. */
export const headBytes = 65_536
const shownRows = 3

/**
 * Reads the columns and first rows out of the beginning of a file. An object in the first line makes
 * it NDJSON; anything else is CSV, with the delimiter that stands most often in its first line.
 *
 * @param whole - whether `text` is all of the file: else its last line may be cut off.
 * @returns undefined when there is no line to read.
 */
export function headOf(text: string, whole: boolean): FileHead | undefined {
  const clean = text.replace(/^\uFEFF/, '')
  return /^\s*\{/.test(clean) ? ndjsonHead(clean, whole) : csvHead(clean, whole)
}

function ndjsonHead(text: string, whole: boolean): FileHead | undefined {
  const lines = text.split('\n')
  if (!whole) lines.pop()
  const objects = lines
    .filter((line) => line.trim() !== '')
    .slice(0, 100)
    .flatMap(parsed)
  if (objects.length === 0) return undefined
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  const rows = objects
    .slice(0, shownRows)
    .map((object) => columns.map((column) => textOf(object[column])))
  return { format: 'ndjson', delimiter: ',', columns, rows }
}

function csvHead(text: string, whole: boolean): FileHead | undefined {
  const delimiter = delimiterOf(text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1))
  const [columns, ...rows] = csvRows(text, delimiter, shownRows + 1, whole)
  if (columns === undefined || columns.every((column) => column.trim() === '')) return undefined
  return { format: 'csv', delimiter, columns: columns.map((column) => column.trim()), rows }
}

/** RFC 4180, as far as the first rows go. */
function csvRows(text: string, delimiter: Delimiter, most: number, whole: boolean): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endCell = () => {
    row.push(cell)
    cell = ''
  }
  const endRow = () => {
    endCell()
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const char = text[at]!
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[at + 1] === '"') cell += text[at++]
      else quoted = false
    } else if (char === '"' && cell === '') quoted = true
    else if (char === delimiter) endCell()
    else if (char === '\n') endRow()
    else if (char !== '\r') cell += char
  }
  if (whole && rows.length < most && (cell !== '' || row.length > 0)) endRow()
  return rows
}

function delimiterOf(line: string): Delimiter {
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

/** The properties of a line; one level of objects is reached into by `outer.inner`. */
function parsed(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line)
    if (!isObject(value)) return []
    const flat = Object.entries(value).flatMap(([name, inner]) =>
      isObject(inner)
        ? Object.entries(inner).map(([key, each]) => [`${name}.${key}`, each] as const)
        : [[name, inner] as const],
    )
    return [Object.fromEntries(flat)]
  } catch {
    // The import itself names the rows it cannot read; here one bad line must not hide the rest.
    return []
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
