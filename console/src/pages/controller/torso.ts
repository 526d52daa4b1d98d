/** Pieces of a file, as they came. */
export type Pieces = readonly Uint8Array<ArrayBuffer>[]

/** What may stay of an export that broke off, and the subject it goes on after. */
export interface Torso {
  readonly pieces: Pieces
  /** Undefined where no subject came whole: it begins anew. */
  readonly after: string | undefined
}

const [newline, quote] = [0x0a, 0x22]
/** Before its pseudonym, which is first in each line. */
const lead = { csv: '', ndjson: '{"subjectId":"' }
const uuidLength = 36
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Cuts an export that broke off before the last subject in it, of whom something may be missing. Lines of one
 * subject stand together; a line break inside of quotes ends no line of a CSV.
 */
export function torsoOf(pieces: Pieces, format: 'csv' | 'ndjson'): Torso {
  const most = lead[format].length + uuidLength
  let start = ''
  let isQuoted = false
  let at = 0
  let lineAt = 0
  let isHead = format === 'csv'
  let last: { readonly subject: string; readonly from: number } | undefined
  let before: string | undefined
  for (const piece of pieces)
    for (const byte of piece) {
      at += 1
      if (byte === newline && !isQuoted) {
        lineAt = at
        start = ''
        isHead = false
        continue
      }
      if (byte === quote && format === 'csv') isQuoted = !isQuoted
      if (isHead || start.length >= most) continue
      start += String.fromCharCode(byte)
      if (start.length < most) continue
      const subject = start.slice(lead[format].length)
      if (!uuid.test(subject)) throw new TypeError('an export’s line begins with no subject')
      if (subject === last?.subject) continue
      before = last?.subject
      last = { subject, from: lineAt }
    }
  if (before === undefined || last === undefined) return { pieces: [], after: undefined }
  return { pieces: cut(pieces, last.from), after: before }
}

function cut(pieces: Pieces, length: number): Pieces {
  const kept: Uint8Array<ArrayBuffer>[] = []
  let left = length
  for (const piece of pieces) {
    if (left <= 0) break
    kept.push(piece.subarray(0, left))
    left -= piece.length
  }
  return kept
}
