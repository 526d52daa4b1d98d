import { globSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from './browser.ts'
import { root, type Ran, run, stopChildren } from './children.ts'
import { buildConsole } from './console-build.ts'
import { openTestDatabase } from './test-database.ts'
import { costsIn, layLanes, leftIn } from './test-lane.ts'

const say = (line: string) => console.log(line)
const tool = (path: string) => join(root, 'node_modules', path)
/** Lanes of test files. They wait as often as they work, so that three keep two processors busy. */
const lanes = 3
const testGlobs = ['bin/**', 'cli/**', 'src/**', 'test/**', 'console/src/**', 'verifier/**']

/** Tools are started by path, never through `node_modules/.bin`: npm 10 may have made no links there. */
const checks: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'types', args: [tool('typescript/bin/tsc')] },
  { name: 'console types', args: [tool('typescript/bin/tsc'), '-p', 'console'] },
  { name: 'lint', args: [tool('oxlint/bin/oxlint')] },
  { name: 'format', args: [tool('oxfmt/bin/oxfmt'), '--check'] },
]

/** The tools of whoever works on Holdfast: `check`, `test`, `test-long`, `bench`. Resolves with an exit code. */
export async function dev(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args
  if (verb === 'check') return await check()
  if (verb === 'test') return await test(rest, false)
  if (verb === 'test-long') return await test(rest, true)
  if (verb === 'bench') return await bench(rest)
  say('usage: holdfast dev check | test [files] | test-long [files] | bench [name]')
  return 2
}

async function check(): Promise<number> {
  let failed = 0
  for (const { name, args } of checks) {
    if (args.includes('console') && globSync('console/tsconfig.json', { cwd: root }).length === 0)
      continue
    const ran = await run(args, 'quiet')
    say(`check: ${name} ${ran.code === 0 ? 'ok' : 'FAILED'} (${ran.seconds.toFixed(1)} s)`)
    if (ran.code !== 0) {
      say(ran.output)
      failed += 1
    }
  }
  return failed === 0 ? 0 : 1
}

async function test(args: readonly string[], long: boolean): Promise<number> {
  const options = args.filter((arg) => arg.startsWith('-'))
  const named = args.filter((arg) => !arg.startsWith('-'))
  const whole = named.length === 0
  const files = whole ? testFiles(long) : named
  if (files.length === 0) {
    say(long ? 'there are no long tests' : 'no tests were found')
    return long ? 0 : 1
  }
  const checking = whole && !long ? check() : Promise.resolve(0)
  const small = files.every((file) => !file.endsWith('.long.test.ts'))
  return await withDatabase({ fsync: false, small }, async (env) => {
    if (whole || named.some((file) => /browser|console/.test(file))) await buildConsole(say)
    say(`running ${files.length} test files`)
    const dir = join(env['TMPDIR']!, 'lanes')
    const scripts = layLanes(dir, files, Math.min(lanes, files.length))
    const ran = await run(
      [
        '--disable-warning=ExperimentalWarning',
        '--test',
        `--test-concurrency=${lanes}`,
        '--test-reporter=spec',
        ...options,
        ...scripts,
      ],
      'shown',
      { ...env, ...browser(), ...(long ? { TEST_SWEEP: 'all' } : {}) },
    )
    const checked = await checking
    tellCosts(dir)
    const left = leftIn(dir)
    if (left.length > 0) say(`never run, because every lane had ended: ${left.join(', ')}`)
    const code = ran.code === 0 && left.length > 0 ? 1 : ran.code
    summarise({ ...ran, code }, checked, whole && !long)
    return code === 0 ? checked : code
  })
}

async function bench(names: readonly string[]): Promise<number> {
  const files = globSync('bench/*.ts', { cwd: root })
    .sort()
    .filter((file) => names.length === 0 || names.some((name) => file === `bench/${name}.ts`))
  if (files.length === 0) {
    say(`there is no such bench: ${names.join(', ')}`)
    return 1
  }
  return await withDatabase({ fsync: true, small: false }, async (env) => {
    for (const file of files) {
      const ran = await run([file], 'shown', env)
      if (ran.code !== 0) return ran.code
    }
    return 0
  })
}

/** Gives `deed` a database, and stops that and every program started, however it ends. */
async function withDatabase(
  kind: Parameters<typeof openTestDatabase>[1],
  deed: (env: NodeJS.ProcessEnv) => Promise<number>,
): Promise<number> {
  let stopped: NodeJS.Signals | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    stopped = signal
    stopChildren(signal)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const database = await openTestDatabase(process.env, kind)
  say(`database: ${database.name}`)
  try {
    if (stopped !== undefined) return 130
    const { url, tmpDir } = database
    const env = { ...process.env, HOLDFAST_TEST_DATABASE_URL: url, TMPDIR: tmpDir }
    const code = await deed(env)
    return stopped === undefined ? code : 130
  } finally {
    await database.stop()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

function testFiles(long: boolean): string[] {
  return globSync(
    testGlobs.map((glob) => `${glob}/*.test.ts`),
    { cwd: root },
  )
    .filter((file) => file.endsWith('.long.test.ts') === long || (long && sweeps(file)))
    .sort()
}

/** These run in the long suite once more, and look at everything there (`TEST_SWEEP`). */
const sweeps = (file: string) =>
  /-browser\.test\.ts$|journey-backup\.test\.ts$|bin\/supervisor\.test\.ts$/.test(file)

/** Without a browser the tests that need one skip themselves; this line says why. */
function browser(): NodeJS.ProcessEnv {
  const chromium = findChromium(process.env)
  if (chromium !== undefined) return { CHROMIUM: chromium }
  const named = process.env['CHROMIUM'] ?? ''
  say(
    named === ''
      ? 'browser tests are skipped: no Chromium was found (set CHROMIUM, or install chromium)'
      : `browser tests are skipped: CHROMIUM names ${named}, which is no program`,
  )
  return { CHROMIUM: '' }
}

function tellCosts(dir: string): void {
  const costs = costsIn(dir)
  const all = costs.reduce((sum, { seconds }) => sum + seconds, 0)
  const dearest = costs.slice(0, 12).map((c) => `${c.file} ${c.seconds.toFixed(1)}`)
  say(`\nprocessor seconds of test files: ${all.toFixed(0)}; dearest: ${dearest.join(', ')}`)
  const held = costs.reduce((sum, { clock }) => sum + clock, 0)
  const longest = costs.toSorted((a, b) => b.clock - a.clock).slice(0, 12)
  const named = longest.map((c) => `${c.file} ${c.clock.toFixed(1)}`)
  say(`lane seconds: ${held.toFixed(0)}; longest: ${named.join(', ')}`)
}

function summarise(ran: Ran, checked: number, withChecks: boolean): void {
  const tests = ran.code === 0 ? 'all tests pass' : 'tests FAILED'
  const checks = withChecks ? (checked === 0 ? ', all checks pass' : ', checks FAILED') : ''
  say(`\n${tests}${checks} (${ran.seconds.toFixed(0)} s)`)
}
