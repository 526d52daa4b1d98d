import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { withBenchHouse } from '../bench/parts/filled-house.ts'
import { importPieces, linesOf } from '../bench/parts/import.ts'
import { turnUnderLoad } from '../bench/parts/turning.ts'

// Fifty thousand subjects, a house as `npm start` runs it, clients that go on all the while.

const subjects = Number(process.env['ROTATION_SUBJECTS'] ?? 50_000)

test('wrapping, index and subject keys turn under load: no request fails, and nothing is left', async () => {
  await withBenchHouse(async (house) => {
    await importPieces(house, linesOf(0, subjects), subjects)
    for (const family of ['wrap', 'index', 'data'] as const) {
      const turned = await turnUnderLoad(house, family, subjects)
      deepEqual(turned.failed.slice(0, 3), [], family)
      equal(turned.leftOver, 0, family)
      ok(turned.moved >= subjects, family)
      ok(turned.requests > 20, 'there was a load')
    }
  })
})

for (const family of ['wrap', 'index', 'data'] as const)
  test(`killed in the midst of it, a rotation of ${family} goes on where it was, and ends with its proof`, async () => {
    await withBenchHouse(async (house) => {
      await importPieces(house, linesOf(0, subjects), subjects)
      const { supervised, controllerId } = house
      await supervised.operator.call('POST', `/v1/keys/rings/${controllerId}/rotate`, {
        json: { families: [family] },
      })
      const seen = async () => {
        const { items } = await supervised.operator.call<{
          items: { state: string; moved: number; total: number; leftOver?: number }[]
        }>('GET', `/v1/keys/rotations?ring=${controllerId}`)
        return items[0]!
      }
      let at = await seen()
      // An index key settles for some seconds before anything moves.
      for (let left = 1_200; at.moved === 0 && left > 0; left -= 1) {
        await new Promise((go) => setTimeout(go, 20))
        at = await seen()
      }
      ok(at.state === 'running' && at.moved < at.total, `killed too late: ${at.moved}`)
      process.kill(supervised.serverPid(), 'SIGKILL')
      await supervised.answering()
      for (let left = 900; left > 0; left -= 1) {
        at = await seen().catch(() => at)
        if (at.state === 'done') break
        await new Promise((go) => setTimeout(go, 200))
      }
      deepEqual([at.state, at.leftOver, at.moved], ['done', 0, at.total])
    })
  })
