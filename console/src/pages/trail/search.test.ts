import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trailSearch } from './search.ts'

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
