import { deepEqual, equal, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, asCaller } from './callers.ts'
import { credentialOf, freePort, SupervisedHouse } from './supervised.ts'

// A house on a file system of its own that runs full, slowly and at once. What cannot be recorded is
// not done, the answer says so, and with the space the house comes back by itself.

const mebibyte = 1_048_576
const mount = mkdtempSync(join(tmpdir(), 'holdfast-full-'))

/** A small file system in memory, where we may mount one. */
function mounted(): string | false {
  try {
    chmodSync(mount, 0o755)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=640m,mode=755', 'tmpfs', mount], {
      stdio: 'ignore',
    })
    return false
  } catch {
    return 'it takes a file system of its own, which only root may mount'
  }
}
const skip = mounted()
process.on('exit', () => {
  if (skip === false) execFileSync('umount', ['-l', mount], { stdio: 'ignore' })
  rmSync(mount, { recursive: true, force: true })
})

const ballast = join(mount, 'ballast')
const freeBytes = () => {
  const { bavail, bsize } = statfsSync(mount)
  return bavail * bsize
}

/** Takes everything but so much. */
function fillUpTo(leave: number): void {
  try {
    for (const piece = Buffer.alloc(mebibyte, 1); freeBytes() > leave + mebibyte;)
      writeFileSync(ballast, piece, { flag: 'a' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

test(
  'a full disk refuses what cannot be recorded, and the house comes back with the space',
  { skip },
  async (t) => {
    mkdirSync(join(mount, 'house'))
    const house = new SupervisedHouse(join(mount, 'house/var'), await freePort())
    await house.start()
    try {
      const { operator } = house
      const { controllerId } = await operator.call<{ controllerId: string }>(
        'POST',
        '/v1/controllers',
        {
          json: {
            name: 'Alder Clinic',
            categories: [
              { name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 30 },
            ],
            purposes: [{ name: 'care', categories: ['contact'] }],
            breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
            synthetic: true,
          },
        },
      )
      const token = await credentialOf(house, 'reader', ['vault.*'])
      const send = (method: string, path: string, body?: string) =>
        ask(house.listener, `/v1/controllers/${controllerId}${path}`, {
          method,
          headers: { ...asCaller(token), 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body }),
        })
      const record = { subjectKey: 'A-1', category: 'contact', fields: { name: 'Ada Alder' } }
      const put = await send('PUT', '/records', JSON.stringify(record))
      equal(put.status, 200, put.body)
      const { subjectId } = JSON.parse(put.body) as { subjectId: string }
      const read = () => send('GET', `/subjects/${subjectId}`)

      fillUpTo(20 * mebibyte)
      const until = performance.now() + 20_000
      let refused = await read()
      while (refused.status === 200 && performance.now() < until) {
        await pause(200)
        refused = await read()
      }
      equal(refused.status, 503, refused.body)
      equal((JSON.parse(refused.body) as { code: string }).code, 'ground.no-room')
      ok(!refused.body.includes('Ada'), 'nothing was released')
      equal((await send('PUT', '/records', JSON.stringify(record))).status, 503)
      ok(freeBytes() > 40 * mebibyte, 'the reserve was given back')
      rmSync(ballast)
      await backWithin(60, read)

      // Not one byte left, all at once: PostgreSQL may stop as a whole.
      fillUpTo(0)
      fillUpTo(0)
      const answers = new Set<number>()
      for (const end = performance.now() + 8000; performance.now() < end; await pause(200)) {
        const answer = await read().catch(() => undefined)
        answers.add(answer?.status ?? 0)
        fillUpTo(0)
        if (answer !== undefined && answer.status !== 200) ok(!answer.body.includes('Ada'))
      }
      ok(answers.has(503), [...answers].join())
      rmSync(ballast)
      t.diagnostic(`back ${(await backWithin(90, read)).toFixed(1)} s after the space`)
      const { code, told } = await house.command('trail', 'verify', '--json')
      deepEqual([code, told.includes('NOT sound')], [0, false], told)
    } finally {
      rmSync(ballast, { force: true })
      await house.stop()
    }
  },
)

/** Seconds until reads are answered again. */
async function backWithin(seconds: number, read: () => Promise<{ status: number }>) {
  const began = performance.now()
  for (;;) {
    const answer = await read().catch(() => undefined)
    const took = (performance.now() - began) / 1000
    if (answer?.status === 200) return took
    ok(took < seconds, `not back after ${seconds} s: ${answer?.status}`)
    await pause(200)
  }
}
