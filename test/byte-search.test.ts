import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { formsOf, searchFiles } from './byte-search.ts'

const secret = 'Qzx-Olive Officer'

/** Each spelling, in the middle of other bytes. */
const spellings: readonly (readonly [string, Buffer])[] = [
  ['plain', Buffer.from(secret)],
  ['plain', Buffer.from(secret.toUpperCase())],
  ['hexadecimal', Buffer.from(Buffer.from(secret).toString('hex'))],
  ['hexadecimal', Buffer.from(Buffer.from(secret).toString('hex').toUpperCase())],
  ['hexadecimal', Buffer.from(Buffer.from(secret.toLowerCase()).toString('hex'))],
  ['base64', Buffer.from(Buffer.from(`${secret}!`).toString('base64'))],
  ['base64', Buffer.from(Buffer.from(`x${secret}yz`).toString('base64'))],
  ['base64', Buffer.from(Buffer.from(`xy${secret}z`).toString('base64'))],
  ['base64', Buffer.from(Buffer.from(`{"n":"${secret.toLowerCase()}"}`).toString('base64'))],
  ['UTF-16', Buffer.from(secret, 'utf16le')],
  ['UTF-16', Buffer.from(secret, 'utf16le').swap16()],
]

test('a text is seen in each spelling, wherever it lies', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-search-'))
  t.after(() => rmSync(dir, { recursive: true }))
  mkdirSync(join(dir, 'deep/deeper'), { recursive: true })
  spellings.forEach(([, bytes], i) => {
    const noise = Buffer.alloc(i + 3, 0xe9)
    writeFileSync(join(dir, 'deep/deeper', String(i)), Buffer.concat([noise, bytes, noise]))
  })
  writeFileSync(join(dir, 'clean'), 'nothing of it: Qzx-Olive Offices')
  const { files, found } = searchFiles(dir, [secret])
  equal(files, spellings.length + 1)
  spellings.forEach(([form], i) => {
    const there = found.filter(({ where }) => where.endsWith(`deeper/${i}`))
    ok(
      there.some((sighting) => sighting.form === form),
      `${form} ${i}`,
    )
  })
  deepEqual(
    found.filter(({ where }) => where.endsWith('clean')),
    [],
  )
})

test('no needle is so short that chance would find it', () => {
  for (const { needle } of formsOf('abcdefghij')) ok(needle.length >= 10, needle)
})
