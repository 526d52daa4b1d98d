import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusalTally } from './tally.ts'

const at = (second: number) => new Date(second * 1000)
const code = 'gate.too-many-requests'

test('refusals of one client and code become one bucket with its count and span', () => {
  const tally = new RefusalTally()
  for (const second of [5, 3, 9]) tally.count({ address: '192.0.2.1', code, at: at(second) })
  tally.count({ address: '192.0.2.1', code: 'gate.overloaded', at: at(1) })
  assert.deepEqual(tally.take(), [
    { source: '192.0.2.1', code, count: 3, from: at(3), to: at(9) },
    { source: '192.0.2.1', code: 'gate.overloaded', count: 1, from: at(1), to: at(1) },
  ])
  assert.ok(tally.isEmpty)
})

test('what is given back is told with what came since', () => {
  const tally = new RefusalTally()
  tally.count({ address: '192.0.2.1', code, at: at(1) })
  const taken = tally.take()
  tally.count({ address: '192.0.2.1', code, at: at(2) })
  tally.giveBack(taken)
  assert.deepEqual(tally.take(), [{ source: '192.0.2.1', code, count: 2, from: at(1), to: at(2) }])
})

test('a flood from ten thousand addresses stays bounded and loses no count', () => {
  const tally = new RefusalTally()
  for (let i = 0; i < 10_000; i++) {
    tally.count({ address: `10.0.${i >> 8}.${i & 255}`, code, at: at(i) })
  }
  const taken = tally.take()
  assert.equal(taken.length, 501)
  assert.equal(
    taken.reduce((sum, { count }) => sum + count, 0),
    10_000,
  )
})
