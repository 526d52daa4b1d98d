import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HouseCross, Sql, World } from '#kernel'
import { loops, tellRefusals } from './loops.ts'
import { doorTally, RefusalTally } from './tally.ts'

const refused = (address: string) => ({ address, code: 'gate.overloaded', at: new Date(0) })
const unused = {} as Sql & World

test('what could not be told stays gathered, what was told does not', async () => {
  const tally = new RefusalTally()
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) tally.count(refused(address))
  let crossings = 0
  const failing: HouseCross = async () => {
    crossings += 1
    if (crossings === 2) throw new Error('the database is away')
    return undefined as never
  }
  await assert.rejects(tellRefusals(failing, tally), /database is away/)
  assert.deepEqual(
    tally.take().map(({ source }) => source),
    ['192.0.2.2', '192.0.2.3'],
  )
})

test('after a turn comes one look that says no, so that a flood is gathered and not told at once', async () => {
  const [loop] = loops
  assert.ok(loop)
  doorTally.take()
  assert.equal(await loop.due(unused), false)
  doorTally.count(refused('192.0.2.1'))
  assert.equal(await loop.due(unused), true)
  await loop.turn(async () => undefined as never, unused)
  doorTally.count(refused('192.0.2.1'))
  assert.equal(await loop.due(unused), false)
  assert.equal(await loop.due(unused), true)
  doorTally.take()
})
