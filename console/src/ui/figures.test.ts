import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted, listed, sizeText } from './figures.ts'

test('one of a thing is one, any other number of it is many', () => {
  assert.deepEqual(
    [0, 1, 2, 12_480].map((count) => counted(count, 'canary', 'canaries')),
    ['0 canaries', '1 canary', '2 canaries', '12,480 canaries'],
  )
})

test('sizes are told in the unit that fits', () => {
  assert.deepEqual([0, 1023, 1024, 1_536, 409_600, 5_368_709_120].map(sizeText), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '400 KiB',
    '5.0 GiB',
  ])
})

test('names are joined as one says them', () => {
  assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed), [
    '',
    'a',
    'a and b',
    'a, b and c',
  ])
})
