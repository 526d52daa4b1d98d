import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { PasswordTurns } from './password-turns.ts'

const busy = { code: 'identity.sign-in-busy', status: 503 }
const address = (i: number) => `192.0.${Math.floor(i / 250)}.${i % 250}`

/** Somebody who is inside until they are let go. */
function inside(turns: PasswordTurns, from: string) {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { done: turns.within(from, () => promise), leave: resolve }
}

test('the room has a bound, and who leaves makes room for one', async () => {
  const turns = new PasswordTurns(1)
  const people = Array.from({ length: 40 }, (_, i) => inside(turns, address(i)))
  await rejects(
    turns.within(address(40), async () => {}),
    busy,
  )
  people[0]!.leave()
  await people[0]!.done
  equal(await turns.within(address(40), async () => 'in'), 'in')
  for (const { leave } of people) leave()
  await Promise.all(people.map(({ done }) => done))
})

test('who is sent away hears how long those inside will take', async () => {
  const turns = new PasswordTurns(1)
  const people = Array.from({ length: 40 }, (_, i) => inside(turns, address(i)))
  await rejects(
    turns.within(address(40), async () => {}),
    { facts: { retryAfterSeconds: 4 } },
  )
  for (const { leave } of people) leave()
})

test('one neighbourhood takes half of the room, under however many addresses', async () => {
  const turns = new PasswordTurns(1)
  const flood = Array.from({ length: 20 }, (_, i) => inside(turns, `2001:db8:1:${i}::1`))
  await rejects(
    turns.within('2001:db8:1:ffff::1', async () => {}),
    busy,
  )
  equal(await turns.within('2001:db8:2::1', async () => 'in'), 'in')
  for (const { leave } of flood) leave()
  await Promise.all(flood.map(({ done }) => done))
  equal(await turns.within('2001:db8:1:ffff::1', async () => 'in'), 'in')
})

test('a deed that fails leaves its place', async () => {
  const turns = new PasswordTurns(1)
  const fault = new Error('no')
  for (let i = 0; i < 100; i += 1)
    await rejects(
      turns.within('192.0.2.1', () => Promise.reject(fault)),
      fault,
    )
})

test('turns come in the order they were asked for, so many at once', async () => {
  const turns = new PasswordTurns(2)
  const began: number[] = []
  let [running, highest] = [0, 0]
  await Promise.all(
    [1, 2, 3, 4, 5].map(async (n) => {
      const over = await turns.take()
      began.push(n)
      highest = Math.max(highest, (running += 1))
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
      over()
    }),
  )
  deepEqual(began, [1, 2, 3, 4, 5])
  ok(highest === 2)
})

test('slow turns make the room smaller, down to four', async () => {
  const turns = new PasswordTurns(1)
  for (let i = 0; i < 8; i += 1) {
    const over = await turns.take()
    await new Promise((resolve) => setTimeout(resolve, 300))
    over()
  }
  let away = 0
  const people = Array.from({ length: 40 }, (_, i) => inside(turns, address(i)))
  for (const { leave } of people) leave()
  for (const { done } of people) await done.catch(() => (away += 1))
  ok(away > 0 && away <= 36, `${away} were sent away`)
})
