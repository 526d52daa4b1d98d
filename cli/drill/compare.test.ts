import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from './compare.ts'
import type { Stage } from './stage.ts'
import { Loot } from './thief.ts'

const stage: Stage = {
  controllers: [
    { controllerId: 'a', name: 'A', subjects: 10 },
    { controllerId: 'b', name: 'B', subjects: 10 },
    { controllerId: 'c', name: 'C', subjects: 10 },
  ],
  workloadId: 'w',
  credentialId: 'k',
  token: '',
  roleName: '',
}

const tally = (subjects: number, records: number, contact: number) => ({
  subjects,
  records,
  categories:
    contact === 0 ? [] : [{ name: 'contact', bit: 0, subjects: contact, records: contact }],
  access: { read: records, exported: 0, written: 0, erased: 0 },
  entries: records,
  firstAt: null,
  lastAt: null,
})

function loot(...taken: [string, string][]): Loot {
  const made = new Loot()
  for (const [controllerId, subjectId] of taken) made.add(controllerId, subjectId, ['contact'])
  return made
}

const scope = (certain: number, possible: number) =>
  ({
    controllers: [
      {
        controllerId: 'a',
        name: 'A',
        certain: tally(certain, certain, certain),
        possible: tally(possible, possible, possible),
      },
    ],
  }) as never

test('a count that is one off is not equal, in either ladder', () => {
  const stolen = loot(['a', '1'], ['a', '2'], ['a', '2'])
  const rightful = loot(['a', '2'], ['a', '3'])
  const equalFor = (certain: number, possible: number) =>
    compare(stage, scope(certain, possible), { stolen, rightful }).map(({ equal: same }) => same)
  deepEqual(equalFor(2, 3), [true, true, true])
  deepEqual(equalFor(1, 3), [false, true, true])
  deepEqual(equalFor(2, 2), [false, true, true])
})

test('a controller that was robbed and is not counted is not equal', () => {
  const stolen = loot(['a', '1'], ['b', '1'])
  const [, b] = compare(stage, scope(1, 1), { stolen, rightful: new Loot() })
  equal(b?.equal, false)
})
