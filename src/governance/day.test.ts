import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { addDays, dayOf, isDay } from './day.ts'

const anyDay = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map(dayOf)

test('a day that does not exist is no day', () => {
  for (const text of [
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '0000-01-01',
    '2026-1-1',
    '',
    'today',
  ])
    equal(isDay(text), false, text)
  equal(isDay('2028-02-29'), true)
})

test('days compare as text in the order of time', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 4000 }), (day, count) => {
      equal(day < addDays(day, count), true)
      equal(addDays(addDays(day, count), -count), day)
    }),
  )
})
