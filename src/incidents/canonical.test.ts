import { equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { assert, json, property } from 'fast-check'
import { canonicalJson, digestOf } from './canonical.ts'

test('the order of keys and blanks do not matter, and nothing is lost', () => {
  equal(
    canonicalJson({ b: [1, { z: null, a: 'é"' }], a: 1e21 }),
    '{"a":1e+21,"b":[1,{"a":"é\\"","z":null}]}',
  )
  assert(
    property(json(), (text) => {
      const value = JSON.parse(text)
      const again = canonicalJson(JSON.parse(canonicalJson(value)))
      equal(again, canonicalJson(value))
    }),
  )
})

test('the digest is SHA-256 of the spelling', () => {
  equal(
    digestOf({}).toString('hex'),
    '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  )
})

test('what JSON would lose is refused', () => {
  for (const value of [undefined, new Date(0), Number.NaN, { a: undefined }, [1n]]) {
    throws(() => canonicalJson(value), TypeError)
  }
})
