import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { house as houseActor, type Sql } from '#kernel'
import { appendEntries, entriesFrom, integrateOnce, readCheckpoint, verifyTrail } from '#trail'
import { withoutEntry } from '../src/trail/receipts/account-store.ts'
import { alikeFrom } from '../src/trail/search/lookup-store.ts'
import { openHouse, type TestHouse } from './house.ts'
import { spentMs } from './spent.ts'

let house: TestHouse
const startedAt = new Date('2026-03-01T12:00:00Z')
const later = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000)

beforeEach(async () => {
  house = await openHouse({ now: startedAt })
})
afterEach(() => house.close())

/** Appends entries in one transaction, as the threshold does for shared reads. */
async function append(count: number, controllerId?: string): Promise<void> {
  await house.database.transaction({ scope: 'house' }, (sql) =>
    appendEntries(
      sql,
      house.keyring,
      Array.from({ length: count }, () => ({
        at: house.world.now(),
        actor: houseActor,
        action: 'trail.test.append',
        scope: controllerId === undefined ? ('house' as const) : { controllerId },
        outcome: 'done' as const,
        source: { address: 'inside' },
        touched: [],
        details: {},
      })),
    ),
  )
}

const sizes = async () =>
  Object.fromEntries(
    (
      await house.owner.rows<{ log: string; size: number; signed: number }>({
        text: 'select log, size, signed_size as signed from trail.log order by log',
      })
    ).map(({ log, size, signed }) => [log, [size, signed]]),
  )

const faults = async () => (await verifyTrail(house.database, house.keyring)).faults

test('two integrators at once give each entry one place', async () => {
  const controllers = [randomUUID(), randomUUID()]
  for (const id of controllers) house.keyring.createRing(id)
  for (let round = 0; round < 4; round++) {
    await append(120)
    for (const id of controllers) await append(90, id)
    const turn = () => integrateOnce(house.database, house.keyring, house.world, later(round * 20))
    await Promise.all([turn(), turn(), append(50)])
  }
  await house.integrate()
  const after = await sizes()
  equal(after['house']![0], 4 * 170)
  for (const id of controllers) equal(after[id]![0], 360)
  deepEqual(await faults(), [])
})

test('who follows the trail reads what is new, and never all there is', async () => {
  const several = 4000
  await append(several)
  await house.integrate()
  const ids = Array.from({ length: 100 }, () => randomUUID())
  const followers: Record<string, (sql: Sql) => Promise<unknown[]>> = {
    watch: (sql) => entriesFrom(sql, several - 100, 1000),
    lookup: (sql) => alikeFrom(sql, several - 100, 1000),
    account: (sql) => withoutEntry(sql, ids),
  }
  for (const [name, follow] of Object.entries(followers))
    await house.database.transaction({ scope: 'house' }, async (sql) => {
      ok((await follow(sql)).length > 0, name)
      const row = await sql.first<{ whole: number }>({
        text: `select seq_tup_read as whole from pg_stat_xact_user_tables
          where schemaname = 'trail' and relname = 'entry'`,
      })
      equal(row!.whole, 0, `${name} read the whole table`)
    })
})

test('a verification that others wait beside takes its share of the time, and finds the same', async () => {
  await append(3000)
  await house.integrate()
  const whole = await verifyTrail(house.database, house.keyring)
  const [began, before] = [performance.now(), spentMs()]
  const resting = await verifyTrail(house.database, house.keyring, undefined, { share: 0.1 })
  ok(performance.now() - began > 3 * (spentMs() - before))
  deepEqual(resting, whole)
})

test('an entry whose transaction rolls back is in no tree', async () => {
  await house.database
    .transaction({ scope: 'house' }, async (sql) => {
      await appendEntries(sql, house.keyring, [
        {
          at: startedAt,
          actor: houseActor,
          action: 'trail.test.rolled-back',
          scope: 'house',
          outcome: 'done',
          source: { address: 'inside' },
          touched: [],
          details: {},
        },
      ])
      throw new Error('power cut')
    })
    .catch(() => {})
  await append(1)
  await house.integrate()
  equal((await sizes())['house']![0], 1)
})

test('trees are signed at most every ten seconds, and each signature is a leaf of the root', async () => {
  await append(3)
  await house.integrate()
  deepEqual(await sizes(), { house: [3, 3], root: [1, 1] })
  await append(2)
  house.setNow(later(9))
  await house.integrate()
  deepEqual(await sizes(), { house: [5, 3], root: [1, 1] })
  house.setNow(later(10))
  await house.integrate()
  deepEqual(await sizes(), { house: [5, 5], root: [2, 2] })
  house.setNow(later(30))
  await house.integrate()
  deepEqual(await sizes(), { house: [5, 5], root: [2, 2] }, 'nothing new, nothing signed')
  const note = await readCheckpoint(house.database, 'root')
  equal(note?.match(/^— /gmu)?.length, 2, 'Ed25519 and ML-DSA-44')
  deepEqual(await faults(), [])
})

const stop = async () =>
  (
    await house.owner.first<{ because: string | null }>({
      text: 'select refused_because as because from trail.state',
    })
  )?.because

const keptFile = () => join(house.settings.dataDir, 'trail', 'checkpoints')

test('what is signed is kept outside the database, for the owner of the account alone', async () => {
  await append(1)
  await house.integrate()
  const lines = readFileSync(keptFile(), 'utf8').trim().split('\n')
  deepEqual(
    lines.map((line) => (JSON.parse(line) as { log: string }).log),
    ['house', 'root'],
  )
  equal(statSync(keptFile()).mode & 0o777, 0o600)
})

const tables = [
  'cosignature',
  'checkpoint',
  'tile',
  'log',
  'sequence',
  'pending',
  'payload',
  'entry',
]

const copyTables = async (name: string) => {
  for (const table of [...tables, 'state'])
    await house.owner.run({ text: `create table public.${name}_${table} as table trail.${table}` })
}
const putBack = async (name: string) => {
  for (const table of [...tables, 'state'])
    await house.owner.run({ text: `delete from trail.${table}` })
  for (const table of [...tables.toReversed(), 'state'])
    await house.owner.run({ text: `insert into trail.${table} table public.${name}_${table}` })
}

test('an older database neither places nor signs, says why, and goes on by itself with the newer data', async () => {
  await append(3)
  await house.integrate()
  await copyTables('old')
  await append(4)
  house.setNow(later(20))
  await house.integrate()
  await copyTables('new')
  await putBack('old')
  // As many entries as were lost, and more: their places belong to those that are missing.
  for (const more of [2, 10]) {
    await append(more)
    house.setNow(later(20 + more * 10))
    await house.integrate()
    deepEqual(await sizes(), { house: [3, 3], root: [1, 1] }, 'nothing was placed or signed')
  }
  match((await stop()) ?? '', /^Tree house has 3 leaves, but 7 were signed\.$/)
  const { measures } = (await import('#trail')).trail
  const evident = measures!.find(({ id }) => id === 'trail.tamper-evident')!
  const evidence = await evident.check!(house.threshold.asHouse, house.world, later(200))
  ok(!evidence.holds)
  match(evidence.finding, /Signing is stopped/)
  await putBack('new')
  await append(1)
  house.setNow(later(300))
  await house.integrate()
  deepEqual(await sizes(), { house: [8, 8], root: [3, 3] })
  equal(await stop(), null)
  deepEqual(await faults(), [])
})

test('a tree of the right size with other leaves than were signed is not signed on', async () => {
  await append(3)
  await house.integrate()
  await house.owner.run({
    text: "update trail.checkpoint set root = sha256('x') where log = 'house'",
  })
  await append(1)
  house.setNow(later(20))
  await house.integrate()
  deepEqual(await sizes(), { house: [4, 3], root: [1, 1] })
  match((await stop()) ?? '', /^Tree house at 3 leaves is not the one that was signed\.$/)
})

test('a checkpoint that was signed and kept but not stored is signed again, the same', async () => {
  await append(3)
  await house.integrate()
  const before = await readCheckpoint(house.database, 'root')
  await house.owner.run({ text: "delete from trail.cosignature where log = 'root'" })
  await house.owner.run({ text: "delete from trail.checkpoint where log = 'root'" })
  await house.owner.run({
    text: "update trail.log set signed_size = 0, signed_at = null where log = 'root'",
  })
  house.setNow(later(60))
  await house.integrate()
  const after = await readCheckpoint(house.database, 'root')
  const upToTime = (note: string | undefined) => note?.split('\n').slice(0, 5)
  deepEqual(upToTime(after), upToTime(before))
  deepEqual(await faults(), [])
})

test('a line cut short by a crash is passed over, and a damaged file stops signing', async () => {
  await append(1)
  await house.integrate()
  appendFileSync(keptFile(), '{"log":"hou')
  await append(1)
  house.setNow(later(20))
  await house.integrate()
  deepEqual((await sizes())['house'], [2, 2])
  ok(
    readFileSync(keptFile(), 'utf8')
      .split('\n')
      .slice(0, -1)
      .every((line) => JSON.parse(line)),
  )
  appendFileSync(keptFile(), '{"log":"hou\n')
  await append(1)
  house.setNow(later(40))
  await house.integrate()
  deepEqual((await sizes())['house'], [3, 2])
  match((await stop()) ?? '', /^Line 5 of .* is damaged\.$/)
})

test('after its keys are destroyed a controller’s log still verifies, and opens no more', async () => {
  const controllerId = randomUUID()
  house.keyring.createRing(controllerId)
  await append(3, controllerId)
  await house.integrate()
  house.keyring.destroyRing(controllerId)
  await append(1, controllerId)
  await house.integrate()
  const { sound, destroyed, trees } = await verifyTrail(house.database, house.keyring)
  deepEqual([sound, destroyed], [true, 3])
  equal(trees.find(({ log }) => log === controllerId)?.size, 3)
  equal(trees.find(({ log }) => log === 'house')?.size, 1)
})
