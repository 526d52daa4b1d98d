import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  type Cadence,
  type Dated,
  type Exception,
  freshMs,
  judge,
  type State,
  verdictOf,
  worst,
} from './verdict.ts'

const now = new Date('2026-11-21T10:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const hour = 3_600_000

const classes = ['enforced', 'measured', 'drilled', 'attested', 'declared'] as const
const measure: Cadence = { class: 'measured', freshFor: { hours: 24 }, every: { minutes: 60 } }
const good: Dated = { outcome: 'pass', n: 3, of: 3, refused: null, collected: ago(60_000) }

const anyCadence: fc.Arbitrary<Cadence> = fc.record({
  class: fc.constantFrom(...classes),
  freshFor: fc.record({ hours: fc.integer({ min: 1, max: 9000 }) }),
  every: fc.record({ minutes: fc.integer({ min: 1, max: 50_000 }) }),
})
const anyDated: fc.Arbitrary<Dated> = fc.record({
  outcome: fc.constantFrom('pass', 'fail', 'error'),
  n: fc.integer({ min: -1, max: 4 }),
  of: fc.integer({ min: 0, max: 4 }),
  refused: fc.constantFrom(true, false, null),
  collected: fc.integer({ min: -24 * hour, max: 5000 * hour }).map(ago),
})
const anyException: fc.Arbitrary<Exception> = fc.record({
  kind: fc.constantFrom('accepted', 'not-applicable'),
  approvedAt: fc.integer({ min: -hour, max: 1000 * hour }).map(ago),
  expires: fc.integer({ min: -1000 * hour, max: 1000 * hour }).map(ago),
  endedAt: fc.constantFrom(null, ago(hour)),
})

test('nothing but a fresh, complete, holding observation is proven', () => {
  let proven = 0
  fc.assert(
    fc.property(
      anyCadence,
      fc.option(anyDated, { nil: undefined }),
      fc.array(anyException, { maxLength: 3 }),
      (cadence, seen, exceptions) => {
        const { state } = verdictOf(cadence, seen, exceptions, now)
        if (state !== 'proven') return
        proven++
        equal(seen?.outcome, 'pass')
        equal(seen?.n, seen?.of)
        equal(seen.refused !== false, true)
        equal(cadence.class === 'declared', false)
        equal(cadence.class === 'enforced' && seen.refused !== true, false)
        equal(now.getTime() - seen.collected.getTime() <= cadence.freshFor.hours * hour, true)
      },
    ),
    { numRuns: 5000 },
  )
  equal(proven > 0, true, 'the property was put to the test')
})

test('an exception never turns anything green, and time alone never does', () => {
  fc.assert(
    fc.property(
      anyCadence,
      anyDated,
      fc.array(anyException, { maxLength: 3 }),
      fc.nat({ max: 10_000 * hour }),
      (cadence, seen, exceptions, wait) => {
        const bare = verdictOf(cadence, seen, [], now)
        const excepted = verdictOf(cadence, seen, exceptions, now)
        equal(excepted.beneath, bare.state)
        equal(excepted.state === 'proven' && bare.state !== 'proven', false)
        const later = verdictOf(cadence, seen, [], new Date(now.getTime() + wait))
        const wasSeen = seen.collected.getTime() <= now.getTime() + 300_000
        equal(wasSeen && bare.state !== 'proven' && later.state === 'proven', false)
      },
    ),
    { numRuns: 2000 },
  )
})

test('each fault has its own state', () => {
  const state = (seen: Partial<Dated>, of: Partial<Cadence> = {}) =>
    verdictOf({ ...measure, ...of }, { ...good, ...seen }, [], now).state
  equal(state({}), 'proven')
  equal(verdictOf(measure, undefined, [], now).state, 'unknown', 'never looked')
  equal(state({ outcome: 'error' }), 'unknown', 'an error is not the last green')
  equal(state({ outcome: 'fail' }), 'failing')
  equal(state({ n: 2 }), 'failing', 'partial')
  equal(state({ n: 4 }), 'unknown', 'more than all')
  equal(state({ collected: ago(-hour) }), 'unknown', 'from the future')
  equal(state({ collected: ago(25 * hour) }), 'stale')
  equal(state({ collected: ago(4 * hour) }), 'stale', 'three runs missed')
  equal(state({}, { class: 'enforced' }), 'unknown', 'enforced without a probe')
  equal(state({ refused: false }, { class: 'enforced' }), 'failing', 'a probe went through')
  equal(state({ refused: true }, { class: 'enforced' }), 'proven')
  equal(state({}, { class: 'declared' }), 'unknown')
  equal(state({ n: 0, of: 0 }), 'proven', 'an empty population that its check accepts')
})

test('an exception shows amber while it lasts, and the truth beneath it', () => {
  const accepted: Exception = {
    kind: 'accepted',
    approvedAt: ago(hour),
    expires: ago(-hour),
    endedAt: null,
  }
  const failing = { ...good, outcome: 'fail' } as const
  const state = (seen: Dated, exception: Partial<Exception>): readonly State[] => {
    const verdict = verdictOf(measure, seen, [{ ...accepted, ...exception }], now)
    return [verdict.state, verdict.beneath]
  }
  deepEqual(state(failing, {}), ['excepted', 'failing'])
  deepEqual(state(good, {}), ['proven', 'proven'], 'what is proven needs no exception')
  deepEqual(state(failing, { expires: now }), ['failing', 'failing'], 'expired')
  deepEqual(state(failing, { endedAt: ago(1) }), ['failing', 'failing'], 'ended')
  deepEqual(state(failing, { approvedAt: ago(-1) }), ['failing', 'failing'], 'not yet')
  deepEqual(state(good, { kind: 'not-applicable' }), ['not-applicable', 'proven'])
})

test('evidence lasts as its measure says, and no longer than three missed runs', () => {
  const lasts = (hours: number, minutes: number) =>
    freshMs({ freshFor: { hours }, every: { minutes } })
  equal(lasts(24, 1440), 24 * hour)
  equal(lasts(8760, 60), 3 * hour)
  equal(lasts(24, 5), hour, 'a short cadence leaves an hour')
})

test('a line is as good as its worst measure, and unknown without one', () => {
  equal(worst([]), 'unknown')
  equal(worst(['proven', 'failing', 'excepted']), 'failing')
  equal(worst(['proven', 'not-applicable']), 'proven')
  equal(worst(['not-applicable']), 'not-applicable')
  equal(judge('measured', good).state, 'proven')
})
