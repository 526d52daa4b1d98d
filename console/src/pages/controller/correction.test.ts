import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { correctionsOf, takenOut } from './correction.ts'

test('a correction holds what was typed and what goes, and nothing else', () => {
  deepEqual(correctionsOf({}), {})
  deepEqual(correctionsOf({ email: 'a@b.example', [takenOut]: ['phone'] }), {
    email: 'a@b.example',
    phone: null,
  })
  deepEqual(correctionsOf({ phone: '030', [takenOut]: ['phone'] }), { phone: null })
})
