import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { dueAfter } from './subject-request.ts'

const due = (received: string, months: number) => dueAfter(new Date(received), months).toISOString()

test('a month runs to the end of the same day of the next, or of its last day', () => {
  equal(due('2026-03-10T09:30:00Z', 1), '2026-04-11T00:00:00.000Z')
  equal(due('2026-01-31T00:00:00Z', 1), '2026-03-01T00:00:00.000Z')
  equal(due('2028-01-31T23:59:59Z', 1), '2028-03-01T00:00:00.000Z')
  equal(due('2026-12-15T12:00:00Z', 1), '2027-01-16T00:00:00.000Z')
  equal(due('2026-11-30T12:00:00Z', 3), '2027-03-01T00:00:00.000Z')
})
