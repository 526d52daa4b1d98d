import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  BreachFileBroken,
  draftBreachFile,
  isBreached,
  readBreachList,
} from '../adapters/breach-file.ts'
import { falsePositives, LineFault } from './breach-filter.ts'

let dir: string
before(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-breach-'))
})
after(() => rmSync(dir, { recursive: true, force: true }))

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const listOf = (passwords: readonly string[], end = '\r\n') =>
  passwords
    .map((password, i) => `${sha1(password)}:${i + 1}`)
    .toSorted()
    .join(end)

/** A text in pieces of an odd size, so that lines break anywhere. */
async function* pieces(text: string, size = 97): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const now = new Date('2026-11-20T08:00:00Z')
async function put(text: string, size?: number) {
  const draft = await draftBreachFile(dir, pieces(text, size), now)
  await draft.keep()
  return draft
}

test('without a list nothing is breached, and nothing claims to be a list', async () => {
  equal(await readBreachList(dir), undefined)
  equal(await isBreached(dir, 'password'), false)
})

test('every password of the list is found, wherever its lines were broken, and others hardly ever', async () => {
  const passwords = Array.from({ length: 10_000 }, (_, i) => `stolen ${i}`)
  const made = await put(listOf(passwords), 4093)
  equal(made.entries, 10_000)
  const list = await readBreachList(dir)
  deepEqual(
    [list?.entries, list?.madeAt, list?.bytes],
    [10_000, now, statSync(join(dir, 'identity/breach-list')).size],
  )
  for (let i = 0; i < 10_000; i += 100) ok(await isBreached(dir, `stolen ${i}`), `stolen ${i}`)
  ok(await isBreached(dir, list!.canary), 'the one that was planted to try it')
  let wrongly = 0
  const others = 3000
  for (let i = 0; i < others; i++) if (await isBreached(dir, `never stolen ${i}`)) wrongly += 1
  ok(wrongly / others < 3 * falsePositives, `${wrongly} of ${others}`)
})

test('a part as full as in a list of a billion errs as often as the page says, and no more', async () => {
  // Hashes of one part alone: the first 16 bits are given, the rest is drawn.
  const entries = 14_000
  const lines = Array.from({ length: entries }, (_, i) => `00FF${sha1(`x${i}`).slice(4)}:1`)
  const { bytes } = await put(`${lines.toSorted().join('\n')}\n`, 65_536)
  ok(bytes < 525_000 + (entries * 14) / 8 + 100, '14 bits an entry, and the table of parts')
  const { isIn, partBytes } = await import('./breach-filter.ts')
  const part = readFileSync(join(dir, 'identity/breach-list')).subarray(-partBytes(entries))
  const at = (i: number) => createHash('sha1').update(`y${i}`).digest()
  const tries = 100_000
  let wrongly = 0
  for (let i = 0; i < tries; i++) {
    const hash = at(i)
    if (isIn(part, { a: hash.readUInt32BE(4), b: (hash.readUInt32BE(8) | 1) >>> 0 })) wrongly += 1
  }
  const share = wrongly / tries
  ok(
    share > falsePositives / 2 && share < falsePositives * 1.5,
    `${share} beside ${falsePositives}`,
  )
})

test('a list that is not one, or not in order, changes nothing and names its line', async () => {
  const before = await put(listOf(['one', 'two']))
  const [first, second] = listOf(['one', 'two'], '\n').split('\n')
  for (const [text, line, why] of [
    [`${second}\n${first}`, 2, 'order'],
    [`${first}\nhello`, 2, 'form'],
    [`${first}\n${second!.replace(':', ';')}`, 2, 'form'],
    [`${first}:x`, 1, 'form'],
    [first!.replace(/.$/, ''), 1, 'form'],
    [`G${first!.slice(1)}`, 1, 'form'],
    ['x'.repeat(500), 1, 'form'],
    [`\n${first}`, 1, 'form'],
  ] as const)
    await rejects(put(text), (error: unknown) => {
      ok(error instanceof LineFault, String(error))
      deepEqual([error.line, error.why], [line, why], text)
      return true
    })
  equal((await readBreachList(dir))?.canary, before.canary)
  ok(!existsSync(join(dir, 'identity/breach-list.part')))
})

test('a filter that was cut short or is none is broken, and is never taken for an empty one', async () => {
  await put(listOf(['one', 'two']))
  const file = join(dir, 'identity/breach-list')
  const whole = readFileSync(file)
  for (const broken of [
    whole.subarray(0, -1),
    whole.subarray(0, 40),
    Buffer.alloc(0),
    Buffer.concat([Buffer.from('X'), whole.subarray(1)]),
  ]) {
    writeFileSync(file, broken)
    await rejects(readBreachList(dir), BreachFileBroken)
    await rejects(isBreached(dir, 'one'), BreachFileBroken)
  }
})

test('making a filter takes the memory of a part, not of the list', async () => {
  async function* long(): AsyncIterable<Buffer> {
    for (let part = 0; part < 65_536; part += 16) {
      const head = part.toString(16).padStart(4, '0')
      const tails = Array.from({ length: 40 }, (_, i) => sha1(`${part} ${i}`).slice(4)).toSorted()
      yield Buffer.from(tails.map((tail) => `${head}${tail}:9\n`).join(''))
    }
  }
  globalThis.gc?.()
  const from = process.memoryUsage()
  const draft = await draftBreachFile(dir, long(), now)
  const to = process.memoryUsage()
  await draft.drop()
  equal(draft.entries, 163_840)
  const grown = to.arrayBuffers + to.external - from.arrayBuffers - from.external
  ok(grown < 16 * 1024 * 1024, `${grown} bytes more are held`)
})
