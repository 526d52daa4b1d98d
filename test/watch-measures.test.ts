import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { watch } from '#watch'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true, work: true })
})
after(() => house.close())

const check = (id: string) => {
  const measure = watch.measures!.find((one) => one.id === id)!
  return measure.check!(house.threshold.asHouse, house.world, house.world.now())
}
const count = async (text: string) => (await house.owner.first<{ n: number }>({ text }))!.n

test('a canary read over the front door is found, opens no incident, and leaves nothing behind', async () => {
  const { holds, probe, finding, n, of } = await check('watch.access-monitoring')
  ok(holds && probe?.refused, finding)
  ok(n > 0 && of - n < 20)
  match(probe.answer, /^found after \d/)
  equal(await count('select count(*) as n from watch.canary'), 0)
  equal(await count('select count(*) as n from watch.probe_actor'), 0)
  equal(await count(`select count(*) as n from watch.finding where probe and state = 'closed'`), 1)
  equal(await count('select count(*) as n from incidents.incident'), 0)
  deepEqual(house.faults, [])
})

test('the replayed attacks of the day are found', async () => {
  const { holds, finding, of } = await check('watch.anomaly-detection')
  ok(holds, finding)
  equal(of, 400)
})
