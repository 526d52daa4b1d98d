import { equal, match } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { layLanes, leftIn } from './test-lane.ts'

/** Runs these files in one lane, in a runner of its own. */
async function walked(files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-lane-'))
  try {
    for (const [name, body] of Object.entries(files))
      writeFileSync(join(dir, name), `import { test } from 'node:test'\n${body}\n`)
    const [lane] = layLanes(
      dir,
      Object.keys(files).map((name) => join(dir, name)),
      1,
    )
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const args = ['--test', '--test-reporter=spec', lane!]
    const { failed, said } = await new Promise<{ failed: boolean; said: string }>((resolve) =>
      execFile(process.execPath, args, { env }, (error, out) =>
        resolve({ failed: error !== null, said: out }),
      ),
    )
    return { failed, said, left: leftIn(dir) }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test('an error that nobody caught fails its file, whatever that waits for, and the lane goes on', async () => {
  for (const planted of [
    `setTimeout(() => { throw new Error('planted') }, 10)`,
    `setTimeout(() => { void Promise.reject(new Error('planted')) }, 10)`,
  ]) {
    const { failed, said, left } = await walked({
      'one.mjs': `test('one waits for ever', () => new Promise(() => { ${planted} }))`,
      'two.mjs': `test('two is well', () => {})`,
    })
    equal(failed, true)
    match(said, /✖ .*one\.mjs/)
    match(said, /Error: planted\n +at .*one\.mjs/)
    match(said, /✔ two is well/)
    equal(left.length, 0)
  }
})

test('each test and each hook belongs to its own file and suite', async () => {
  const hooked = (name: string) => `
    import { afterEach, before, describe } from 'node:test'
    before(() => console.log('before ${name}'))
    afterEach(({ name }) => console.log('after ' + name))
    describe('suite of ${name}', () => {
      test('${name}', async () => { await new Promise((go) => setTimeout(go, 5)) })
    })`
  const { failed, said } = await walked({ 'one.mjs': hooked('one'), 'two.mjs': hooked('two') })
  equal(failed, false, said)
  equal(said.match(/before one/g)?.length, 1)
  equal(said.match(/after one/g)?.length, 1)
  equal(said.match(/after two/g)?.length, 1)
  match(said, /▶ .*two\.mjs.*\n +▶ suite of two\n +✔ two/)
})
