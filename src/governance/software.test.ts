import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { known, standingOf } from './software.ts'

const now = new Date(`${known.on}T12:00:00Z`)
const later = new Date(now.getTime() + (known.trustDays + 1) * 86_400_000)

test('a version behind the newest of its line is behind, a newer one is not', () => {
  equal(standingOf('PostgreSQL', '18.4', now).is, 'behind')
  equal(standingOf('PostgreSQL', '18.6', now).is, 'current')
  equal(standingOf('PostgreSQL', '18.10', now).is, 'current', 'numbers, not text')
  equal(standingOf('Node.js', '24.20.9', now).is, 'behind')
  equal(standingOf('Node.js', '24.21.0', now).is, 'current')
})

test('what this build does not know it does not judge', () => {
  equal(standingOf('PostgreSQL', '12.1', now).is, 'unknown')
  equal(standingOf('Node.js', 'nightly', now).is, 'unknown')
  equal(standingOf('Node.js', '24.21.0', later).is, 'unknown', 'its list has grown too old')
})
