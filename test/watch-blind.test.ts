import { equal, match } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { watch } from '#watch'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  // The listener is open and nothing evaluates: a watch that has gone blind.
  house = await openHouse({ listen: true })
})
after(() => house.close())

test('a watch that has stopped is not called in force', async () => {
  const measure = watch.measures!.find(({ id }) => id === 'watch.access-monitoring')!
  const { holds, probe } = await measure.check!(
    house.threshold.asHouse,
    house.world,
    house.world.now(),
  )
  equal(holds, false)
  equal(probe?.refused, false)
  match(probe?.answer ?? '', /^not found within/)
})
