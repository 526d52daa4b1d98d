/**
 * Lists as PostgreSQL takes them in binary, for `unnest($1::uuid[])`. A list of bytes goes as it is:
 * as text it would double, and be escaped and parsed on the way.
 *
 *     1              i32 big-endian    dimensions; 0 for an empty list
 *     nulls          i32               1 where an element may be null
 *     element type   i32               its OID
 *     n              i32               elements
 *     1              i32               the first one's number
 *     each element   i32 its length, then its bytes; length -1 is null
 *
 * COPY FROM would say the same in fewer bytes, but PostgreSQL refuses it on a table with row-level
 * security; and `unnest` of binary lists measures faster than COPY into a table on the side.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html (Notes), `array_recv` in `arrayfuncs.c`
 */
const oids = {
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  timestamptz: 1184,
  uuid: 2950,
} as const
type ElementType = keyof typeof oids

const headSize = 20
/** Milliseconds from the Unix epoch to PostgreSQL's, 2000-01-01. */
const postgresEpochMs = 946_684_800_000n

/** UUIDs in their usual spelling, or null. @throws {TypeError} for anything else. */
export const uuidArray = (ids: readonly (string | null)[]): Buffer =>
  fixed('uuid', 16, ids, putUuid)

/** What a character of a UUID counts for: 0 to 15, above that it is no hexadecimal digit. */
const digits = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? 0xff : digit
})

function putUuid(id: string, bytes: Buffer, at: number): void {
  let wrong = id.length ^ 36
  let place = 0
  for (let byte = 0; byte < 16; byte += 1) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10)
      wrong |= id.charCodeAt(place++) ^ 0x2d
    const high = digits[id.charCodeAt(place++)] ?? 0xff
    const low = digits[id.charCodeAt(place++)] ?? 0xff
    wrong |= (high | low) & 0xf0
    bytes[at + byte] = (high << 4) | low
  }
  if (wrong !== 0) throw new TypeError('a UUID in its usual spelling is wanted')
}

/** Whole numbers of 32 bits, or null. */
export const int4Array = (numbers: readonly (number | null)[]): Buffer =>
  fixed('int4', 4, numbers, (number, bytes, at) => void bytes.writeInt32BE(number, at))

/** Whole numbers that JavaScript holds exactly, or null, in 64 bits. */
export const int8Array = (numbers: readonly (number | null)[]): Buffer =>
  fixed('int8', 8, numbers, (number, bytes, at) => void bytes.writeBigInt64BE(BigInt(number), at))

/** Whole numbers of 16 bits. */
export const int2Array = (numbers: readonly number[]): Buffer =>
  fixed('int2', 2, numbers, (number, bytes, at) => void bytes.writeInt16BE(number, at))

/** Instants, to the millisecond. */
export const timestamptzArray = (instants: readonly Date[]): Buffer =>
  fixed('timestamptz', 8, instants, (instant, bytes, at) => {
    const micros = (BigInt(instant.getTime()) - postgresEpochMs) * 1000n
    bytes.writeBigInt64BE(micros, at)
  })

export const byteaArray = (values: readonly (Uint8Array | null)[]): Buffer =>
  varied('bytea', values)

export const textArray = (texts: readonly (string | null)[]): Buffer =>
  varied(
    'text',
    texts.map((text) => (text === null ? null : Buffer.from(text))),
  )

function fixed<T>(
  type: ElementType,
  size: number,
  values: readonly (T | null)[],
  put: (value: T, bytes: Buffer, at: number) => void,
): Buffer {
  let nulls = 0
  for (const value of values) if (value === null) nulls += 1
  const bytes = headed(type, values.length, values.length * (4 + size) - nulls * size, nulls > 0)
  let at = headSize
  for (const value of values) {
    at = bytes.writeInt32BE(value === null ? -1 : size, at)
    if (value === null) continue
    put(value, bytes, at)
    at += size
  }
  return bytes
}

function varied(type: ElementType, values: readonly (Uint8Array | null)[]): Buffer {
  let size = 0
  for (const value of values) size += 4 + (value?.length ?? 0)
  const bytes = headed(type, values.length, size, values.includes(null))
  let at = headSize
  for (const value of values) {
    at = bytes.writeInt32BE(value?.length ?? -1, at)
    if (value === null) continue
    bytes.set(value, at)
    at += value.length
  }
  return bytes
}

function headed(type: ElementType, count: number, size: number, nulls: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(count === 0 ? 12 : headSize + size)
  bytes.writeInt32BE(count === 0 ? 0 : 1, 0)
  bytes.writeInt32BE(nulls ? 1 : 0, 4)
  bytes.writeInt32BE(oids[type], 8)
  if (count === 0) return bytes
  bytes.writeInt32BE(count, 12)
  bytes.writeInt32BE(1, 16)
  return bytes
}
