import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { accumulate } from './testdata/accumulated.ts'

test('a million drawn keys, nonces and plaintexts add up to the published digest', () => {
  equal(accumulate(1_000_000), '2163ae1445985a30b60585ee67daa55674df06901b890593e824b8a7c885ab15')
})
