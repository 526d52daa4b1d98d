import { deepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { eraseAfter, longestRetention } from './retention.ts'

const storedAt = new Date('2026-03-01T12:00:00Z')

test('a record kept 30 days is due 30 days later, to the second', () => {
  deepEqual(eraseAfter(storedAt, 30), new Date('2026-03-31T12:00:00Z'))
})

test('a day is 24 hours, also where clocks change', () => {
  deepEqual(eraseAfter(new Date('2026-03-28T12:00:00Z'), 2), new Date('2026-03-30T12:00:00Z'))
})

test('a promise outside one day to ten years is refused, never clamped', () => {
  for (const days of [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY])
    throws(() => eraseAfter(storedAt, days), { code: 'vault.retention-not-positive' })
  throws(() => eraseAfter(storedAt, longestRetention + 1), { code: 'vault.retention-too-long' })
})

test('keeping longer is never due sooner', () => {
  const days = fc.integer({ min: 1, max: longestRetention - 1 })
  fc.assert(fc.property(days, (n) => eraseAfter(storedAt, n) < eraseAfter(storedAt, n + 1)))
})

test('whatever is stored later under one promise is due later', () => {
  const instant = fc.date({
    min: new Date('2020-01-01T00:00:00Z'),
    max: new Date('2090-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  const days = fc.integer({ min: 1, max: longestRetention })
  fc.assert(
    fc.property(instant, instant, days, (a, b, n) => a < b === eraseAfter(a, n) < eraseAfter(b, n)),
  )
})
