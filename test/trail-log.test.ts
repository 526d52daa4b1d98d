import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Actor, Refusal, type Sql } from '#kernel'
import {
  entriesFrom,
  entriesOf,
  headPosition,
  readLogFile,
  sourceKeyOf,
  unpackTouched,
  type VerifyReport,
  verifyTrail,
} from '#trail'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
const controllerId = randomUUID()
const worker: Actor = {
  id: randomUUID(),
  kind: 'workload',
  assurance: 1,
  grants: [{ id: 'g', actions: ['*'], controllers: null, categories: null, purposes: null }],
  label: 'Nightly Billing',
  credentialId: randomUUID(),
}
const startedAt = new Date('2026-03-01T12:00:00Z')

before(async () => {
  house = await openHouse({ now: startedAt })
  house.keyring.createRing(controllerId)
})
after(() => house.close())

const read = (record: number) =>
  house.act(
    {
      action: 'vault.record.read',
      actor: worker,
      scope: { controllerId },
      purpose: 'billing',
      reason: 'invoice 7',
      effect: 'read',
    },
    async (act) => act.touch({ subject: 3, record, category: 2 }),
  )

const verify = () => verifyTrail(house.database, house.keyring)

test('each act stands in its controller’s own log, with its exact set, and the rest in the house’s', async () => {
  for (let i = 1; i <= 5; i++) await read(i)
  await house.act({ action: 'trail.test.house' }, async () => {})
  const from = await headPosition(house.database)
  await house.integrate()
  const entries = await entriesFrom(house.database, from, 100)
  equal(await headPosition(house.database), from + 6)
  const mine = entries.filter(({ log }) => log === controllerId)
  deepEqual(
    mine.map(({ index, subjects, records, categories }) => [index, subjects, records, categories]),
    [0, 1, 2, 3, 4].map((i) => [i, 1, 1, 4]),
  )
  deepEqual(unpackTouched(mine[4]!.touched!), [{ subject: 3, record: 5, category: 2 }])
  equal(entries.find(({ action }) => action === 'trail.test.house')?.log, 'house')
  deepEqual((await verify()).faults, [])
})

test('a suspect’s entries are found before they are integrated', async () => {
  await read(9)
  const window = { from: startedAt, until: new Date(startedAt.getTime() + 1) }
  for (const suspect of [
    { credentialId: worker.credentialId! },
    { actorId: worker.id },
    { sourceKey: sourceKeyOf(house.keyring, '192.0.2.1'), actorId: worker.id },
  ]) {
    const entries = (
      await Array.fromAsync(entriesOf(house.database, { ...suspect, ...window }))
    ).flat()
    equal(entries.length, 6)
    equal(entries.at(-1)?.position, null)
  }
  deepEqual(
    await Array.fromAsync(
      entriesOf(house.database, { actorId: worker.id, from: window.until, until: window.until }),
    ),
    [[]],
  )
  await rejects(Array.fromAsync(entriesOf(house.database, window)), TypeError)
})

test('a controller id that nobody gave out gets no log of its own', async () => {
  const claimed = randomUUID()
  await rejects(
    house.act({ action: 'vault.record.read', scope: { controllerId: claimed } }, async () => {
      throw new Refusal('vault.unknown-controller', 404, 'no')
    }),
    Refusal,
  )
  const rows = await house.owner.rows<{ log: string; purpose: string | null }>({
    text: 'select log, purpose from trail.entry order by id desc limit 1',
  })
  equal(rows[0]?.log, 'house')
})

test('neither table, bundle nor tile holds the actor’s name, the reason or the address', async () => {
  await house.integrate()
  const rows = await house.owner.rows<{ row: string }>({
    text: "select (entry.*)::text || encode(body, 'escape') as row from trail.entry",
  })
  const bundle = await readLogFile(house.database, controllerId, 'tile/entries/000.p/6')
  const text = `${rows.map(({ row }) => row).join('\n')}${bundle!.bytes.toString('latin1')}`
  match(text, /vault\.record\.read/)
  for (const secret of ['Nightly Billing', 'invoice 7', '192.0.2.1']) ok(!text.includes(secret))
})

test('the app may neither change nor remove an entry, a place or a checkpoint', async () => {
  for (const text of [
    "update trail.entry set action = 'x'",
    'delete from trail.entry',
    'truncate trail.entry',
    'update trail.sequence set idx = idx + 1',
    'delete from trail.sequence',
    "update trail.checkpoint set note = ''",
    'delete from trail.checkpoint',
    'delete from trail.tile',
    'update trail.signer set at = now()',
    'delete from trail.state',
  ]) {
    await rejects(house.database.run({ text }), { code: '42501' }, text)
  }
})

test('each kind of tampering is found, and the first bad entry named', async () => {
  for (let i = 20; i < 30; i++) await read(i)
  await house.integrate()
  house.setNow(new Date(startedAt.getTime() + 60_000))
  await house.integrate()
  const sound = await verify()
  deepEqual(sound.faults, [])
  ok(sound.trees.every(({ checkpoints }) => checkpoints > 0))
  const [victim] = await house.owner.rows<{ id: string }>({
    text: 'select id from trail.sequence where log = $1 and idx = 4',
    values: [controllerId],
  })
  const { id } = victim!
  const where = `where id = '${id}'`
  const inLog = `where log = '${controllerId}'`
  const cases: readonly (readonly [tampering: string, finds: RegExp])[] = [
    [`update trail.entry set outcome = 'refused' ${where}`, /differ in: out\./],
    [`update trail.entry set action = 'vault.record.list' ${where}`, /differ in: act\./],
    [`update trail.entry set actor_id = 'house' ${where}`, /differ in: actor\./],
    [`update trail.entry set credential_id = null ${where}`, /differ in: cred\./],
    [`update trail.entry set at = at + interval '1 hour' ${where}`, /differ in: t\./],
    [`update trail.entry set records = 2 ${where}`, /differ in: n\./],
    [`update trail.entry set categories = 8 ${where}`, /differ in: cat\./],
    [`update trail.entry set touched = '\\x010103010602' ${where}`, /differ in: set\./],
    [`update trail.entry set source_key = sha256('x') ${where}`, /differ in: src\./],
    [
      `update trail.payload set sealed = set_byte(sealed, 60, 0) where entry_id = '${id}'`,
      /payload does not open/,
    ],
    [`update trail.entry set grant_id = 'own' ${where}`, /differ in: grant\./],
    [`update trail.entry set statement = '{}' ${where}`, /differ in: stm\./],
    [`update trail.entry set leaf = sha256('x') ${where}`, /leaf hash/],
    [
      `update trail.entry set body = convert_to(replace(convert_from(body, 'utf8'), '"v":1', '"v": 1'), 'utf8') ${where}`,
      /differ in: its form\./,
    ],
    [`delete from trail.entry ${where}`, /entry is gone/],
    [`delete from trail.sequence ${where}`, /No entry stands/],
  ]
  for (const [tampering, finds] of cases) {
    const { sound, faults } = await afterTampering(tampering)
    ok(!sound, tampering)
    const named = faults.find((fault) => fault.index === 4 && fault.log === controllerId)
    ok(named !== undefined, `${tampering}: ${JSON.stringify(faults)}`)
    match(named.fault, finds, tampering)
    equal(named.entryId, tampering.startsWith('delete from trail.sequence') ? null : id)
  }
  for (const [tampering, finds] of [
    [
      `update trail.tile set hashes = set_byte(hashes, 130, 1 # get_byte(hashes, 130)) ${inLog}`,
      /another leaf/,
    ],
    [`update trail.log set root = sha256('x') ${inLog}`, /root is not/],
    ["update trail.log set root = sha256('x') where log = 'root'", /root is not/],
    ["update trail.checkpoint set note = replace(note, '— ', '— x')", /does not verify/],
    [
      "update trail.checkpoint set note = 'x' where log <> 'root'",
      /cannot be read|does not verify/,
    ],
    [`update trail.checkpoint set root = sha256('x') ${inLog}`, /not what was/],
    ["delete from trail.checkpoint where log = 'house'", /No entry stands/],
    [
      `update trail.log set size = size - 1, signed_size = 0 ${inLog}`,
      /larger trees than there are/,
    ],
    ['update trail.state set position = position + 1', /not dense/],
    [`insert into trail.pending select id, log, leaf from trail.entry ${where}`, /as well/],
  ] as const) {
    const { sound, faults } = await afterTampering(tampering)
    ok(!sound, tampering)
    ok(
      faults.some(({ fault }) => finds.test(fault)),
      `${tampering}: ${JSON.stringify(faults)}`,
    )
  }
  deepEqual((await verify()).faults, [])
})

test('with payloads left sealed all but they are looked at, and the report says so', async () => {
  const sealed = (sql: Sql) => verifyTrail(sql, house.keyring, undefined, { open: false })
  const { sound, opened, trees } = await sealed(house.database)
  deepEqual([sound, opened], [true, false])
  ok(trees.every(({ size, checked }) => size === checked))
  const inLog = `where log = '${controllerId}'`
  const damaged = await afterTampering(
    `update trail.payload set sealed = set_byte(sealed, 60, 1 # get_byte(sealed, 60)) ${inLog}`,
    sealed,
  )
  deepEqual(damaged.faults, [])
  const changed = await afterTampering(`update trail.entry set action = 'x.y.z' ${inLog}`, sealed)
  match(changed.faults[0]!.fault, /differ in: act\./)
})

test('of a suspect who did very much every entry is found once, oldest first', async () => {
  // In no tree, so nothing after this verifies: copies of one entry, several to an instant.
  const { rowCount } = await house.owner.pool.query(
    `insert into trail.entry (id, log, at, actor_kind, actor_id, controller_id, action, outcome,
       subjects, records, categories, source_key, body, leaf)
     select gen_random_uuid(), log, at + (n / 7) * interval '1 millisecond', actor_kind, 'busy',
       controller_id, action, outcome, 0, 0, 0, source_key, body, sha256(n::text::bytea)
     from generate_series(1, 2345) n, (select * from trail.entry order by at limit 1) as one`,
  )
  equal(rowCount, 2345)
  const window = { from: new Date(0), until: new Date(startedAt.getTime() + 86_400_000) }
  const pages = await Array.fromAsync(entriesOf(house.database, { actorId: 'busy', ...window }))
  deepEqual(
    pages.map(({ length }) => length),
    [1000, 1000, 345],
  )
  const places = pages.flat().map(({ at, entryId }) => `${at.toISOString()} ${entryId}`)
  deepEqual(places, [...new Set(places)].sort())
})

/** What the verifier says after a statement only the database's owner could run; then it is undone. */
async function afterTampering(
  statement: string,
  look = (sql: Sql) => verifyTrail(sql, house.keyring),
): Promise<VerifyReport> {
  let report: VerifyReport | undefined
  const undo = new Error('undo')
  const tampering = house.owner.transaction({ scope: 'house' }, async (sql) => {
    ok((await sql.run({ text: statement })) > 0, statement)
    report = await look(sql)
    throw undo
  })
  await rejects(tampering, undo)
  return report!
}
