import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { replay } from './replay.ts'

test('a replay finds its attacks within the alert budget, whatever the seed', () => {
  for (const seed of [1, 20_260_302, 4_000_000_000]) {
    const result = replay(seed)
    ok(result.burstsFound >= 0.95 * result.bursts, JSON.stringify(result))
    deepEqual(result.sweepsFound, result.sweeps)
    ok(result.falseAlarms <= 5, JSON.stringify(result))
    ok(result.medianSubjectsExposed >= 100 && result.medianSubjectsExposed < 1000)
  }
})

test('a replay comes out the same for the same seed, and another for another', () => {
  deepEqual(replay(7), replay(7))
  ok(replay(2).medianSubjectsExposed !== replay(4).medianSubjectsExposed)
})
