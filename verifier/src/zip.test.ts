import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 as nodeCrc32, deflateRawSync } from 'node:zlib'
import { makeZip } from 'client-zip'
import { crc32, type RandomAccess, ZipFile } from './zip.ts'

interface Member {
  readonly name: string
  readonly bytes: Buffer
  readonly deflated?: boolean
  /** Sizes and place as zip64 writes them. */
  readonly wide?: boolean
  /** Says another size than it has. */
  readonly says?: number
  readonly flags?: number
}

const access = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: async (from, to) => bytes.slice(from, Math.min(to, bytes.length)),
})

const numbers = (...fields: readonly (readonly [value: number, bytes: 2 | 4 | 8])[]) =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(8)
      field.writeBigUInt64LE(BigInt(value))
      return field.subarray(0, bytes)
    }),
  )

/** A zip written by the specification, with what is odd about it where a member says so. */
function zipOf(members: readonly Member[], wideEnd = false): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const {
    name,
    bytes,
    deflated = false,
    wide = false,
    says = bytes.length,
    flags = 0x800,
  } of members) {
    const packed = deflated ? deflateRawSync(bytes) : bytes
    const [title, method] = [Buffer.from(name), deflated ? 8 : 0]
    const crc = nodeCrc32(bytes)
    const common = (size: number, length: number) =>
      numbers([flags, 2], [method, 2], [0, 4], [crc, 4], [size, 4], [length, 4], [title.length, 2])
    const head = Buffer.concat([
      numbers([0x04034b50, 4], [45, 2]),
      common(packed.length, says),
      numbers([0, 2]),
      title,
    ])
    const extra = wide
      ? numbers([1, 2], [24, 2], [says, 8], [packed.length, 8], [at, 8])
      : Buffer.alloc(0)
    const [size, length, place] = wide
      ? [0xffffffff, 0xffffffff, 0xffffffff]
      : [packed.length, says, at]
    directory.push(
      numbers([0x02014b50, 4], [45, 2], [45, 2]),
      common(size, length),
      numbers([extra.length, 2], [0, 2], [0, 2], [0, 2], [0, 4], [place, 4]),
      title,
      extra,
    )
    parts.push(head, packed)
    at += head.length + packed.length
  }
  const list = Buffer.concat(directory)
  const n = members.length
  const end64 = wideEnd
    ? Buffer.concat([
        numbers(
          [0x06064b50, 4],
          [44, 8],
          [45, 2],
          [45, 2],
          [0, 4],
          [0, 4],
          [n, 8],
          [n, 8],
          [list.length, 8],
          [at, 8],
        ),
        numbers([0x07064b50, 4], [0, 4], [at + list.length, 8], [1, 4]),
      ])
    : Buffer.alloc(0)
  const [count, length, place] = wideEnd ? [0xffff, 0xffffffff, 0xffffffff] : [n, list.length, at]
  const end = numbers(
    [0x06054b50, 4],
    [0, 4],
    [count, 2],
    [count, 2],
    [length, 4],
    [place, 4],
    [0, 2],
  )
  return Buffer.concat([...parts, list, end64, end])
}

const long = Buffer.from('holdfast '.repeat(5000))
const plain = { name: 'a/plain', bytes: Buffer.from('plain') }
const packed = { name: 'ü/packed', bytes: long, deflated: true }

test('stored and deflated members come back as they were, by narrow and wide numbers', async () => {
  for (const bytes of [
    zipOf([plain, packed]),
    zipOf(
      [
        { ...plain, wide: true },
        { ...packed, wide: true },
      ],
      true,
    ),
  ]) {
    const zip = await ZipFile.open(access(bytes))
    deepEqual(zip.names, ['a/plain', 'ü/packed'])
    equal(Buffer.from((await zip.read('a/plain'))!).toString(), 'plain')
    equal(Buffer.from((await zip.read('ü/packed'))!).equals(long), true)
    equal(await zip.read('nothing'), undefined)
  }
})

test('what the house’s own writer makes is read', async () => {
  const stream = makeZip([{ name: 'x', input: 'text', lastModified: new Date(0) }])
  const zip = await ZipFile.open(access(new Uint8Array(await new Response(stream).arrayBuffer())))
  equal(Buffer.from((await zip.read('x'))!).toString(), 'text')
})

test('a zip that is none, cut, doubled, encrypted or damaged is refused', async () => {
  const open = (bytes: Uint8Array) => ZipFile.open(access(bytes))
  await rejects(open(Buffer.from('no zip at all')), /no zip/)
  await rejects(open(new Uint8Array()), /no zip/)
  await rejects(open(zipOf([plain]).subarray(0, -4)), RangeError)
  await rejects(open(zipOf([plain, plain])), /twice/)
  await rejects(open(zipOf([{ ...plain, flags: 1 }])), /encrypted/)
  const damaged = zipOf([plain])
  damaged[damaged.indexOf('plain', 37)]! ^= 1
  await rejects((await open(damaged)).read('a/plain'), /damaged/)
})

test('a member that unpacks to more than it says is given up on the way', async () => {
  const zip = await ZipFile.open(access(zipOf([{ ...packed, says: 100 }])))
  await rejects(zip.read('ü/packed'), /longer than it says/)
  const short = await ZipFile.open(access(zipOf([{ ...packed, says: long.length + 1 }])))
  await rejects(short.read('ü/packed'), /damaged/)
})

test('the checksum is the one of every zip', () => {
  for (const text of ['', 'a', '123456789', 'holdfast'.repeat(99)])
    equal(crc32(Buffer.from(text)), nodeCrc32(text))
})
