import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { drawToken, passesLuhn, placesOf, randomToken } from './token.ts'

test('numbers known to pass or fail the Luhn check do', () => {
  // ISO/IEC 7812-1 Annex B, and the test numbers card networks publish.
  for (const number of ['4111 1111 1111 1111', '5500000000000004', '79927398713'])
    ok(passesLuhn(number), number)
  for (const number of ['4111 1111 1111 1112', '79927398710', ''])
    equal(passesLuhn(number), false, number)
})

test('a token fits its pattern, and the check where one is kept', () => {
  for (let i = 0; i < 200; i += 1) {
    const card = drawToken({ pattern: '4999 9999 9999 9999', luhn: true }, randomBytes)
    match(card, /^4\d{3} \d{4} \d{4} \d{4}$/)
    ok(passesLuhn(card), card)
    match(
      drawToken({ pattern: 'AA-99999-aa\\a*' }, randomBytes),
      /^[A-Z]{2}-\d{5}-[a-z]{2}a[a-z\d]$/,
    )
  }
})

test('every character that fits is drawn about as often', () => {
  const counts = new Map<string, number>()
  const rounds = 3000
  for (let i = 0; i < rounds; i += 1)
    for (const one of drawToken({ pattern: '9999999' }, randomBytes))
      counts.set(one, (counts.get(one) ?? 0) + 1)
  equal(counts.size, 10)
  const even = (rounds * 7) / 10
  for (const [one, count] of counts) ok(Math.abs(count - even) < even * 0.15, `${one}: ${count}`)
})

test('a byte beyond the last whole round is thrown away, not folded', () => {
  const bytes = [250, 255, 3]
  const token = drawToken({ pattern: 'x9999999' }, () => Uint8Array.of(bytes.shift() ?? 7))
  equal(token, 'x3777777')
})

test('a pattern with too few tokens is refused', () => {
  const code = 'vault.token-pattern-malformed'
  for (const pattern of ['', '99999', 'literally', 'x'.repeat(65), '9999999\\'])
    throws(() => placesOf({ pattern }), { code }, pattern)
  throws(() => placesOf({ pattern: '999999', luhn: true }), { code })
  throws(() => placesOf({ pattern: 'aaaaaaa9', luhn: true }), { code })
  deepEqual(placesOf({ pattern: '999999' }).length, 6)
})

test('a random token is never the same twice', () => {
  const seen = new Set(Array.from({ length: 1000 }, () => randomToken(randomBytes)))
  equal(seen.size, 1000)
})
