import { deepEqual, equal, notDeepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert, constantFrom, property, string, tuple } from 'fast-check'
import { contextBytes } from './context.ts'

test('the format is three letters, then each field behind its length', () => {
  equal(
    contextBytes('record', ['a', 'é']).toString('hex'),
    '484631000000067265636f7264000000016100000002c3a9',
  )
})

test('long fields and short ones, plain and not, have one format', () => {
  const fields = [
    '',
    'a',
    'x'.repeat(127),
    'x'.repeat(128),
    'x'.repeat(300),
    'é',
    '\u007f',
    '\u0080',
  ]
  const spelt = (texts: readonly string[]) =>
    Buffer.concat([
      Buffer.from('HF1'),
      ...texts.flatMap((text) => {
        const size = Buffer.alloc(4)
        size.writeUInt32BE(Buffer.byteLength(text))
        return [size, Buffer.from(text)]
      }),
    ])
  for (const one of fields)
    for (const other of fields) deepEqual(contextBytes(one, [other, 'z']), spelt([one, other, 'z']))
})

test('different places never share their bytes', () => {
  // Few characters and the separators of other formats, so that near collisions are tried.
  const part = string({ unit: constantFrom('a', 'b', '\0', '|', '/', 'é'), maxLength: 4 })
  const place = tuple(part, array(part, { maxLength: 4 }))
  assert(
    property(place, place, ([kindA, a], [kindB, b]) => {
      const same = kindA === kindB && a.length === b.length && a.every((text, i) => text === b[i])
      equal(contextBytes(kindA, a).equals(contextBytes(kindB, b)), same)
    }),
    { numRuns: 2_000 },
  )
  notDeepEqual(contextBytes('k', ['a', 'bc']), contextBytes('k', ['ab', 'c']))
  notDeepEqual(contextBytes('k', ['a']), contextBytes('k', ['a', '']))
})

test('text that UTF-8 cannot tell apart is refused', () => {
  throws(() => contextBytes('k', ['\ud800']), TypeError)
  throws(() => contextBytes('\udfff', []), TypeError)
})
