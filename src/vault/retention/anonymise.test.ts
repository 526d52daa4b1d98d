import { deepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { agree } from '../controllers/agreement.ts'
import type { KeptField } from '../controllers/contract.ts'
import { groupsOf, readRule, remainsOf } from './anonymise.ts'

const [category] = agree({
  name: 'Alder',
  categories: [
    {
      name: 'visit',
      fields: [
        { name: 'born', kind: 'date' },
        { name: 'cost', kind: 'number' },
        { name: 'postcode', kind: 'text' },
        { name: 'email', kind: 'email' },
        { name: 'ward', kind: 'choice', options: ['north', 'south'] },
        { name: 'passport', kind: 'text', class: 'identifier' },
      ],
      retainDays: 10,
    },
  ],
  purposes: [],
}).categories
const { fields } = category!

test('each method leaves a coarser value, and what is not named is dropped', () => {
  const keep: KeptField[] = [
    { field: 'born', method: 'month' },
    { field: 'cost', method: 'band', width: 50 },
    { field: 'postcode', method: 'prefix', width: 2 },
    { field: 'email', method: 'domain' },
    { field: 'ward', method: 'keep' },
  ]
  const rule = readRule({ k: 5, keep }, 'visit', fields)
  const values = {
    born: '1980-05-17',
    cost: 149.5,
    postcode: '10115',
    email: 'Ada@Example.org',
    passport: 'C01X',
  }
  deepEqual(remainsOf(rule, values), {
    born: '1980-05',
    cost: 100,
    postcode: '10',
    email: 'example.org',
    ward: null,
  })
})

test('a rule that would leave somebody recognisable is refused', () => {
  const refused = (keep: readonly KeptField[], k = 5) =>
    throws(() => readRule({ k, keep }, 'visit', fields), { code: 'vault.anonymise-malformed' })
  const year = { field: 'born', method: 'year' } as const
  refused([year], 4)
  refused([])
  refused([year, year])
  refused([{ field: 'nowhere', method: 'keep' }])
  refused([{ field: 'passport', method: 'prefix', width: 3 }])
  refused([{ field: 'postcode', method: 'keep' }])
  refused([{ field: 'born', method: 'band', width: 5 }])
  refused([{ field: 'postcode', method: 'prefix' }])
  refused([{ field: 'cost', method: 'band', width: 0 }])
})

test('groups count every record once, and no two groups are alike', () => {
  const remains = fc.record({
    ward: fc.constantFrom('north', 'south', null),
    born: fc.constantFrom('1980', '1990'),
  })
  fc.assert(
    fc.property(fc.array(remains, { maxLength: 60 }), (all) => {
      const groups = groupsOf(all)
      const names = groups.map((group) => JSON.stringify(group.remains))
      return (
        groups.reduce((sum, { count }) => sum + count, 0) === all.length &&
        new Set(names).size === names.length
      )
    }),
  )
})
