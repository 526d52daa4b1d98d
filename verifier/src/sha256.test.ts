import { deepEqual, ok } from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { newSlab, portableSha256, sha256, sha256Into } from './sha256.ts'

test('the arithmetic of the file itself comes to what Node comes to, at every length to 300', () => {
  for (let length = 0; length <= 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff)
    const expected = hash('sha256', bytes, 'buffer')
    ok(expected.equals(portableSha256(bytes)), `length ${length}`)
    ok(expected.equals(sha256(bytes)), `length ${length}`)
  }
})

test('whatever the bytes, all ways of hashing agree', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      const slab = newSlab(40)
      sha256Into(bytes, slab, 3)
      deepEqual(new Uint8Array(slab.subarray(3, 35)), portableSha256(bytes))
    }),
  )
})
