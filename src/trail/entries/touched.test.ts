import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { noRecord } from '#kernel'
import { packTouched, summarise, unpackTouched } from './touched.ts'

const ordinal = fc.oneof(fc.nat(300), fc.nat(), fc.integer({ min: 0, max: 2 ** 52 }))
const touch = fc
  .record({ subject: ordinal, record: ordinal, category: fc.nat(30) })
  .map((one) => (one.record === noRecord ? { ...one, category: 0 } : one))

test('a set is packed as its format says', () => {
  const packed = packTouched([
    { subject: 5, record: 300, category: 1 },
    { subject: 5, record: 7, category: 0 },
    { subject: 2, record: 6, category: 30 },
    { subject: 5, record: 7, category: 0 },
  ])
  deepEqual([...packed!], [1, 2, 2, 1, 6, 30, 3, 2, 7, 0, 0xa5, 0x02, 1])
})

test('a set comes back whole, in order and without repetition', () => {
  fc.assert(
    fc.property(fc.array(touch, { minLength: 1 }), (touches) => {
      const back = unpackTouched(packTouched(touches)!)
      const names = (list: typeof touches) =>
        new Set(list.map((t) => `${t.subject}/${t.record}/${t.category}`))
      deepEqual(names(back), names(touches))
      equal(back.length, names(touches).size)
      deepEqual(packTouched(back.toReversed()), packTouched(touches))
    }),
  )
})

test('the empty set has no packed form', () => {
  equal(packTouched([]), null)
  deepEqual(summarise([]), { subjects: 0, records: 0, categories: 0 })
})

test('bytes are a packed set only in the one form packing gives', () => {
  fc.assert(
    fc.property(fc.array(touch, { minLength: 1, maxLength: 6 }), fc.nat(), (touches, at) => {
      const packed = packTouched(touches)!
      const flipped = Buffer.from(packed)
      const bit = at % (packed.length * 8)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      let back
      try {
        back = unpackTouched(flipped)
      } catch {
        return
      }
      deepEqual(packTouched(back), flipped)
    }),
    { numRuns: 500 },
  )
})

test('a malformed set is refused', () => {
  for (const [why, bytes] of [
    ['nothing', []],
    ['another version', [2, 1, 0, 1, 0, 0]],
    ['no subjects', [1, 0]],
    ['no records', [1, 1, 0, 0]],
    ['a subject twice', [1, 2, 4, 1, 0, 0, 0, 1, 0, 0]],
    ['a record twice', [1, 1, 0, 2, 5, 1, 0, 1]],
    ['a category out of order', [1, 1, 0, 2, 5, 2, 0, 1]],
    ['a category above 30', [1, 1, 0, 1, 0, 31]],
    ['a number in a longer form', [1, 1, 0x80, 0, 1, 0, 0]],
    ['bytes after the end', [1, 1, 0, 1, 0, 0, 0]],
    ['a category of no record', [1, 1, 4, 1, 0, 3]],
    ['a number above 2^53', [1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0]],
  ] as const)
    throws(() => unpackTouched(Buffer.from(bytes)), RangeError, why)
})

test('what is no ordinal or category is not packed', () => {
  for (const wrong of [
    { subject: -1, record: 0, category: 0 },
    { subject: 0, record: 1.5, category: 0 },
    { subject: 0, record: 0, category: 1 },
    { subject: 0, record: 1, category: 31 },
    { subject: 0, record: 0, category: -1 },
    { subject: 2 ** 53, record: 0, category: 0 },
  ])
    throws(() => packTouched([wrong]), RangeError, JSON.stringify(wrong))
})

test('a summary counts each subject and record once', () => {
  const touches = [
    { subject: 1, record: 10, category: 0 },
    { subject: 1, record: 11, category: 30 },
    { subject: 2, record: 12, category: 0 },
    { subject: 2, record: 12, category: 0 },
  ]
  deepEqual(summarise(touches), { subjects: 2, records: 3, categories: 2 ** 30 + 1 })
})

test('a subject itself is packed, and counts as a subject alone', () => {
  const touches = [
    { subject: 1, record: noRecord, category: 0 },
    { subject: 2, record: noRecord, category: 0 },
    { subject: 2, record: 12, category: 1 },
  ]
  deepEqual(unpackTouched(packTouched(touches)!), touches)
  deepEqual(summarise(touches), { subjects: 2, records: 1, categories: 2 })
})
