import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Places } from './places.ts'

test('so many of a name go on at once, the others in the order they came', async () => {
  const places = new Places(2)
  const went: string[] = []
  const go = (name: string, who: string) =>
    places.take(name).then((leave) => {
      went.push(who)
      return leave
    })
  const [first, second] = [await go('a', '1'), await go('a', '2')]
  const [third, fourth] = [go('a', '3'), go('a', '4')]
  await go('b', 'other')
  await turn()
  deepEqual(went, ['1', '2', 'other'])
  second()
  first()
  const leaves = [await third, await fourth]
  deepEqual(went, ['1', '2', 'other', '3', '4'])
  for (const leave of leaves) leave()
  equal(typeof (await places.take('a')), 'function')
})
