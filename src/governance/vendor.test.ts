import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { missingOf, type VendorFacts } from './vendor.ts'

const now = new Date('2026-11-21T10:00:00Z')
const ready: VendorFacts = {
  assessedOn: '2026-10-01',
  acceptable: true,
  due: '2027-10-01',
  announcedAt: new Date('2026-10-02T00:00:00Z'),
  objectionsUntil: new Date('2026-11-01T00:00:00Z'),
  hasContract: true,
  openObjections: 0,
}

test('a vendor with everything in place lacks nothing', () => {
  deepEqual(missingOf(ready, now), [])
})

test('each single gap is named', () => {
  const lacks = (gap: Partial<VendorFacts>) => missingOf({ ...ready, ...gap }, now)
  deepEqual(lacks({ assessedOn: null }), ['assessment'])
  deepEqual(lacks({ acceptable: false }), ['assessment'])
  deepEqual(lacks({ due: '2026-11-20' }), ['assessment'], 'one that has run out')
  deepEqual(lacks({ hasContract: false }), ['contract'])
  deepEqual(lacks({ announcedAt: null, objectionsUntil: null }), ['notice'])
  deepEqual(lacks({ objectionsUntil: new Date('2026-11-21T10:00:01Z') }), ['objection-window'])
  deepEqual(lacks({ openObjections: 1 }), ['objection'])
})

test('no vendor passes without assessment, contract and a closed window', () => {
  const facts: fc.Arbitrary<VendorFacts> = fc.record({
    assessedOn: fc.constantFrom(null, '2026-10-01'),
    acceptable: fc.constantFrom(null, true, false),
    due: fc.constantFrom('2026-01-01', '2027-10-01'),
    announcedAt: fc.constantFrom(null, ready.announcedAt),
    objectionsUntil: fc.constantFrom(null, ready.objectionsUntil, new Date('2027-01-01')),
    hasContract: fc.boolean(),
    openObjections: fc.nat({ max: 2 }),
  })
  fc.assert(
    fc.property(facts, (f) => {
      const passes = missingOf(f, now).length === 0
      const isReady =
        f.assessedOn !== null &&
        f.acceptable === true &&
        f.due >= '2026-11-21' &&
        f.announcedAt !== null &&
        f.objectionsUntil !== null &&
        f.objectionsUntil <= now &&
        f.hasContract &&
        f.openObjections === 0
      equal(passes, isReady)
    }),
  )
})
