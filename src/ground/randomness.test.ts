import { equal, notDeepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { randomBytes } from './randomness.ts'

test('no slice comes twice over several fills of the pool', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 20_000; i += 1) seen.add(randomBytes(24).toString('hex'))
  equal(seen.size, 20_000)
})

test('what was handed out is the caller’s alone, and any size is given', () => {
  const first = randomBytes(32)
  const copy = Buffer.from(first)
  randomBytes(32).fill(0)
  equal(first.equals(copy), true)
  notDeepEqual(randomBytes(100_000), Buffer.alloc(100_000))
  equal(randomBytes(0).length, 0)
})
