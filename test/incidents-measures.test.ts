import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { incidents } from '#incidents'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

const check = (id: string) =>
  incidents.measures!.find((one) => one.id === `incidents.${id}`)!.check!(
    house.threshold.asHouse,
    house.world,
    house.world.now(),
  )
const count = async (text: string) => (await house.owner.first<{ n: number }>({ text }))!.n

test('every way in opens an incident, strangers are refused, and the check leaves lists as they were', async () => {
  const { holds, n, of, probe, finding } = await check('intake')
  ok(holds, finding)
  deepEqual([n, of, probe?.answer], [4, 4, '401, 401'])
  equal(await count('select count(*) as n from incidents.incident where not hidden'), 0)
  equal(await count(`select count(*) as n from incidents.incident where state <> 'closed'`), 0)
})

test('an incomplete notice is refused, and nothing of the try remains', async () => {
  const before = await count('select count(*) as n from incidents.incident')
  const { holds, probe, finding } = await check('notice-content')
  ok(holds, finding)
  equal(probe?.answer, 'incidents.notice-incomplete')
  equal(await count('select count(*) as n from incidents.notice'), 0)
  equal(await count('select count(*) as n from incidents.incident'), before)
})

test('the server has no right to change evidence, and changed evidence is noticed', async () => {
  ok((await check('evidence')).holds)
  await house.owner.run({
    text: `insert into incidents.evidence
             select gen_random_uuid(), incident_id, now(), 'planted', '{"a": 1}', $1
             from incidents.incident limit 1`,
    values: [Buffer.alloc(32)],
  })
  const { holds, n, of, probe } = await check('evidence')
  deepEqual([holds, n, of, probe?.refused], [false, 0, 1, true])
})

test('without a cut or a drill nothing is claimed', async () => {
  for (const id of ['containment', 'revocation', 'notification']) {
    const { holds, of } = await check(id)
    deepEqual([id, holds, of], [id, false, 0])
  }
})

test('nothing failed on the way', () => deepEqual(house.faults, []))
