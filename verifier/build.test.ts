import { equal, ok } from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { buildVerifier, verifierFile } from './build.ts'
import {
  entryId,
  houseLeaf,
  logFiles,
  MadeTree,
  makeKey,
  signedCheckpoint,
  writeFiles,
} from './made-log.ts'
import { signReceipt } from './made-pack.ts'
import { toBase64 } from './src/bytes.ts'

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

test('a proof, a receipt and a note are checked by themselves', () => {
  const leaves = Array.from({ length: 9 }, (_, i) => houseLeaf(log, i))
  const tree = new MadeTree(leaves)
  const signed = signedCheckpoint(key, tree.size, tree.root())
  const { leaf, at, path, keyId, signature } = signReceipt(key, 4, leaves[4]!, Date.UTC(2026, 2, 1))
  const value = `origin="${key.name}", entry="${entryId(4)}", leaf=:${toBase64(leaf)}:, time=${at}, delay=60, place=1, of=2, path=:${toBase64(path[0]!)}:, signature=:${toBase64(Buffer.concat([keyId, signature]))}:`
  const files = {
    'leaf.json': leaves[4]!,
    '4.tlog-proof': Buffer.from(tree.proof(4, signed)),
    '5.tlog-proof': Buffer.from(tree.proof(5, signed)),
    'answer.txt': Buffer.from(`HTTP/1.1 200 OK\r\nHoldfast-Receipt: ${value}\r\n\r\n`),
    'forged.txt': Buffer.from(value.replace('delay=60', 'delay=61')),
    note: Buffer.from(signed),
  }
  writeFiles(scratch, new Map(Object.entries(files)))
  const fileAt = (name: string) => join(scratch, name)
  const check = (...args: string[]) => run(process.execPath, ...args, '--key', key.vkey).status
  equal(check('proof', fileAt('4.tlog-proof'), '--entry', fileAt('leaf.json')), 0)
  equal(check('proof', fileAt('4.tlog-proof'), '--leaf', toBase64(leaf)), 0)
  equal(check('proof', fileAt('5.tlog-proof'), '--entry', fileAt('leaf.json')), 1)
  equal(check('proof', fileAt('4.tlog-proof')), 2)
  equal(check('receipt', 'check', fileAt('answer.txt'), '--proof', fileAt('4.tlog-proof')), 0)
  equal(check('receipt', 'check', fileAt('answer.txt'), '--proof', fileAt('5.tlog-proof')), 1)
  equal(check('receipt', 'check', fileAt('answer.txt')), 3)
  equal(check('receipt', 'check', fileAt('forged.txt')), 1)
  equal(check('receipt', 'check', fileAt('note')), 2)
  equal(check('note', fileAt('note')), 0)
  equal(run(process.execPath, 'note', fileAt('note'), '--key', makeKey('x').vkey).status, 3)
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
