import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedOf, searchOf, trailSearch } from './search.ts'

test('what the trail can be asked for stays in the address, blanks around it do not', () => {
  const asked = {
    log: 'house',
    actorId: ' operator ',
    action: 'vault.*',
    outcome: 'refused',
    purpose: 'support',
    from: '2026-11-21T04:30',
    until: '2026-11-22T00:00',
  }
  assert.deepEqual(trailSearch(asked), { ...asked, actorId: 'operator' })
})

test('what it cannot be asked for is dropped', () => {
  const asked = { outcome: 'lost', from: 'yesterday', action: '', log: 7, other: 'x' }
  assert.deepEqual(trailSearch(asked), {})
})

test('a number within a log stays only beside its log', () => {
  assert.deepEqual(trailSearch({ subject: '7', fromIndex: 3 }), {})
  const log = '0190c6f0-0000-7000-8000-000000000000'
  assert.deepEqual(trailSearch({ log, subject: '7', fromIndex: '' }), { log, subject: 7 })
})

test('the house’s own checks are left out until they are asked for', () => {
  assert.match(askedOf({}).kinds ?? '', /person,workload/)
  assert.doesNotMatch(askedOf({}).kinds ?? '', /house/)
  assert.equal(askedOf({ who: 'all' }).kinds, undefined)
  assert.equal(askedOf({ actorId: 'house' }).kinds, undefined)
})

test('a saved search leads back to the view it was saved from', () => {
  const views = [
    {},
    { who: 'all' },
    { who: 'people', action: 'vault.*', from: '2026-11-21T04:30' },
    { actorId: 'house', outcome: 'refused' },
    { who: 'workloads', log: 'house', fromIndex: 3 },
  ] as const
  for (const view of views) assert.deepEqual(searchOf(askedOf(view)), view)
})
