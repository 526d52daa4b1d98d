import { equal, match } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { watch } from '#watch'
import { accessMonitoring, monitorAccess } from '../src/watch/checks.ts'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  // The listener is open and nothing evaluates: a watch that has gone blind.
  house = await openHouse({ listen: true })
})
after(() => house.close())

test('a watch that has stopped is not called in force', async () => {
  const measure = watch.measures!.find(({ id }) => id === 'watch.access-monitoring')!
  equal(measure.check, accessMonitoring)
  // What never comes need not be waited for as long as in service.
  const { holds, probe } = await monitorAccess(house.threshold.asHouse, house.world, 1)
  equal(holds, false)
  equal(probe?.refused, false)
  match(probe?.answer ?? '', /^not found within/)
})
