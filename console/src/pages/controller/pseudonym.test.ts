import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { isPseudonym } from './pseudonym.ts'

test('a mistyped pseudonym, and what the controller calls the person, are none', () => {
  equal(isPseudonym('01a220ca-a93f-730a-a6fd-eb88abea3358'), true)
  for (const wrong of ['', 'P-3', '01a220ca-a93f-730a-a6fd-eb88abea335', '5'.repeat(36)])
    equal(isPseudonym(wrong), false, wrong)
})
