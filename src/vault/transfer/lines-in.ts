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

/** @throws {Refusal} `vault.import-malformed` for what is no UTF-8, `vault.import-interrupted`. */
export async function* linesIn(incoming: Incoming): AsyncGenerator<Line> {
  let end = incoming.from?.bytes ?? 0
  let rest: Buffer = Buffer.alloc(0)
  let skipping = false
  let first = incoming.from === undefined
  const lineOf = (bytes: Buffer): Line => {
    const text = skipping || bytes.length > longestRow ? undefined : bytes
    if (text !== undefined && !isUtf8(text)) throw notUtf8(incoming)
    const marked = first && text?.subarray(0, 3).equals(byteOrderMark) === true
    first = false
    return { text: text?.toString('utf8', marked ? 3 : 0), end }
  }
  for await (const chunk of chunksOf(incoming)) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline)) {
      end += at + 1
      const line = bytes.subarray(0, at)
      bytes = bytes.subarray(at + 1)
      yield lineOf(line)
      skipping = false
    }
    rest = bytes
    if (rest.length > longestRow) {
      // The rest of it is counted, and not kept.
      end += rest.length
      rest = Buffer.alloc(0)
      skipping = true
    }
  }
  end += rest.length
  if (skipping || rest.length > 0) yield lineOf(rest)
}
