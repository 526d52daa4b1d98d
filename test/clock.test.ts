import { deepEqual, equal } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dayMs, forgetRunsAhead, isFuture, isRecent, minuteMs } from '#ground'
import { verifyTrail } from '#trail'
import { dueMeasures, newestObservations } from '../src/measures/store.ts'
import { isFresh } from '../src/identity/factors/fresh.ts'
import { type Anchor, isTurnOf, stateOf } from '../src/trail/anchors/rung.ts'
import { codeAt, cookieOf, enrol, inSession, signIn } from './identity-people.ts'
import { openHouse, type TestHouse } from './house.ts'

// A clock that was wrong is set right: what bears a time of the future keeps nothing from its turn.

let house: TestHouse
const today = new Date('2026-11-28T02:00:00Z')

before(async () => {
  house = await openHouse({ now: today, listen: true })
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

test('a session opened before the clock was set back does not live on until then', async () => {
  const late = new Date(today.getTime() + dayMs)
  house.setNow(today)
  const root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
  house.setNow(late)
  const half = cookieOf(await signIn(house, root.email))
  const whole = await inSession(house, half, '/v1/sessions/second-factor', {
    method: 'POST',
    json: { totpCode: codeAt(root.secret, late) },
  })
  equal((await inSession(house, cookieOf(whole), '/v1/self')).status, 200)
  house.setNow(today)
  equal((await inSession(house, cookieOf(whole), '/v1/self')).status, 401)
  equal((await inSession(house, root.cookie, '/v1/self')).status, 200)
})

test('what was looked at before the clock was set back is looked at again, and what is seen then is shown', async () => {
  const see = (year: string, finding: string) =>
    house.owner.run({
      text: `insert into measures.observation
               (id, measure_id, covers, collected, received, written, outcome, n, "of", finding, facts)
             select gen_random_uuid(), 'test.clock', t, t, t, t, 'pass', 1, 1, $2, '{}'
             from (select now() + $1::interval as t) as at`,
      values: [year, finding],
    })
  const due = async () => (await dueMeasures(house.database, ['test.clock'], [60])).size
  await see('1 year', 'ahead')
  equal(await due(), 1)
  await see('0', 'now')
  equal(await due(), 0)
  const [newest] = await newestObservations(house.database, ['test.clock'])
  equal(newest?.finding, 'now')
})

test('what runs by a schedule is due again at the next start, though it ran in the future', async () => {
  const crontabs = 'graphile_worker._private_known_crontabs'
  await house.owner.run({
    text: `insert into ${crontabs} (identifier, known_since, last_execution) values
             ('test.ahead', now() - interval '1 day', now() + interval '1 year'),
             ('test.right', now() - interval '1 day', now() - interval '1 hour')`,
  })
  await forgetRunsAhead(house.database)
  const rows = await house.owner.rows({
    text: `select identifier, last_execution > now() - interval '1 minute' as moved, last_execution <= now() as past
           from ${crontabs} where identifier like 'test.%' order by 1`,
  })
  deepEqual(rows, [
    { identifier: 'test.ahead', moved: true, past: true },
    { identifier: 'test.right', moved: false, past: true },
  ])
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
