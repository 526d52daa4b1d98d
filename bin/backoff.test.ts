import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { Backoff } from './backoff.ts'

const seconds = 1000

test('a house that ends and ends is started ever more rarely, and never given up', () => {
  const backoff = new Backoff()
  const pauses = Array.from({ length: 9 }, (_, i) => backoff.ended(i * seconds))
  deepEqual(pauses, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
  for (let i = 0; i < 100_000; i += 1) equal(backoff.ended(i), 15_000)
})

test('one that stood for half a minute is started again at once, one that stood for less is not', () => {
  const backoff = new Backoff()
  for (let i = 0; i < 5; i += 1) backoff.ended(i)
  backoff.stands(10 * seconds)
  equal(backoff.ended(39 * seconds), 8000)
  backoff.stands(40 * seconds)
  equal(backoff.ended(70 * seconds), 250)
  equal(backoff.inARow, 1)
})

test('what is known to be over counts no more', () => {
  const backoff = new Backoff()
  for (let i = 0; i < 9; i += 1) backoff.ended(i)
  backoff.forgive()
  equal(backoff.ended(10), 250)
})
