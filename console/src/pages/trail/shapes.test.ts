import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, purposeOf } from './shapes.ts'

test('an export that was refused shows the purpose it was wanted for, which its leaf does not name', () => {
  const event = { unmapped: { purpose: 'care', reason: 'Move to another house' } }
  equal(purposeOf({ event } as unknown as Entry), 'care')
  equal(purposeOf({ purpose: 'billing', event } as unknown as Entry), 'billing')
  equal(purposeOf({} as unknown as Entry), undefined)
})
