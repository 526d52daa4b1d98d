import { equal, match } from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import { withSupervised } from './supervised.ts'

test('a server that is killed again and again comes back each time, and whoever asks is told', async () => {
  await withSupervised(async (house) => {
    await house.start()
    // A kill loop: more ends than any count of them could forgive.
    for (let i = 1; i <= 7; i += 1) {
      const pid = house.serverPid()
      await house.kill('server')
      if (i === 7) {
        const { code, told } = await house.command('keys', 'overview', 'read')
        equal(code, 1)
        match(
          told,
          /supervisor starts it again at \S+Z \(7 ends in a row, the last: the server is gone: it was ended by SIGKILL\)/,
        )
      }
      while (house.serverPid() === pid) await new Promise((resolve) => setTimeout(resolve, 50))
      await house.answering()
    }
    match(house.said, /7 ends in a row; starting again in 15 s/)
    equal((await house.operator.call<{ state: string }>('GET', '/healthz')).state, 'well')
  })
})

test('what is wrong from the beginning ends the start at once, with its reason', async () => {
  await withSupervised(async (house) => {
    const taken = createServer().listen(house.port, '127.0.0.1')
    await once(taken, 'listening')
    house.launch()
    equal(await house.ended(), 1)
    match(house.said, /port \d+ is taken by another program; set HOLDFAST_PORT to a free one/)
    taken.close()
  })
})
