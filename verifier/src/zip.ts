/**
 * Reads zip files (APPNOTE.TXT 6.3.10): stored and deflated members, with zip64 sizes. Each member's
 * CRC-32 is checked. No encryption, no parts on several disks.
 *
 * ```
 * … members … │ central directory │ [zip64 end record, locator] │ end record ‖ comment
 * ```
 */
import { textOf } from './bytes.ts'

/** Something of which any stretch can be read. */
export interface RandomAccess {
  readonly size: number
  read(start: number, end: number): Promise<Uint8Array>
}

interface Member {
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly header: number
}

const endRecord = 0x06054b50
const endLocator64 = 0x07064b50
const endRecord64 = 0x06064b50
const directoryEntry = 0x02014b50
const localHeader = 0x04034b50
const endBytes = 22
const longestComment = 0xffff
const stored = 0
const deflated = 8
/** More in one member than any file of a log can have. */
const largestMember = 1 << 30

/** A zip's members by name. @throws {RangeError} for anything that is not a whole zip. */
export class ZipFile {
  readonly #file: RandomAccess
  readonly #members: ReadonlyMap<string, Member>

  private constructor(file: RandomAccess, members: ReadonlyMap<string, Member>) {
    this.#file = file
    this.#members = members
  }

  static async open(file: RandomAccess): Promise<ZipFile> {
    const { start, end, count } = await findDirectory(file)
    return new ZipFile(file, parseDirectory(await file.read(start, end), count))
  }

  get names(): string[] {
    return [...this.#members.keys()]
  }

  /** A member's bytes; undefined when there is none of that name. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const member = this.#members.get(name)
    if (member === undefined) return undefined
    const head = viewOf(await this.#file.read(member.header, member.header + 30))
    if (head.byteLength < 30 || head.getUint32(0, true) !== localHeader) {
      throw new RangeError(`the zip holds no ${name} where it says so`)
    }
    const start = member.header + 30 + head.getUint16(26, true) + head.getUint16(28, true)
    const packed = await this.#file.read(start, start + member.packed)
    const bytes = member.method === stored ? packed : await inflate(packed, member.size)
    if (bytes.length !== member.size || crc32(bytes) !== member.crc) {
      throw new RangeError(`${name} in the zip is damaged`)
    }
    return bytes
  }
}

async function findDirectory(file: RandomAccess) {
  const from = Math.max(0, file.size - endBytes - longestComment)
  const tail = viewOf(await file.read(from, file.size))
  let at = tail.byteLength - endBytes
  while (at >= 0 && tail.getUint32(at, true) !== endRecord) at -= 1
  if (at < 0) throw new RangeError('this is no zip file')
  const [count, bytes, start] = [10, 12, 16].map((offset, i) =>
    i === 0 ? tail.getUint16(at + offset, true) : tail.getUint32(at + offset, true),
  ) as [number, number, number]
  if (count !== 0xffff && bytes !== 0xffffffff && start !== 0xffffffff) {
    return within(file, start, bytes, count)
  }
  const locator = at - 20
  if (locator < 0 || tail.getUint32(locator, true) !== endLocator64) {
    throw new RangeError('the zip has no zip64 locator')
  }
  const where = big(tail, locator + 8)
  const record = viewOf(await file.read(where, where + 56))
  if (record.byteLength < 56 || record.getUint32(0, true) !== endRecord64) {
    throw new RangeError('the zip has no zip64 end record')
  }
  return within(file, big(record, 48), big(record, 40), big(record, 32))
}

function within({ size }: RandomAccess, start: number, bytes: number, count: number) {
  if (start + bytes > size) throw new RangeError('the zip’s directory lies outside of it')
  return { start, end: start + bytes, count }
}

function parseDirectory(bytes: Uint8Array, count: number): Map<string, Member> {
  const view = viewOf(bytes)
  const members = new Map<string, Member>()
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directoryEntry) {
      throw new RangeError('the zip’s directory is damaged')
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((o) =>
      view.getUint16(at + o, true),
    ) as [number, number, number]
    const extraAt = at + 46 + nameBytes
    const name = textOf(bytes.subarray(at + 46, extraAt))
    const member = memberAt(view, at, extraAt, extraBytes)
    // Two files of one name would let two readers see two different logs.
    if (members.has(name)) throw new RangeError(`the zip holds ${name} twice`)
    if ((view.getUint16(at + 8, true) & 1) === 1) throw new RangeError(`${name} is encrypted`)
    if (member.method !== stored && member.method !== deflated) {
      throw new RangeError(`${name} is packed in a way this reader does not know`)
    }
    if (member.size > largestMember) throw new RangeError(`${name} is too large for a log’s file`)
    members.set(name, member)
    at = extraAt + extraBytes + commentBytes
  }
  return members
}

function memberAt(view: DataView, at: number, extraAt: number, extraBytes: number): Member {
  const narrow = {
    size: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    header: view.getUint32(at + 42, true),
  }
  const wide = { ...narrow }
  for (let e = extraAt; e + 4 <= extraAt + extraBytes;) {
    const [id, length] = [view.getUint16(e, true), view.getUint16(e + 2, true)]
    if (id === 1) {
      // Only what did not fit is here, in this order.
      let from = e + 4
      for (const field of ['size', 'packed', 'header'] as const) {
        if (narrow[field] !== 0xffffffff) continue
        if (from + 8 > e + 4 + length) throw new RangeError('the zip’s directory is damaged')
        wide[field] = big(view, from)
        from += 8
      }
    }
    e += 4 + length
  }
  return { method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), ...wide }
}

async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const unpacked = new Uint8Array(size)
  let at = 0
  const stream = new Blob([new Uint8Array(packed)])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new RangeError('a member of the zip does not unpack')
    })
    if (done) break
    const piece = value as Uint8Array
    // A bomb ends where its directory said it would.
    if (at + piece.length > size) {
      await reader.cancel()
      throw new RangeError('a member of the zip is longer than it says')
    }
    unpacked.set(piece, at)
    at += piece.length
  }
  return unpacked.subarray(0, at)
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (let i = 0; i < bytes.length; i++) c = crcTable[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

function big(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError('a number in the zip is too large')
  return Number(value)
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
