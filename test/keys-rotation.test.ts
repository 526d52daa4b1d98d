import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { dayMs } from '#ground'
import { Refusal, Sealed } from '#kernel'
import {
  demandOwnKeyring,
  destroySubjectKeys,
  keepSubjectKeys,
  keys,
  makeSubjectKey,
  newSubjectKeys,
  openKeyring,
  openRecord,
  rotateRing,
  sealRecord,
  subjectKeys,
} from '#keys'
import { destroyRetired } from '../src/keys/due-acts.ts'
import { openHouse } from './house.ts'

const start = new Date('2026-03-01T00:00:00Z')
const house = await openHouse({ now: start })
after(() => house.close())
let controllerId: string
beforeEach(() => {
  house.setNow(start)
  controllerId = randomUUID()
  house.keyring.createRing(controllerId)
})

const coded = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code
const scope = () => ({ controllerId })
const job = (action: string) => keys.jobs!.find((job) => job.action === action)!
const run = (action: string, payload: unknown = {}) =>
  job(action).run(house.threshold.asHouse, payload, house.world)
/** One turn of the loop that rewraps. */
const rewrap = () =>
  keys
    .loops!.find(({ action }) => action === 'keys.rewrap')!
    .turn(house.threshold.asHouse, house.world)
const underWay = () =>
  house.owner.rows<{ family: string; state: string; total: number; moved: number }>({
    text: `select family, state, total, moved from keys.rotation
           where ring = $1 and state <> 'done' order by family`,
    values: [controllerId],
  })
const daysLater = (days: number) => house.setNow(new Date(start.getTime() + days * dayMs))

async function subjects(count: number): Promise<{ ids: string[]; sealed: Buffer[] }> {
  const ids = Array.from({ length: count }, () => randomUUID())
  const sealed = await house.act({ action: 'keys.test.try', scope: scope() }, async (act) => {
    const made = await newSubjectKeys(act, ids)
    return ids.map((id) => sealRecord(made.get(id)!, [id], Buffer.from(id)))
  })
  return { ids, sealed }
}

const opens = (id: string, sealed: Buffer) =>
  house.act({ action: 'keys.test.try', scope: scope() }, async (act) => {
    const key = (await subjectKeys(act, [id])).get(id)!
    return new Sealed((receipt) => openRecord(receipt, key, [id], sealed).toString() === id)
  })

/** Gives the controller's ring another wrapping key. */
const rotate = () =>
  house.act({ action: 'keys.test.try', scope: scope() }, (act) => rotateRing(act, ['wrap']))

async function versions(): Promise<Record<string, number>> {
  const rows = await house.owner.rows<{ version: number; count: number }>({
    text: `select kek_version as version, count(*) as count from keys.subject_key
           where controller_id = $1 group by 1`,
    values: [controllerId],
  })
  return Object.fromEntries(rows.map(({ version, count }) => [version, count]))
}

const wrapVersions = () =>
  house.keyring
    .ring(controllerId)
    .keys.filter(({ family }) => family === 'wrap')
    .map(({ version }) => version)

test('a rotation begins its rewrapping, and afterwards nothing hangs on the old key', async () => {
  const { ids, sealed } = await subjects(4_500)
  await house.act({ action: 'keys.test.try', scope: scope() }, (act) => rotateRing(act))
  deepEqual(await underWay(), [{ family: 'wrap', state: 'running', total: 4_500, moved: 0 }])
  ok(await opens(ids[0]!, sealed[0]!), 'readable before the rewrapping')
  await rewrap()
  deepEqual(await versions(), { 2: 4_500 })
  house.keyring.warm.clear()
  ok(await opens(ids[4_499]!, sealed[4_499]!), 'readable after it')
  const before = await versions()
  await rewrap()
  deepEqual(await versions(), before, 'again changes nothing')
  deepEqual(await underWay(), [])
  const [done] = await house.owner.rows<{ moved: number; left: number; told: number }>({
    text: `select moved, left_over as left, (select count(*) from trail.entry
             where action = 'keys.rewrap' and log = $1) as told
           from keys.rotation where ring = $1 and family = 'wrap'`,
    values: [controllerId],
  })
  deepEqual([done!.moved, done!.left], [4_500, 0], 'proven: nothing is left')
  ok(done!.told >= 3, 'every batch leaves an entry')
})

test('rewrapping that another transaction stands in the way of is tried again', async () => {
  const { ids } = await subjects(3)
  await house.act({ action: 'keys.test.try', scope: scope() }, (act) => rotateRing(act))
  await house.owner.transaction({ scope: 'house' }, async (sql) => {
    await sql.rows({
      text: 'select from keys.subject_key where subject_id = $1 for update',
      values: [ids[0]],
    })
    await rewrap()
    deepEqual(await versions(), { 1: 1, 2: 2 })
    await rewrap()
    const [left] = await underWay()
    equal(left?.state, 'running', 'not proven while something hangs on the old key')
  })
  house.setNow(new Date(start.getTime() + 5_000))
  await rewrap()
  deepEqual(await versions(), { 2: 3 })
})

test('the daily job rotates at the end of an epoch, and destroys the key a week later', async () => {
  const { ids, sealed } = await subjects(2)
  daysLater(19)
  await run('keys.rotate-due')
  deepEqual(wrapVersions(), [1], 'not before its time')
  daysLater(20)
  await run('keys.rotate-due')
  deepEqual(wrapVersions(), [1, 2])
  await rewrap()
  daysLater(26)
  await run('keys.rotate-due')
  deepEqual(wrapVersions(), [1, 2], 'kept for restores')
  daysLater(27)
  await run('keys.rotate-due')
  deepEqual(wrapVersions(), [2], 'destroyed before its 28 days are over')
  house.keyring.warm.clear()
  ok(await opens(ids[0]!, sealed[0]!))
})

test('a key that something still hangs on is not destroyed, and its rewrapping is begun again', async () => {
  await subjects(2)
  daysLater(20)
  await run('keys.rotate-due')
  await house.owner.run({ text: 'delete from keys.rotation' })
  daysLater(40)
  await run('keys.rotate-due')
  deepEqual(wrapVersions().includes(1), true)
  const [resumed] = await underWay()
  equal(resumed?.family, 'wrap')
})

test('whoever destroys a wrapping key waits for those who wrap under it, and counts what they wrapped', async () => {
  await house.act({ action: 'keys.test.try', scope: scope() }, (act) =>
    newSubjectKeys(act, [randomUUID()]),
  )
  let go = () => {}
  const held = new Promise<void>((resolve) => (go = resolve))
  let begun = () => {}
  const wrapped = new Promise<void>((resolve) => (begun = resolve))
  const slow = house.act({ action: 'keys.test.try', scope: scope() }, async (act) => {
    await newSubjectKeys(act, [randomUUID()])
    begun()
    await held
  })
  await wrapped
  await rotate()
  await rewrap()
  let ended = false
  const destroyed = house
    .act({ action: 'keys.test.try', scope: scope() }, (act) => destroyRetired(act, 1))
    .finally(() => (ended = true))
  await pause(300)
  equal(ended, false, 'it did not wait for the act that had wrapped')
  go()
  await slow
  equal(await destroyed, false, 'what was wrapped meanwhile was not counted')
  ok(wrapVersions().includes(1))
})

test('what was wrapped under a key that was destroyed since is not stored', async () => {
  const id = randomUUID()
  await rejects(
    house.act({ action: 'keys.test.try', scope: scope() }, async (act) => {
      const made = makeSubjectKey(act, id)
      await rotate()
      equal(
        await house.act({ action: 'keys.test.try', scope: scope() }, (other) =>
          destroyRetired(other, 1),
        ),
        true,
      )
      await keepSubjectKeys(act, [made])
    }),
    coded('keys.key-destroyed'),
  )
  deepEqual(await versions(), {})
})

test('an erased subject opens from no backup once the key above its key is destroyed', async () => {
  const { ids, sealed } = await subjects(1)
  const backup = await house.owner.first<{ copy: object }>({
    text: 'select to_jsonb(k) as copy from keys.subject_key k where subject_id = $1',
    values: [ids[0]],
  })
  const { goneFromBackupsBy } = await house.act(
    { action: 'keys.test.try', scope: scope() },
    (act) => destroySubjectKeys(act, ids),
  )
  deepEqual(goneFromBackupsBy, new Date(start.getTime() + 35 * dayMs))
  const restore = () =>
    house.owner.run({
      text: 'insert into keys.subject_key select * from jsonb_populate_record(null::keys.subject_key, $1)',
      values: [JSON.stringify(backup!.copy)],
    })
  await restore()
  ok(await opens(ids[0]!, sealed[0]!), 'a restore alone would bring it back, on the first day')
  await house.owner.run({
    text: 'delete from keys.subject_key where subject_id = $1',
    values: [ids[0]],
  })
  for (const day of [20, 27]) {
    daysLater(day)
    await run('keys.rotate-due')
  }
  house.setNow(goneFromBackupsBy)
  await restore()
  house.keyring.warm.clear()
  await rejects(opens(ids[0]!, sealed[0]!), coded('keys.key-destroyed'))
})

test('the yearly root rotation happens, and sealed things open after it', async () => {
  const { ids, sealed } = await subjects(1)
  const root = house.keyring.rootVersions().at(-1)!
  house.setNow(new Date(root.createdAt.getTime() + 364 * dayMs))
  await run('keys.rotate-due')
  equal(house.keyring.rootVersions().at(-1)!.version, root.version + 1)
  equal(house.keyring.rootVersions().length, 1)
  house.keyring.warm.clear()
  ok(await opens(ids[0]!, sealed[0]!))
})

test('a root rotation killed between its new key and what hangs on it leaves everything open, and the next ends it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-root-'))
  after(() => rmSync(dir, { recursive: true, force: true }))
  const opened = () =>
    openKeyring({
      dir,
      now: () => start,
      passphraseCost: { memoryKiB: 64, passes: 1, parallelism: 1 },
    })
  const killed = await opened()
  const sealed = killed.seal('house', ['a'], Buffer.from('said'))
  killed.wrapAnew = () => {
    throw new Error('killed here')
  }
  await rejects(killed.rotateRoot(), /killed here/)
  const next = await opened()
  equal(
    next.rootVersions().length,
    2,
    'the new root is there, and the old that everything hangs on',
  )
  equal(next.unseal('house', ['a'], sealed).toString(), 'said')
  await next.rotateRoot()
  equal(next.rootVersions().length, 1)
  equal((await opened()).unseal('house', ['a'], sealed).toString(), 'said')
})

test('another keyring, or an older state of this one, does not open the data', async () => {
  const own = () =>
    house.database.transaction({ scope: 'house' }, (sql) =>
      demandOwnKeyring(sql, house.keyring, start),
    )
  await own()
  await own()
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-keys-'))
  try {
    const stranger = await openKeyring({ dir, now: () => start })
    await rejects(
      house.database.transaction({ scope: 'house' }, (sql) =>
        demandOwnKeyring(sql, stranger, start),
      ),
      coded('keys.keyring-lost'),
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  await subjects(1)
  await house.owner.run({
    text: 'update keys.subject_key set kek_version = 99 where controller_id = $1',
    values: [controllerId],
  })
  await rejects(own(), coded('keys.keyring-lost'))
  await house.owner.run({
    text: 'delete from keys.subject_key where controller_id = $1',
    values: [controllerId],
  })
})
