import { isUtf8 } from 'node:buffer'
import { chunksOf, type Incoming, longestRow, notUtf8 } from './incoming.ts'

/** A line without its end; undefined for one that is too long, of which nothing is kept. */
export interface Line {
  readonly text: string | undefined
  /** Where in the file the next one begins. */
  readonly end: number
}

const newline = 0x0a
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf)

/**
 * Lines with something in them. Pieces are put together once, when their line has come whole: however
 * small they are, a line takes time by its length.
 *
 * @throws {Refusal} `vault.import-malformed` for what is no UTF-8, `vault.import-interrupted`.
 */
export async function* linesIn(incoming: Incoming): AsyncGenerator<Line> {
  let end = incoming.from?.bytes ?? 0
  let held: Buffer[] = []
  let length = 0
  let first = incoming.from === undefined
  const take = (piece: Buffer) => {
    length += piece.length
    // Of what is too long nothing is kept but its length.
    if (length > longestRow) held = []
    else held.push(piece)
  }
  const lineOf = (): Line => {
    const text = length > longestRow ? undefined : Buffer.concat(held)
    if (text !== undefined && !isUtf8(text)) throw notUtf8(incoming)
    const marked = first && text?.subarray(0, 3).equals(byteOrderMark) === true
    first = false
    held = []
    length = 0
    return { text: text?.toString('utf8', marked ? 3 : 0), end }
  }
  for await (const chunk of chunksOf(incoming)) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      end += at + 1 - from
      if (at > from) take(chunk.subarray(from, at))
      from = at + 1
      if (length > 0) yield lineOf()
    }
    if (from < chunk.length) {
      end += chunk.length - from
      take(chunk.subarray(from))
    }
  }
  if (length > 0) yield lineOf()
}
