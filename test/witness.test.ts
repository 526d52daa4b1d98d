import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { witness } from '../cli/witness.ts'
import { holdfast as commandLine } from './command-line.ts'
import { formatCheckpoint } from '../src/trail/tree/checkpoint.ts'
import { leafHash, rootOf } from '../src/trail/tree/merkle.ts'
import { formatVerifierKey, openNote, signNote } from '../src/trail/tree/note.ts'
import { ed25519Signer, newKeyPair, noteVerifier } from '../src/trail/tree/signer.ts'
import { formatAddCheckpoint } from '../src/trail/anchors/witness.ts'

const main = join(import.meta.dirname, '../bin/main.ts')
const dir = mkdtempSync(join(tmpdir(), 'holdfast-witness-'))
const state = join(dir, 'w')
const origin = 'log.example/holdfast/x/root'
const pair = newKeyPair('ed25519')
const logKey = formatVerifierKey(origin, 1, pair.publicKey)
const leaves = Array.from({ length: 5 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))
const other = leaves.map((_, i) => leafHash(Buffer.from(`other ${i}`)))

/** A signed checkpoint over the first leaves of a tree. */
const checkpoint = (size: number, of = leaves, signer = pair) =>
  signNote(formatCheckpoint({ origin, size, root: rootOf(of.slice(0, size)) }), [
    ed25519Signer(origin, signer),
  ])

let child: ChildProcess
let url: string
let keys: string[]

async function holdfast(...args: string[]): Promise<string> {
  const { code, out, error } = await commandLine({ args })
  equal(code, 0, error)
  return out
}

async function start(): Promise<void> {
  child = spawn(process.execPath, [main, 'witness', '--dir', state, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  url = /http:\S+$/.exec(line)![0]
}

before(async () => {
  keys = (await holdfast('witness', 'init', '--dir', state, '--name', 'witness.example/w'))
    .trim()
    .split('\n')
  await holdfast('witness', 'add', '--dir', state, '--key', logKey)
  await start()
})
after(async () => {
  child.kill()
  await once(child, 'exit')
  rmSync(dir, { recursive: true })
})

async function ask(old: number, proof: readonly Buffer[], note: string) {
  const body = formatAddCheckpoint({ old, proof, checkpoint: note })
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
  }
}

test('it cosigns what continues the log, by both of its keys, and nothing else', async () => {
  const first = checkpoint(2)
  const { status, text } = await ask(0, [], first)
  equal(status, 200)
  const cosigned = first + text
  equal(openNote(cosigned, [...keys, logKey].map(noteVerifier)).vouchers.length, 3)
  const stranger = checkpoint(3, leaves, newKeyPair('ed25519'))
  const proof = [leaves[2]!]
  deepEqual(
    [
      (await ask(2, proof, stranger)).status,
      (await ask(2, [leaves[3]!], checkpoint(3))).status,
      (await ask(2, [], checkpoint(2, other))).status,
      (await ask(2, [other[2]!], checkpoint(3, other))).status,
      (await ask(4, [], checkpoint(3))).status,
      (await ask(2, proof, checkpoint(3).replaceAll(origin, 'elsewhere'))).status,
      (await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'x' })).status,
    ],
    [403, 422, 409, 422, 400, 404, 400],
  )
  const behind = await ask(0, [], checkpoint(3))
  deepEqual(
    [behind.status, behind.type, behind.text],
    [409, 'text/x.tlog.size', '2\n'],
    'who does not know where it stands is told',
  )
  equal((await ask(2, proof, checkpoint(3))).status, 200)
})

test('of two that ask from the same size at once one is cosigned, and what was is there after kill -9', async () => {
  const proofs = {
    4: [leaves[2]!, leaves[3]!, rootOf(leaves.slice(0, 2))],
    5: [leaves[2]!, leaves[3]!, rootOf(leaves.slice(0, 2)), leaves[4]!],
  } as const
  const answers = await Promise.all([
    ask(3, proofs[4], checkpoint(4)),
    ask(3, proofs[5], checkpoint(5)),
  ])
  deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 409]))
  const size = answers[0].status === 200 ? 4 : 5
  child.kill('SIGKILL')
  await once(child, 'exit')
  await start()
  const { status, text } = await ask(0, [], checkpoint(5))
  deepEqual([status, text], [409, `${size}\n`])
})

test('its keys are its own alone, and its page says who it is', async () => {
  equal(statSync(join(state, 'witness.json')).mode & 0o777, 0o600)
  const page = await (await fetch(url)).text()
  for (const key of keys) ok(page.includes(key))
  const kept = readFileSync(join(state, 'witness.json'), 'utf8')
  const { ed25519 } = JSON.parse(kept) as { ed25519: { private: string } }
  ok(!page.includes(ed25519.private))
  match(witness.more!, /cosigns a newer one only when that continues it/)
})
