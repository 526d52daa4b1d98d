/** Reads DER (X.690): just enough for certificates and time-stamp tokens, and nothing leniently. */

export interface Der {
  readonly tag: number
  /** Tag, length and contents. */
  readonly whole: Uint8Array
  readonly contents: Uint8Array
}

/** @throws {RangeError} for bytes that are no single DER value. */
export function parseDer(bytes: Uint8Array): Der {
  const value = readValue(bytes, 0)
  if (value.whole.length !== bytes.length) throw new RangeError('bytes after a DER value')
  return value
}

/** The values inside a constructed one. */
export function childrenOf({ contents }: Der): Der[] {
  const children: Der[] = []
  for (let at = 0; at < contents.length;) {
    const child = readValue(contents, at)
    children.push(child)
    at += child.whole.length
  }
  return children
}

function readValue(bytes: Uint8Array, at: number): Der {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) {
    throw new RangeError('a DER value ends too early')
  }
  let [start, length] = [at + 2, first]
  if (first >= 0x80) {
    const digits = first & 0x7f
    if (digits < 1 || digits > 4) throw new RangeError('a DER length out of bounds')
    length = 0
    for (let i = 0; i < digits; i++) length = length * 0x100 + (bytes[start + i] ?? 0)
    if (length < 0x80 || length < 0x100 ** (digits - 1))
      throw new RangeError('a DER length not shortest')
    start += digits
  }
  const end = start + length
  if (end > bytes.length) throw new RangeError('a DER value ends too early')
  return { tag, whole: bytes.subarray(at, end), contents: bytes.subarray(start, end) }
}

/** `1.2.840.…` */
export function oidOf({ tag, contents }: Der): string {
  if (tag !== 0x06 || contents.length === 0) throw new RangeError('no object identifier')
  const parts: number[] = []
  let value = 0
  for (const byte of contents) {
    value = value * 0x80 + (byte & 0x7f)
    if (byte < 0x80) {
      if (parts.length === 0)
        parts.push(
          Math.min(2, Math.floor(value / 40)),
          value - 40 * Math.min(2, Math.floor(value / 40)),
        )
      else parts.push(value)
      value = 0
    }
  }
  return parts.join('.')
}

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime in its DER form. */
export function timeOfDer({ tag, contents }: Der): number {
  const text = String.fromCharCode(...contents)
  const [, y, mo, d, h, mi, s, fraction = ''] =
    /^(\d{2,4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? []
  const year = tag === 0x17 ? Number(y) + (Number(y) < 50 ? 2000 : 1900) : Number(y)
  if (y?.length !== (tag === 0x17 ? 2 : 4)) throw new RangeError('no time')
  const at = Date.UTC(year, Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s))
  return at + Math.floor(Number(`0${fraction}`) * 1000)
}
