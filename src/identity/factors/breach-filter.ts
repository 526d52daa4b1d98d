/**
 * A filter of breached passwords: says of a password "surely not on the list" or "almost surely on it".
 *
 * The list is that of Have I Been Pwned, ordered by hash: one line an entry, the SHA-1 of a password in
 * 40 hexadecimal digits, a colon, how often it was seen. Because it is in order, the filter is made in
 * one pass, a part at a time: a part holds the entries whose hash begins with the same 16 bits, in a
 * Bloom filter of its own, 14 bits an entry and 10 hash functions. So making it takes the memory of one
 * part, and a look-up reads one part: about 24 KB each for a billion entries.
 *
 * The file, numbers big-endian:
 *
 *     0        8         `HFBREACH`
 *     8        4         version, 1
 *     12       1         hash functions, 10
 *     13       1         bits an entry, 14
 *     14       2         zero
 *     16       8         entries
 *     24       8         bytes of the whole file
 *     32       8         when it was made, milliseconds since 1970
 *     40       24        a password that is on no list, in ASCII, and was put among the entries to try the filter with
 *     64       524 296   where part 0 to 65 535 begins, and where the last ends: 65 537 offsets of 8 bytes
 *     524 360            the parts, each a Bloom filter; a part without entries has no bytes
 *
 * In a part of `m` bits the entry of a hash sets bit `(a + i·b) mod m` for i from 0 to 9, where `a` and
 * `b` are the hash's bytes 4 to 7 and 8 to 11, the latter made odd. Bit n is bit `7 - n mod 8` of byte `n / 8`.
 */
import { createHash } from 'node:crypto'
import { normalPassword } from './password.ts'

export const magic = 'HFBREACH'
export const formatVersion = 1
export const hashFunctions = 10
export const bitsPerEntry = 14
export const parts = 65_536
export const canaryBytes = 24
export const headerBytes = 64
export const firstPart = headerBytes + (parts + 1) * 8

/** How often the filter takes a password for a breached one that is not: (1 - e^(-10/14))^10, one in 833. */
export const falsePositives = (1 - Math.exp(-hashFunctions / bitsPerEntry)) ** hashFunctions

/** What the filter knows of a hash: its part, and the two numbers its bits are drawn from. */
export interface Entry {
  readonly part: number
  readonly a: number
  readonly b: number
}

const entryOf = (hash: Buffer): Entry => ({
  part: hash.readUInt16BE(0),
  a: hash.readUInt32BE(4),
  b: (hash.readUInt32BE(8) | 1) >>> 0,
})

/** The entry a password would be, if it were on the list. */
export const entryOfPassword = (password: string): Entry =>
  entryOf(createHash('sha1').update(normalPassword(password)).digest())

/** A part's bytes for so many entries: none for none, and eight for few, where bits would soon be short. */
export const partBytes = (entries: number): number =>
  entries === 0 ? 0 : Math.max(8, Math.ceil((entries * bitsPerEntry) / 8))

export function setIn(part: Uint8Array, { a, b }: Omit<Entry, 'part'>): void {
  const bits = part.length * 8
  for (let i = 0; i < hashFunctions; i++) {
    const bit = (a + i * b) % bits
    part[bit >>> 3]! |= 0x80 >>> (bit & 7)
  }
}

export function isIn(part: Uint8Array, { a, b }: Omit<Entry, 'part'>): boolean {
  const bits = part.length * 8
  if (bits === 0) return false
  for (let i = 0; i < hashFunctions; i++) {
    const bit = (a + i * b) % bits
    if ((part[bit >>> 3]! & (0x80 >>> (bit & 7))) === 0) return false
  }
  return true
}

/** A line that is not as it must be. */
export class LineFault extends Error {
  readonly line: number
  readonly why: 'form' | 'order'
  constructor(line: number, why: 'form' | 'order') {
    super(`line ${line}: ${why}`)
    this.line = line
    this.why = why
  }
}

const longestLine = 80
const newline = 10
const digit = new Int8Array(256).fill(-1)
for (let value = 0; value < 16; value++) {
  digit[value.toString(16).charCodeAt(0)] = value
  digit[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/**
 * Reads the list from pieces of any size, and hands out its parts in order, each once. Lines may end in
 * CR LF; the last needs no end. Nothing but the part in hand is kept.
 *
 * @throws {LineFault} for a line that is no entry, or one whose hash comes before that of the line above.
 */
export class ListReader {
  #rest = Buffer.alloc(0)
  #line = 0
  #part = 0
  #before = -1
  #a: number[] = []
  #b: number[] = []
  readonly #put: (part: number, a: readonly number[], b: readonly number[]) => Promise<void>

  constructor(put: (part: number, a: readonly number[], b: readonly number[]) => Promise<void>) {
    this.#put = put
  }

  /** Lines read so far. */
  get lines(): number {
    return this.#line
  }

  async take(piece: Buffer): Promise<void> {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let from = 0
    for (;;) {
      const end = bytes.indexOf(newline, from)
      if (end < 0) break
      if (this.#read(bytes, from, end)) await this.#hand()
      from = end + 1
    }
    this.#rest = Buffer.from(bytes.subarray(from))
    if (this.#rest.length > longestLine) throw new LineFault(this.#line + 1, 'form')
  }

  /** After the last piece. */
  async end(): Promise<void> {
    if (this.#rest.length > 0 && this.#read(this.#rest, 0, this.#rest.length)) await this.#hand()
    await this.#put(this.#part, this.#a, this.#b)
  }

  /** What was kept of the part before; the entry that was read already belongs to the next. */
  async #hand(): Promise<void> {
    const [a, b] = [this.#a.pop()!, this.#b.pop()!]
    await this.#put(this.#part, this.#a, this.#b)
    this.#part = this.#next
    this.#a = [a]
    this.#b = [b]
  }
  #next = 0

  /** Reads one line. @returns whether its entry is the first of a later part. */
  #read(bytes: Buffer, from: number, end: number): boolean {
    this.#line += 1
    if (end - from < 41 || end - from > longestLine || bytes[from + 40] !== 0x3a) this.#refuse()
    const last = bytes[end - 1] === 0x0d ? end - 1 : end
    if (last === from + 41) this.#refuse()
    for (let i = from + 41; i < last; i++) if (bytes[i]! < 48 || bytes[i]! > 57) this.#refuse()
    const head = this.#hex(bytes, from, 4)
    const order = head * 2 ** 32 + this.#hex(bytes, from + 4, 8)
    if (order < this.#before) throw new LineFault(this.#line, 'order')
    this.#before = order
    this.#hex(bytes, from + 12, 12)
    const a = this.#hex(bytes, from + 8, 8)
    const b = (this.#hex(bytes, from + 16, 8) | 1) >>> 0
    this.#hex(bytes, from + 24, 8)
    this.#hex(bytes, from + 32, 8)
    this.#a.push(a)
    this.#b.push(b)
    if (head === this.#part) return false
    this.#next = head
    return true
  }

  #hex(bytes: Buffer, from: number, length: number): number {
    let value = 0
    for (let i = from; i < from + length; i++) {
      const one = digit[bytes[i]!]!
      if (one < 0) this.#refuse()
      value = value * 16 + one
    }
    return value
  }

  #refuse(): never {
    throw new LineFault(this.#line, 'form')
  }
}
