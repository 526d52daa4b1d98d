import { deepEqual, equal } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dayMs, isFuture, isRecent, minuteMs } from '#ground'
import { verifyTrail } from '#trail'
import { isFresh } from '../src/identity/factors/fresh.ts'
import { type Anchor, isTurnOf, stateOf } from '../src/trail/anchors/rung.ts'
import { openHouse, type TestHouse } from './house.ts'

// A clock that was wrong is set right: what bears a time of the future keeps nothing from its turn.

let house: TestHouse
const today = new Date('2026-11-28T02:00:00Z')

before(async () => {
  house = await openHouse({ now: today })
})
after(() => house.close())

const note = () => house.act({ action: 'trail.test.note' }, async () => {})
const unsigned = () =>
  house.owner.rows({ text: 'select log from trail.log where size > signed_size' })

test('a clock that ran ahead and is set back keeps no tree from being signed', async () => {
  house.setNow(new Date(today.getTime() + 365 * dayMs))
  await note()
  await house.integrate()
  deepEqual(await unsigned(), [])
  house.setNow(today)
  await note()
  await house.integrate()
  deepEqual(await unsigned(), [])
  equal((await verifyTrail(house.database, house.keyring)).sound, true)
})

const ahead = new Date(today.getTime() + 365 * dayMs)

test('an instant of the future is not recent, but for what clocks differ', () => {
  const at = (minutes: number) => new Date(today.getTime() + minutes * minuteMs)
  deepEqual(
    [-11, -10, 0, 4, 6].map((minutes) => isRecent(at(minutes), today, 10 * minuteMs)),
    [false, true, true, true, false],
  )
  deepEqual([isFuture(at(4), today), isFuture(at(6), today)], [false, true])
})

test('a second factor shown before the clock was set back is not fresh for a year', () => {
  const person = (provenAt: Date) =>
    ({ actor: { kind: 'person', provenAt }, now: today }) as Parameters<typeof isFresh>[0]
  equal(isFresh(person(today)), true)
  equal(isFresh(person(ahead)), false)
})

test('an anchor reached before the clock was set back proves nothing, and its turn comes', () => {
  const anchor = {
    kind: 'copy',
    addedAt: today,
    everyMinutes: 1,
    size: 7,
    reachedAt: ahead,
    lockedAt: ahead,
    failure: null,
  } as unknown as Anchor
  const head = { size: 8, at: today }
  equal(isTurnOf(anchor, head, today), true)
  equal(stateOf(anchor, head, today), 'stale')
  equal(stateOf({ ...anchor, reachedAt: today }, head, today), 'loose')
  equal(stateOf({ ...anchor, reachedAt: today, lockedAt: today }, head, today), 'fresh')
})
