import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { paceOf } from './pace.ts'

test('a pace is told once it is no guess, with the time the rest takes at it', () => {
  let now = 0
  const pace = paceOf(100_000_000, () => now)
  now = 1000
  equal(pace(5_000_000), '')
  now = 2000
  equal(pace(0), '')
  equal(pace(10_000_000), '5.0 MB/s, 18 s left')
  now = 100_000
  equal(pace(10_000_000), '0.1 MB/s, 15 min left')
  now = 10_000_000
  equal(pace(20_000_000), '0.0 MB/s, 11 h 7 min left')
  equal(pace(100_000_000), '0.0 MB/s, 1 s left')
})
