import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { flow, Receipt } from '#kernel'
import { subjectKeys } from '#keys'
import { AccountTally, accountOnce, trail } from '#trail'
import { Type } from 'typebox'
import type { Controller } from '#vault'
import { watch } from '#watch'
import { routes } from '../src/rooms.ts'
import { asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { seededController, subjectIdsOf } from './incidents-people.ts'

let house: TestHouse
let alder: Controller
let reader: Caller
let subjectIds: string[]

/** The planted bypass: a door to personal data that crosses no threshold. */
const bypass = flow({
  flow: true,
  method: 'GET',
  url: '/v1/controllers/:controllerId/bypass',
  action: 'vault.record.read',
  summary: 'Answers without an act.',
  params: Type.Object({ controllerId: Type.String() }),
  purpose: 'required',
  response: Type.Object({ name: Type.String() }),
  scope: ({ controllerId }) => ({ controllerId }),
  handle: async () => ({ name: 'Ada' }),
})

before(async () => {
  routes.push(bypass)
  house = await openHouse({ listen: true })
  alder = await seededController(house, 'Alder', { people: 3, canaries: 0 })
  reader = await callerWith(house, { actions: ['vault.*'], controllers: [alder.controllerId] })
  subjectIds = await subjectIdsOf(house, alder)
})
after(async () => {
  await house.close()
  routes.splice(routes.indexOf(bypass), 1)
})

const get = async (path: string) => {
  const before = house.accounts.answered.count
  const url = `/v1/controllers/${alder.controllerId}${path}`
  const { status, body } = await house.request(url, { headers: asCaller(reader.token) })
  equal(status, 200, body)
  // The door counts once the answer has left, which may be after it has come.
  while (house.accounts.answered.count <= before) await setTimeout(5)
}

const account = () =>
  accountOnce(house.database, house.threshold.asHouse, house.world, house.accounts)

/** What the measure says, after what was seen has been looked up. */
async function check() {
  await account()
  const measure = trail.measures!.find(({ id }) => id === 'trail.complete')!
  return measure.check!(house.threshold.asHouse, house.world, house.world.now())
}

test('every use of a key and every answer has its entry while all go over the threshold', async () => {
  for (const subjectId of subjectIds) await get(`/subjects/${subjectId}`)
  const { holds, finding, facts } = await check()
  ok(holds, finding)
  deepEqual(facts['counted'], [
    { kind: 'answered', seen: 3, looked: 3, missing: 0 },
    { kind: 'opened', seen: 3, looked: 3, missing: 0 },
  ])
})

test('a process that is killed takes its count along, and raises no false alarm', async () => {
  await get(`/subjects/${subjectIds[0]}`)
  house.accounts.opened.take()
  house.accounts.answered.take()
  ok((await check()).holds)
})

test('what cannot be looked up is looked up later', async () => {
  await get(`/subjects/${subjectIds[0]}`)
  const down = { rows: () => Promise.reject(new Error('down')) }
  const { asHouse } = house.threshold
  const failed = await accountOnce(down as never, asHouse, house.world, house.accounts).then(
    () => false,
    () => true,
  )
  ok(failed)
  const { facts } = await check()
  deepEqual(
    (facts['counted'] as { seen: number }[]).map(({ seen }) => seen),
    [4, 4],
  )
})

test('a door that goes round the threshold is found, and the measure says so', async () => {
  await get('/bypass')
  const { holds, finding, n, of } = await check()
  equal(holds, false)
  match(finding, /1 of 5 answers with personal data in a week have no entry: somebody went round/)
  ok(n < of)
  const [told] = await house.owner.rows({
    text: `select from trail.entry where action = 'trail.account.tell' and outcome = 'done'`,
  })
  ok(told !== undefined, 'the mismatch is an entry, which watch evaluates')
  await house.integrate()
  for (const loop of watch.loops!) await loop.turn(house.threshold.asHouse, house.world)
  const findings = await house.owner.rows<{ severity: string; sentence: string }>({
    text: `select severity, sentence from watch.finding where rule = 'unrecorded'`,
  })
  equal(findings.length, 1)
  match(
    findings[0]!.sentence,
    /^Since [\d-]{10} \d\d:00 UTC 1 of 5 answers with personal data have no entry in the trail; every one/,
  )
  await house.owner.run({ text: 'delete from trail.account' })
  ok((await check()).holds)
})

test('a key used under a receipt that nobody committed is found', async () => {
  const ask = {
    action: 'vault.record.read',
    scope: alder,
    effect: 'read',
    purpose: 'care',
  } as const
  const keys = await house.act(ask, (act) => subjectKeys(act, [subjectIds[0]!]))
  const forged = new Receipt(randomUUID(), alder.controllerId, Buffer.alloc(32), new Date())
  // Whether it opens does not matter: that somebody tried, does.
  throws(() => keys.get(subjectIds[0]!)!.open(forged, [], Buffer.alloc(64)))
  const { holds, finding } = await check()
  equal(holds, false)
  match(finding, /1 of 1 uses of subjects’ keys in a week have no entry/)
})

test('beyond its limit a tally keeps a random part, and counts all', () => {
  const tally = new AccountTally()
  for (let i = 0; i < 10_000; i++) tally.see(String(i))
  tally.see(undefined)
  const { count, entryIds, bare } = tally.take()
  deepEqual([count, entryIds.length, bare], [10_001, 4096, 1])
  ok(
    entryIds.some((id) => Number(id) >= 4096),
    'late ones have their chance',
  )
  equal(tally.take().count, 0)
})
