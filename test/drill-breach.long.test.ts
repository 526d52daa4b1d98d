import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Report } from '../cli/drill/breach.ts'

const launcher = join(import.meta.dirname, '../bin/holdfast.mjs')

test('a breach, from stolen credential to drafted notices, on a house of its own', async () => {
  const out = mkdtempSync(join(tmpdir(), 'holdfast-notices-'))
  try {
    const args = ['drill', 'breach', '--scratch', '--json', '--subjects', '900', '--seed', '11']
    const child = spawn(process.execPath, [launcher, ...args, '--out', out], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [said, complained] = [text(child.stdout), text(child.stderr)]
    const [code] = (await once(child, 'exit')) as [number]
    equal(code, 0, `${await complained}${await said}`)
    match(await complained, /\ndone: breach drill {2}[^\n]+\n$/)
    const report = JSON.parse(await said) as Report
    deepEqual(report.problems, [])
    const [a, b, c] = report.controllers
    for (const robbed of [a!, b!]) {
      ok(robbed.certain.truth.subjects > 0, 'the thief got something')
      deepEqual(robbed.certain.counted, robbed.certain.truth)
      deepEqual(robbed.possible.counted, robbed.possible.truth)
      ok(
        robbed.possible.truth.subjects > robbed.certain.truth.subjects,
        'the application read, too',
      )
    }
    equal(c!.possible.counted.subjects, 0)
    match(report.refusedWith ?? '', /^identity\./)
    equal(report.notices.length, 2)
    for (const { file } of report.notices)
      equal(readFileSync(file).subarray(0, 5).toString(), '%PDF-')
    deepEqual(report.timeline.map(({ what }) => what).sort(), [
      'contained, probed',
      'counted',
      'detected',
      'drafts ready',
      'first access',
      'thief refused',
    ])
    ok(existsSync(out))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
})
