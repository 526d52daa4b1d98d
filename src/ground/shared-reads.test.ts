import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import type { Statement } from '#kernel'
import { type ReadAtOnce, SharedReads } from './shared-reads.ts'

interface Row {
  readonly id: string
  readonly text: string
}
const byId = {
  name: 'test.by-id',
  text: (among: string) => `select id from test where id ${among} and kind = $2`,
  values: ['a'],
  keyOf: ({ id }: Row) => id,
}
const keysIn = ({ values }: Statement) => [values![0]].flat() as string[]
const scope = 'house'

function reads(answer: ReadAtOnce) {
  const sent: Statement[][] = []
  const shared = new SharedReads((where, statements) => {
    sent.push([...statements])
    return answer(where, statements)
  })
  return { sent, ask: (key: string, kind = 'a') => shared.ofKey(scope, like(kind), key) }
}
const like = (kind: string) => ({ ...byId, values: [kind] })
const echo: ReadAtOnce = async (_, statements) =>
  statements.map((one) =>
    keysIn(one).map((id) => ({ id, text: `${id} of ${String(one.values![1])}` })),
  )

test('what is asked in one turn is one statement, and each asker gets its own rows', async () => {
  const { sent, ask } = reads(echo)
  const answers = await Promise.all([ask('x'), ask('y'), ask('x'), ask('x', 'b')])
  deepEqual(
    answers.map(([row]) => row!.text),
    ['x of a', 'y of a', 'x of a', 'x of b'],
  )
  equal(sent.length, 1)
  deepEqual(
    sent[0]!.map(({ name, values }) => [name, ...values!]),
    [
      ['test.by-id.many', ['x', 'y'], 'a'],
      ['test.by-id.one', 'x', 'b'],
    ],
  )
})

test('a key that nothing answers has no rows', async () => {
  const { ask } = reads(async (_, statements) => statements.map(() => []))
  deepEqual(await Promise.all([ask('x'), ask('y')]), [[], []])
})

test('what fails for one is asked again for each, and fails for that one alone', async () => {
  const { sent, ask } = reads(async (where, statements) => {
    if (statements.some((one) => keysIn(one).includes('bad'))) throw new Error('no such place')
    return echo(where, statements)
  })
  const good = ask('x')
  const bad = rejects(ask('bad'), { message: 'no such place' })
  equal((await good)[0]!.text, 'x of a')
  await bad
  equal(sent.length, 3)
})

test('what is asked while a read is under way goes with the next', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const { sent, ask } = reads(async (where, statements) => {
    await held
    return echo(where, statements)
  })
  const first = ask('x')
  // The first leaves with the turn of the event loop it came in.
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  const later = [ask('y'), ask('z')]
  release()
  await Promise.all([first, ...later])
  deepEqual(
    sent.map(([one]) => keysIn(one!)),
    [['x'], ['y', 'z']],
  )
})
