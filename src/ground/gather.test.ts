import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Gather } from './gather.ts'

/** A gather that notes its groups and holds each until it is let go. */
function held(largest?: number) {
  const groups: number[][] = []
  const waiting: (() => void)[] = []
  const gather = new Gather<number, number>(async (items) => {
    groups.push([...items])
    await new Promise<void>((resolve) => waiting.push(resolve))
    return items.map((item) => item * 10)
  }, largest)
  return { gather, groups, letGo: () => waiting.shift()!() }
}

test('what several turns of the loop bring goes together, and a turn that brings nothing sends it', async () => {
  const { gather, groups, letGo } = held()
  const done: Promise<number>[] = []
  // Each turn is asked for before the gather asks for its own, so that it adds before the gather looks.
  for (const item of [1, 2, 3, 4]) {
    const turn = nextTurn()
    done.push(gather.add(item))
    deepEqual(groups, [])
    await turn
  }
  await nextTurn()
  await nextTurn()
  deepEqual(groups, [[1, 2, 3, 4]])
  letGo()
  deepEqual(await Promise.all(done), [10, 20, 30, 40])
  equal(gather.idle, true)
})

test('a loop that never rests keeps nobody waiting for long', async () => {
  const { gather, groups, letGo } = held()
  const done: Promise<number>[] = []
  for (let item = 0; groups.length === 0; item += 1) {
    const turn = nextTurn()
    done.push(gather.add(item))
    await turn
    if (item > 100) break
  }
  equal(groups.length, 1)
  equal(groups[0]!.length < 12, true, `${groups[0]!.length} turns`)
  while (!gather.idle) {
    if (groups.length > 0) letGo()
    await nextTurn()
    await nextTurn()
    await nextTurn()
  }
  equal((await Promise.all(done)).length, done.length)
})

test('one group is under way at a time, none is larger than allowed, and each fails alone', async () => {
  const { gather, groups, letGo } = held(2)
  const done = [1, 2, 3].map((item) => gather.add(item))
  await nextTurn()
  await nextTurn()
  deepEqual(groups, [[1, 2]])
  letGo()
  deepEqual(await Promise.all(done.slice(0, 2)), [10, 20])
  await nextTurn()
  await nextTurn()
  deepEqual(groups, [[1, 2], [3]])
  letGo()
  equal(await done[2], 30)

  const failing = new Gather<number, number>(async ([first]) => {
    if (first === 1) throw new Error('no')
    return [first!]
  }, 1)
  const [one, two] = [failing.add(1), failing.add(2)]
  await rejects(one, /no/)
  equal(await two, 2)
})
