import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { clocksFrom, clockState, dueAfter } from './clock.ts'

const friday = new Date('2026-03-06T09:00:00Z')

test('Friday 09:00 and 72 hours are Monday 09:00: a weekend stops no clock', () => {
  equal(dueAfter(friday, 72).toISOString(), '2026-03-09T09:00:00.000Z')
})

test('golden due times', () => {
  for (const [from, hours, due] of [
    ['2026-03-28T12:00:00Z', 24, '2026-03-29T12:00:00.000Z'], // the night clocks change in Europe
    ['2028-02-28T23:30:00Z', 24, '2028-02-29T23:30:00.000Z'],
    ['2026-12-31T20:15:00Z', 72, '2027-01-03T20:15:00.000Z'],
    ['2026-03-06T09:00:00Z', 36, '2026-03-07T21:00:00.000Z'],
  ] as const) {
    equal(dueAfter(new Date(from), hours).toISOString(), due)
  }
})

test('certainty starts contract, target and bound; possibility only our own target', () => {
  const kinds = (basis: 'certain' | 'possible') =>
    clocksFrom(friday, basis, 36).map(({ kind, hours }) => [kind, hours])
  deepEqual(kinds('certain'), [
    ['contract', 36],
    ['target', 24],
    ['bound', 72],
  ])
  deepEqual(kinds('possible'), [['target', 24]])
})

test('late shows, before and after it is met', () => {
  const dueAt = dueAfter(friday, 24)
  const [before, after] = [new Date(dueAt.getTime() - 1), new Date(dueAt.getTime() + 1)]
  equal(clockState({ dueAt, metAt: null }, before), 'running')
  equal(clockState({ dueAt, metAt: null }, after), 'overdue')
  equal(clockState({ dueAt, metAt: before }, after), 'met')
  equal(clockState({ dueAt, metAt: after }, after), 'met-late')
})
