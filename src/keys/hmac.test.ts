import { deepEqual, notDeepEqual } from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { Hmac } from './hmac.ts'

const expected = (key: Uint8Array, message: string | Uint8Array) =>
  createHmac('sha256', key).update(message).digest()

test('it says what createHmac says, for keys and messages of every size', () => {
  for (let size = 0; size <= 300; size += 1) {
    const key = Buffer.alloc(size % 131, size)
    const hmac = new Hmac(key)
    // Long before short: what a longer text left behind must not count.
    for (const length of [size * 7, size]) {
      const bytes = Buffer.alloc(length, size + 1)
      deepEqual(hmac.mac(bytes), expected(key, bytes))
      deepEqual(Hmac.once(key, bytes), expected(key, bytes))
    }
  }
})

test('text counts as UTF-8, whatever stands in it', () => {
  const key = Buffer.alloc(32, 9)
  const hmac = new Hmac(key)
  for (const text of ['', 'Ærøskøbing', '𝔘𝔫𝔦'.repeat(500), 'a\ud800b', '名'.repeat(100)])
    deepEqual(hmac.mac(text), expected(key, text))
})

test('once it is wiped, nothing comes out under its key any more', () => {
  const hmac = new Hmac(Buffer.alloc(32, 5))
  const before = hmac.mac('text')
  hmac.wipe()
  notDeepEqual(hmac.mac('text'), before)
})
