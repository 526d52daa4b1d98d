import { rowNotJson, rowTooLong } from '../refusals.ts'
import { mapped, type RowIn } from './import.ts'
import { type Incoming, longestRow } from './incoming.ts'
import { linesIn } from './lines-in.ts'

type JsonObject = { readonly [key: string]: unknown }

/** Reads NDJSON: one object a line, blank lines between them. */
export async function* jsonRows(incoming: Incoming): AsyncGenerator<RowIn> {
  let row = incoming.from?.rows ?? 0
  for await (const { text, end } of linesIn(incoming)) {
    if (text?.trim() === '') continue
    row += 1
    const value = text === undefined ? undefined : objectIn(text)
    if (value === undefined)
      yield { row, end, refusal: text === undefined ? rowTooLong(longestRow) : rowNotJson() }
    else yield { row, end, put: mapped(incoming.mapping, (column) => property(value, column)) }
  }
}

/** The JSON object in a text; undefined where there is none. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as JsonObject) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A property of its own, or `a.b`: property `b` of the object `a`. */
export function property(object: JsonObject, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path]
  const point = path.indexOf('.')
  const inner = point < 0 ? undefined : object[path.slice(0, point)]
  if (typeof inner !== 'object' || inner === null) return undefined
  const rest = path.slice(point + 1)
  return Object.hasOwn(inner, rest) ? (inner as JsonObject)[rest] : undefined
}
