import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { packTouched } from '#trail'
import { array, assert, integer, property } from 'fast-check'
import { accessKind } from './access-kind.ts'
import { canarySightings, plantAction } from './canary.ts'
import { type Past, noPast } from './habit.ts'
import { addSubject, chunkOf, chunkSubjects, noSubjects } from './hour-set.ts'
import { openedSightings } from './opened.ts'
import { leastRefused, refusedBurst } from './refused-burst.ts'
import { leastSubjects, volumeSighting } from './volume.ts'
import type { Watched } from './watched.ts'

const at = new Date('2026-03-02T09:00:00Z')
const here = Buffer.alloc(32, 1)
const there = Buffer.alloc(32, 2)
const controller = '0195a000-0000-7000-8000-000000000001'
const other = '0195a000-0000-7000-8000-000000000002'

const reading = (subjects: readonly number[], more: Partial<Watched> = {}): Watched => ({
  position: 1,
  at,
  actorKind: 'workload',
  actorId: 'w1',
  sessionId: null,
  credentialId: 'c1',
  controllerId: controller,
  action: 'vault.subject.read',
  outcome: 'done',
  records: subjects.length,
  touched: packTouched(subjects.map((subject) => ({ subject, record: subject, category: 0 }))),
  sourceKey: here,
  ...more,
})
const planted = new Map([[controller, new Set([7, 900])]])

test('whoever touches a canary is found, with the session and the count', () => {
  const [finding, ...rest] = canarySightings(
    [reading([1, 2]), reading([6, 7, 8], { position: 2 }), reading([900], { position: 3 })],
    planted,
  )
  deepEqual(rest, [])
  equal(finding?.severity, 'certain')
  equal(finding?.controllerId, controller)
  match(finding?.sentence ?? '', /^Workload w1 touched 2 canary subjects of controller 0195a000/)
  deepEqual(
    finding?.traces.map(({ firstPosition, lastPosition, entries }) => [
      firstPosition,
      lastPosition,
      entries,
    ]),
    [[2, 3, 2]],
  )
})

test('the house, the planter, refused acts and other controllers touch no canary', () => {
  for (const more of [
    { actorKind: 'house', actorId: 'house' },
    { action: plantAction },
    { action: 'vault.controller.leave' },
    { outcome: 'refused' },
    { controllerId: other },
    { touched: null },
  ] as const) {
    deepEqual(canarySightings([reading([7], more)], planted), [])
  }
})

test('two credentials on canaries are two findings, two addresses of one are two traces', () => {
  const found = canarySightings(
    [
      reading([7]),
      reading([7], { sourceKey: there, position: 2 }),
      reading([7], { credentialId: 'c2', position: 3 }),
    ],
    planted,
  )
  deepEqual(
    found.map(({ credentialId, traces }) => [credentialId, traces.length]),
    [
      ['c1', 2],
      ['c2', 1],
    ],
  )
})

const source = (subjects: number, records: number, sourceKey = here) => ({
  credentialId: 'c1',
  sessionId: null,
  sourceKey,
  firstAt: at,
  lastAt: new Date(at.getTime() + 170_000),
  firstPosition: 1,
  lastPosition: 9,
  entries: 9,
  subjects,
  records,
})
const hour = (
  sources: readonly ReturnType<typeof source>[],
  past: { subjects: Past; records: Past } = { subjects: noPast, records: noPast },
) => ({
  actorKind: 'workload' as const,
  actorId: 'w1',
  credentialId: 'c1',
  hour: at,
  controllerIds: [controller],
  sources,
  past,
})
const quiet: Past = { hours: 300, sum: 3000, sumOfSquares: 36_000, busiest: 31 }

test('an hour far beyond the habit is told in one sentence with its numbers', () => {
  const finding = volumeSighting(hour([source(412, 412)], { subjects: quiet, records: quiet }))
  equal(finding?.severity, 'high')
  match(
    finding?.sentence ?? '',
    /^Workload w1 read 412 (subjects|records) of controller 0195a000-0000-7000-8000-000000000001 in 3 minutes; its own busiest hour before was 31; chance of that by habit \d(e-\d+)?\.$/,
  )
})

test('small numbers never alarm, whatever the past was', () => {
  assert(
    property(
      integer({ min: 0, max: leastSubjects - 1 }),
      integer({ min: 0, max: 299 }),
      array(integer({ min: 0, max: 3 }), { maxLength: 500 }),
      (subjects, records, hours) => {
        const past = {
          hours: hours.length,
          sum: hours.reduce((a, b) => a + b, 0),
          sumOfSquares: hours.reduce((a, b) => a + b * b, 0),
          busiest: Math.max(0, ...hours),
        }
        equal(
          volumeSighting(hour([source(subjects, records)], { subjects: past, records: past })),
          undefined,
        )
      },
    ),
  )
})

test('a usual heavy hour of a heavy workload is no news', () => {
  const heavy: Past = {
    hours: 200,
    sum: 200 * 5000,
    sumOfSquares: 200 * 5000 ** 2 * 1.05,
    busiest: 8000,
  }
  equal(volumeSighting(hour([source(7000, 7000)], { subjects: heavy, records: heavy })), undefined)
  ok(volumeSighting(hour([source(40_000, 40_000)], { subjects: heavy, records: heavy })))
})

test('a new credential alarms by the prior, not at its first hundred', () => {
  equal(volumeSighting(hour([source(150, 150)])), undefined)
  match(volumeSighting(hour([source(5000, 5000)]))?.sentence ?? '', /no past to compare with/)
})

test('only the address that makes the alarm is named', () => {
  const past = { subjects: quiet, records: quiet }
  const finding = volumeSighting(hour([source(12, 12), source(2000, 2000, there)], past))
  deepEqual(
    finding?.traces.map(({ sourceKey }) => sourceKey),
    [there],
  )
})

test('a burst of refusals is found, a handful is not', () => {
  const burst = (refused: number, past = noPast) =>
    refusedBurst({ ...hour([]), past, sources: [{ ...source(0, 0), refused }] })
  equal(burst(leastRefused - 1), undefined)
  match(burst(400)?.sentence ?? '', /was refused 400 times in one hour/)
  const clumsy: Past = { hours: 200, sum: 80_000, sumOfSquares: 33_000_000, busiest: 900 }
  equal(burst(400, clumsy), undefined)
})

test('a set counts each subject once', () => {
  assert(
    property(array(integer({ min: 0, max: 3 * chunkSubjects })), (subjects) => {
      const chunks = new Map<number, Buffer>()
      let added = 0
      for (const subject of subjects) {
        const bits = chunks.get(chunkOf(subject)) ?? noSubjects()
        chunks.set(chunkOf(subject), bits)
        if (addSubject(bits, subject)) added += 1
      }
      equal(added, new Set(subjects).size)
    }),
  )
})

test('an unknown verb counts as read', () => {
  deepEqual(
    ['vault.subject.export', 'vault.record.put', 'vault.subject.erase', 'vault.subject.peek'].map(
      accessKind,
    ),
    ['exported', 'written', 'erased', 'read'],
  )
})

test('break-glass that was opened and an account that was let back in are findings, each in one sentence, and nothing near them is', () => {
  const acted = (action: string, more: Partial<Watched> = {}) =>
    reading([], {
      action,
      actorKind: 'person',
      actorId: 'p1',
      controllerId: null,
      touched: null,
      ...more,
    })
  const glass = 'identity.self.confirm-break-glass'
  const found = openedSightings([
    acted('identity.self.break-glass'),
    acted(glass),
    acted(glass, { actorId: 'p2' }),
    acted(glass, { actorId: 'p2' }),
    acted(glass, { outcome: 'refused' }),
    acted('identity.recovery.complete', { actorKind: 'anonymous', actorId: 'anonymous' }),
    acted('identity.recovery.begin'),
  ])
  deepEqual(
    found.map(({ rule, severity, actorId, weight }) => [rule, severity, actorId, weight]),
    [
      ['break-glass', 'medium', 'p1', 1],
      ['break-glass', 'medium', 'p2', 2],
      ['recovery', 'medium', '0101010101010101', 1],
    ],
  )
  equal(
    found[0]!.sentence,
    'Person p1 confirmed break-glass access: a role is held for an hour that nobody approved.',
  )
  match(found[1]!.sentence, /This happened 2 times\.$/)
  deepEqual(openedSightings([reading([1])]), [])
})
