import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Refusal, type SpaceNow } from '#kernel'
import { trail } from '#trail'
import { openHouse, type TestHouse } from './house.ts'

// What is late, what does not keep up, and what has no room is told before it hurts.

let house: TestHouse
let dir: string
const startedAt = new Date('2026-03-01T12:00:00Z')
const later = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000)

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-current-'))
  // A file where a directory should be takes no copies.
  writeFileSync(join(dir, 'offsite'), '')
  house = await openHouse({ now: startedAt, settings: { offsiteDir: join(dir, 'offsite') } })
})
after(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

const check = (id: string, world = house.world) =>
  trail.measures!.find((measure) => measure.id === id)!.check!(
    house.threshold.asHouse,
    world,
    house.world.now(),
  )

test('an entry that waits longer than its receipt promises fails the measure, until it has its place', async () => {
  await house.act({ action: 'trail.test.wait' }, async () => {})
  house.setNow(later(50))
  ok((await check('trail.current')).holds)
  house.setNow(later(61))
  const late = await check('trail.current')
  ok(!late.holds)
  match(late.finding, /the oldest for 61 seconds: longer than the 60/)
  await house.integrate()
  ok((await check('trail.current')).holds)
})

test('a place that takes no copies is told with how far it is behind, and fails the measure in time', async () => {
  await house.copyTrail()
  house.setNow(later(120))
  ok((await check('trail.current')).holds, 'once is no failure')
  house.setNow(later(61 + 16 * 60))
  await house.copyTrail()
  await house.integrate()
  const failing = await check('trail.current')
  ok(!failing.holds)
  match(failing.finding, /Copies to offsite fail \(\w+\); they are \d+ entries behind/)
})

const space = (freeBytes: number, isShort = false): SpaceNow => ({
  freeBytes,
  totalBytes: 100_000_000,
  isShort,
})

test('a disk that is 85 % full fails its measure', async () => {
  for (const [free, holds] of [
    [15_000_001, true],
    [15_000_000, false],
    [0, false],
  ] as const)
    equal((await check('trail.room', { ...house.world, space: () => space(free) })).holds, holds)
})

test('without room nothing is done and no entry is tried; with room again it is', async () => {
  const entries = async () =>
    (await house.owner.first<{ n: number }>({ text: 'select count(*) as n from trail.entry' }))!.n
  const before = await entries()
  let done = 0
  const act = () => house.act({ action: 'trail.test.room' }, async () => void (done += 1))
  house.noteSpace(space(1, true))
  await rejects(act, (error) => error instanceof Refusal && error.code === 'ground.no-room')
  deepEqual([done, await entries()], [0, before])
  house.noteSpace(space(50_000_000))
  await act()
  deepEqual([done, await entries()], [1, before + 1])
})
