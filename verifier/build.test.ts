import { equal, ok } from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { buildVerifier, verifierFile } from './build.ts'
import { houseLeaf, logFiles, makeKey, writeFiles } from './made-log.ts'

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-verify-'))
after(() => rmSync(scratch, { recursive: true }))

const log = '018f0000-0000-7000-8000-00000000abcd'
const key = makeKey(`localhost:8443/holdfast/018f0000-0000-7000-8000-00000000aaaa/${log}`)
const folder = join(scratch, 'log')
writeFiles(
  folder,
  logFiles(
    Array.from({ length: 300 }, (_, i) => houseLeaf(log, i)),
    key,
  ),
)

const run = (node: string, ...args: string[]) =>
  spawnSync(node, [verifierFile, ...args], { encoding: 'utf8', timeout: 30_000 })

test('the one file is what its modules say, and needs nothing beside it', async () => {
  const text = readFileSync(verifierFile, 'utf8')
  ok(text === (await buildVerifier()), 'run: node verifier/build.ts')
  equal(/^import /m.test(text), false)
})

test('it says by its exit code what it found: 0 proven, 1 refuted, 2 not understood, 3 incomplete', () => {
  const node = process.execPath
  const proven = run(node, folder, '--key', key.vkey)
  equal(proven.status, 0, proven.stderr)
  ok(proven.stdout.includes('PROVEN'))
  equal(run(node, folder, '--key', makeKey(key.name).vkey).status, 1)
  equal(run(node, folder, '--key', 'nonsense').status, 2)
  equal(run(node, join(scratch, 'nothing')).status, 2)
  equal(run(node, folder, '--token', 'secret').status, 2)
  const incomplete = run(node, folder, '--json')
  equal(incomplete.status, 3)
  equal((JSON.parse(incomplete.stdout) as { outcome: string }).outcome, 'incomplete')
})

/** An older Node than the house's, where there is one on this machine. */
function oldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return [...folders, '/usr/bin', '/usr/local/bin']
    .map((folder) => join(folder, 'node'))
    .filter((node) => existsSync(node))
    .find((node) => /^v2[0-3]\./.test(execFileSync(node, ['--version'], { encoding: 'utf8' })))
}

test('an older Node proves the same', (t) => {
  const node = oldNode()
  if (node === undefined) return t.skip('no Node 20 to 23 is on this machine')
  const { status, stderr } = run(node, folder, '--key', key.vkey)
  equal(status, 0, stderr)
})
