import { deepEqual, equal } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ReplicatedFile } from './replicated-file.ts'

const modulePath = join(import.meta.dirname, 'replicated-file.ts')

// A writer whose generation another one has built on, and removed, must neither fail nor fall back.
test('many that write at once each end well, and every line of each is there', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-replicated-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const writers = Array.from({ length: 4 }, (_, writer) =>
    spawn(process.execPath, ['--input-type=module', '-e', lines(dir, writer, 150)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  )
  const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]))
  deepEqual(codes, [0, 0, 0, 0])
  const { text } = new ReplicatedFile(dir, 'list', 'txt', [join(dir, 'copy')]).read()!
  equal(new Set(text.split('\n').filter((line) => line !== '')).size, 4 * 150)
  const left = readdirSync(dir).filter((name) => name !== 'copy')
  equal(left.length, 1, `one generation is left, and no draft: ${left.join(', ')}`)
})

const lines = (dir: string, writer: number, count: number) => `
  import { ReplicatedFile } from ${JSON.stringify(modulePath)}
  const file = new ReplicatedFile(${JSON.stringify(dir)}, 'list', 'txt', [${JSON.stringify(join(dir, 'copy'))}])
  for (let i = 0; i < ${count}; i += 1) {
    for (;;) {
      const { generation, text } = file.read() ?? { generation: 0, text: '' }
      if (file.write(generation, text + ${writer} + ' ' + i + '\\n')) break
    }
  }`
