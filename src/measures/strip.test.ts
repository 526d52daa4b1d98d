import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { type DayCount, stripOf } from './strip.ts'

const now = new Date('2026-11-21T10:00:00Z')
const count = (day: string, gap: Partial<DayCount> = {}): DayCount => ({
  day,
  outcome: 'pass',
  n: 1,
  of: 1,
  refused: true,
  times: 3,
  ...gap,
})

test('a day shows the worst it saw, and a day nobody looked is unknown', () => {
  const counts = [
    count('2026-11-18'),
    count('2026-11-19'),
    count('2026-11-19', { outcome: 'fail', times: 1 }),
    count('2026-11-19', { outcome: 'error' }),
    count('2026-11-21', { refused: null }),
  ]
  deepEqual(
    stripOf('enforced', counts, now, 4).map(({ day, state, observations }) => [
      day,
      state,
      observations,
    ]),
    [
      ['2026-11-18', 'proven', 3],
      ['2026-11-19', 'failing', 7],
      ['2026-11-20', 'unknown', 0],
      ['2026-11-21', 'unknown', 3],
    ],
  )
})
