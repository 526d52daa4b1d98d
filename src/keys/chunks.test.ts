import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { FileKey } from './chunks.ts'
import vectors from './testdata/chunked-encryption.json' with { type: 'json' }
import { NotAuthentic } from './xaes.ts'

const key = new FileKey(createSecretKey(Buffer.from(vectors.key, 'hex')))
const none = Buffer.alloc(0)

/** Bytes in pieces of a size that fits no chunk. */
async function* pieces(bytes: Uint8Array, size = 5000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function all(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const held: Uint8Array[] = []
  for await (const part of parts) held.push(part)
  return Buffer.concat(held)
}

const opening = (sealed: Uint8Array, context: Uint8Array = none, by = key) =>
  all(by.open(pieces(sealed), context))

test('the published vectors open to what they say', async () => {
  for (const { comment, ct, msgLength, msgSha512 } of vectors.tests) {
    const plain = await opening(inflateSync(Buffer.from(ct, 'hex')))
    equal(plain.length, msgLength, comment)
    equal(createHash('sha512').update(plain).digest('hex'), msgSha512, comment)
  }
  ok(vectors.tests.length >= 5)
})

test('what is sealed opens again at every size around a chunk, and is not there in the clear', async () => {
  for (const size of [0, 1, 16_383, 16_384, 16_385, 40_000]) {
    const plain = randomBytes(size)
    const sealed = await all(key.seal(pieces(plain), Buffer.from('here')))
    equal(sealed.length, 56 + size + 16 * (Math.floor(size / 16_384) + 1))
    ok(size < 32 || !sealed.includes(plain.subarray(0, 32)))
    deepEqual(await opening(sealed, Buffer.from('here')), plain)
    await rejects(opening(sealed, Buffer.from('there')), NotAuthentic)
  }
})

test('cut anywhere, reordered, lengthened or changed in one bit, it does not open', async () => {
  const sealed = await all(key.seal(pieces(randomBytes(40_000)), none))
  const chunk = 16_400
  for (const end of [
    0,
    30,
    55,
    56,
    60,
    71,
    56 + chunk,
    56 + chunk + 15,
    56 + 2 * chunk,
    sealed.length - 1,
  ])
    await rejects(opening(sealed.subarray(0, end)), NotAuthentic, `cut at ${end}`)
  const [first, second] = [
    sealed.subarray(56, 56 + chunk),
    sealed.subarray(56 + chunk, 56 + 2 * chunk),
  ]
  const rest = sealed.subarray(56 + 2 * chunk)
  const head = sealed.subarray(0, 56)
  await rejects(opening(Buffer.concat([head, second, first, rest])), NotAuthentic)
  await rejects(opening(Buffer.concat([head, first, rest])), NotAuthentic)
  await rejects(opening(Buffer.concat([sealed, rest])), NotAuthentic)
  for (let at = 0; at < sealed.length; at += 997) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    await rejects(opening(changed), NotAuthentic, `byte ${at}`)
  }
  const other = new FileKey(createSecretKey(randomBytes(32)))
  await rejects(opening(sealed, none, other), NotAuthentic)
})
