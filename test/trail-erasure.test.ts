import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Actor, Refusal } from '#kernel'
import { erasePayloadsOf, readLogFile, readStatements, trail, verifyTrail } from '#trail'
import { askToEraseActor, eraseActor, eraseOwed } from '../src/trail/erasure/acts.ts'
import { endHold, layHold, promiseRetention } from '../src/trail/erasure/retention-acts.ts'
import { applyRetention, type StepIn } from '../src/trail/erasure/retention-flow.ts'
import { erasuresOf } from '../src/trail/verification/statement-acts.ts'
import { openHouse, type TestHouse } from './house.ts'

// What names people can go out of the log; what proves what happened cannot.

let house: TestHouse
const controllerId = randomUUID()
const scope = { controllerId }
const worker: Actor = {
  id: randomUUID(),
  kind: 'workload',
  assurance: 1,
  grants: [
    { id: randomUUID(), actions: ['*'], controllers: null, categories: null, purposes: null },
  ],
  label: 'Nightly Billing',
}
const startedAt = new Date()
const later = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000)

before(async () => {
  house = await openHouse({ now: startedAt })
  house.keyring.createRing(controllerId)
})
after(() => house.close())

const read = (...subjects: number[]) =>
  house.act(
    { action: 'vault.record.read', actor: worker, scope, purpose: 'care', effect: 'read' },
    async (act) => {
      for (const subject of subjects) act.touch({ subject, record: subject * 10, category: 1 })
    },
  )
const verify = () => verifyTrail(house.database, house.keyring)
const payloads = async (log = controllerId) =>
  (
    await house.owner.rows<{ subject: number | null }>({
      text: 'select subject from trail.payload where log = $1 order by entry_id',
      values: [log],
    })
  ).map(({ subject }) => subject)
const step: StepIn = (at, deed) => house.act({ action: 'trail.retain', scope: at }, deed)
const rootOf = async () =>
  (
    await house.owner.first<{ root: Buffer }>({
      text: 'select root from trail.log where log = $1',
      values: [controllerId],
    })
  )?.root.toString('hex')

test('erasing a subject takes the payloads about it alone, and the verifier names the entry that did', async () => {
  await read(1)
  await read(1, 2)
  await read(2)
  await house.act({ action: 'vault.subject.flag', scope }, async (act) => act.concern(1))
  await house.integrate()
  const before = await rootOf()
  deepEqual(await payloads(), [1, null, 2, 1])
  await house.act({ action: 'vault.subject.erase', scope }, (act) => erasePayloadsOf(act, [1]))
  deepEqual(await payloads(), [null, 2, null])
  equal(await rootOf(), before, 'no leaf was touched')
  await house.integrate()
  house.setNow(later(20))
  await house.integrate()
  const { sound, faults, erased, erasedBy } = await verify()
  deepEqual([sound, faults, erased], [true, [], 2])
  deepEqual(
    erasedBy.map(({ log, index, payloads }) => [log, index, payloads]),
    [[controllerId, 4, 2]],
  )
})

test('who walks the log finds which entry erased which, bound by that entry’s leaf', async () => {
  const file = Buffer.concat(await Array.fromAsync(readStatements(house.database, controllerId)))
  const [line] = file.toString().trim().split('\n')
  const { index, statement } = JSON.parse(line!) as { index: number; statement: string }
  const { body } = (await house.owner.first<{ body: Buffer }>({
    text: `select body from trail.entry join trail.sequence using (id) where log = $1 and idx = $2`.replace(
      'log =',
      'entry.log =',
    ),
    values: [controllerId, index],
  }))!
  const leaf = JSON.parse(body.toString()) as { stm: string; grant: string }
  equal(leaf.stm, createHash('sha256').update(statement).digest('hex'))
  equal((JSON.parse(statement) as { erases: { entries: string[] } }).erases.entries.length, 2)
})

test('a payload that is gone without an entry that says so is a fault, and so is one that came back', async () => {
  const entry = await house.owner.first<{ id: string; sealed: Buffer }>({
    text: 'select entry_id as id, sealed from trail.payload where log = $1 and subject = 2',
    values: [controllerId],
  })
  await house.owner.run({
    text: 'delete from trail.payload where entry_id = $1',
    values: [entry!.id],
  })
  match((await verify()).faults[0]!.fault, /payload is gone, and no entry has erased it/)
  const put = (id: string, subject: number) =>
    house.owner.run({
      text: 'insert into trail.payload (entry_id, log, subject, sealed) values ($1, $2, $3, $4)',
      values: [id, controllerId, subject, entry!.sealed],
    })
  await put(entry!.id, 2)
  const gone = await house.owner.first<{ id: string }>({
    text: 'select entry_id as id from trail.erased order by entry_id limit 1',
  })
  await put(gone!.id, 1)
  match((await verify()).faults[0]!.fault, /was erased by entry 4, and is there/)
  await house.owner.run({
    text: 'delete from trail.payload where entry_id = $1',
    values: [gone!.id],
  })
  deepEqual((await verify()).faults, [])
})

test('the app can take no payload away, but by an entry of the same log', async () => {
  for (const text of [
    'delete from trail.payload',
    'update trail.payload set sealed = sealed',
    'truncate trail.payload',
    'insert into trail.erased select id, id from trail.entry',
  ])
    await rejects(house.database.run({ text }), { code: '42501' }, text)
  const [own] = await house.owner.rows<{ id: string }>({
    text: 'select entry_id as id from trail.payload where log = $1',
    values: [controllerId],
  })
  await house.act({ action: 'trail.test.foreign' }, async (act) =>
    act.declare({ erases: { entries: [own!.id] } }),
  )
  ok((await payloads()).length === 3, 'another log’s entry took nothing')
})

test('under a hold nothing goes; once it is lifted the sweep takes what waited', async () => {
  await read(7)
  const holdId = await house.act({ action: 'trail.hold.lay' }, (act) =>
    layHold(act, controllerId, 'case 12'),
  )
  const { waits } = await house.act({ action: 'vault.subject.erase', scope }, (act) =>
    erasePayloadsOf(act, [7]),
  )
  ok(waits)
  ok((await payloads()).includes(7))
  house.setNow(later(400))
  await rejects(
    house.act({ action: 'trail.erase-owed', scope }, eraseOwed),
    (error) => error instanceof Refusal && error.code === 'trail.log-held',
  )
  await house.act({ action: 'trail.hold.lift' }, (act) => endHold(act, holdId, 'case closed'))
  equal(await house.act({ action: 'trail.erase-owed', scope }, eraseOwed), 1)
  ok(!(await payloads()).includes(7))
  await house.integrate()
  deepEqual((await verify()).faults, [])
})

test('what names an actor who has left goes from the payloads, and its acts stay provable', async () => {
  equal(
    await house.act({ action: 'trail.erase-actor', scope }, (act) =>
      eraseActor(act, worker.id, later(1000)),
    ),
    2,
  )
  await house.integrate()
  const { sound, erased } = await verify()
  deepEqual([sound, erased], [true, 5])
})

test('a month of payloads goes whole when its time is over, and a held log keeps its own', async () => {
  await read(9)
  await house.integrate()
  const future = new Date(startedAt.getTime() + 400 * 86_400_000)
  const held = await house.act({ action: 'trail.hold.lay' }, (act) =>
    layHold(act, controllerId, 'case 13'),
  )
  house.setNow(future)
  await house.act({ action: 'trail.retention.promise' }, (act) =>
    promiseRetention(act, { payloadMonths: 3, bundleMonths: null }),
  )
  const partitions = () =>
    house.owner.rows<{ name: string }>({
      text: `select inhrelid::regclass::text as name from pg_inherits
             where inhparent = 'trail.payload'::regclass order by 1`,
    })
  const before = (await partitions()).length
  const due = await applyRetention(step)
  ok(due.months[0]!.logs.some(({ log, held }) => log === controllerId && held))
  ok((await payloads()).length > 0, 'what is held stays')
  await house.act({ action: 'trail.hold.lift' }, (act) => endHold(act, held, 'closed'))
  await applyRetention(step)
  deepEqual(await payloads(), [])
  equal((await partitions()).length, before - 1)
  await house.integrate()
  const { sound, faults, erased } = await verify()
  deepEqual([sound, faults], [true, []])
  ok(erased > 6)
})

test('the database itself keeps a month that the policy keeps', async () => {
  await rejects(house.database.rows({ text: 'select trail.drop_payload_month(now(), now())' }), {
    code: 'HF001',
  })
})

test('bundles below the minimum index are refused, and every proof still stands', async () => {
  const log = 'house'
  for (let i = 0; i < 300; i++) await house.act({ action: 'trail.test.many' }, async () => {})
  await house.integrate()
  house.setNow(new Date(house.world.now().getTime() + 20_000))
  await house.integrate()
  ok(await readLogFile(house.database, log, 'tile/entries/000'))
  house.setNow(new Date(startedAt.getTime() + 800 * 86_400_000))
  await house.act({ action: 'trail.retention.promise' }, (act) =>
    promiseRetention(act, { payloadMonths: 3, bundleMonths: 12 }),
  )
  await rejects(
    house.act({ action: 'trail.retention.promise' }, (act) =>
      promiseRetention(act, { payloadMonths: 13, bundleMonths: 12 }),
    ),
    (error) => error instanceof Refusal && error.code === 'trail.bundles-go-first',
  )
  await applyRetention(step)
  equal(await readLogFile(house.database, log, 'tile/entries/000'), undefined)
  ok(await readLogFile(house.database, log, 'tile/0/000'), 'the hashes stay')
  const policy = JSON.parse(
    (await readLogFile(house.database, log, 'retention'))!.bytes.toString(),
  ) as { minimumIndex: number; bundleMonths: number }
  deepEqual([policy.minimumIndex, policy.bundleMonths], [256, 12])
  await house.integrate()
  deepEqual((await verify()).faults, [])
  ok(trail.jobs!.some(({ action }) => action === 'trail.retain'))
})

test('nobody has what the trail tells of themselves erased', async () => {
  const ask = { action: 'trail.actor.erase', actor: worker }
  await rejects(
    house.act(ask, (act) => askToEraseActor(act, worker.id, 'tidying up')),
    { code: 'trail.own-traces' },
  )
  await house.act(ask, (act) => askToEraseActor(act, randomUUID(), 'has left'))
})

test('statements are read some at a time, and none is left out or told twice', async () => {
  const ring = randomUUID()
  house.keyring.createRing(ring)
  const at = { scope: { controllerId: ring } }
  for (let subject = 1; subject <= 230; subject += 1) {
    await house.act({ action: 'vault.subject.flag', ...at }, async (act) => act.concern(subject))
    await house.act({ action: 'vault.subject.erase', ...at }, (act) =>
      erasePayloadsOf(act, [subject]),
    )
  }
  await house.integrate()
  const pages = await Array.fromAsync(readStatements(house.database, ring))
  const lines = pages.map((page) => page.toString().trim().split('\n'))
  deepEqual(
    lines.map(({ length }) => length),
    [100, 100, 30],
  )
  const told = lines.flat().map((line) => (JSON.parse(line) as { index: number }).index)
  deepEqual(
    told,
    Array.from({ length: 230 }, (_, i) => 2 * i + 1),
  )
  const found = await erasuresOf(house.database, ring)
  const [first] = await house.owner.rows<{ id: string }>({
    text: 'select id from trail.sequence where log = $1 and idx = 0',
    values: [ring],
  })
  equal(found.of(first!.id)?.index, 1)
})
