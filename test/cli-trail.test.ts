import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { eventsIn } from '../cli/trail-tail.ts'
import { eraseSubject } from '#vault'
import { findLogKeys } from '#trail'
import { certifySubject } from '../src/keys/certificate-acts.ts'
import { holdfast as commandLine } from './command-line.ts'
import { openHouse, type TestHouse } from './house.ts'
import { until } from './incidents-people.ts'
import { inController, takeIn } from './vault-people.ts'

const launcher = join(import.meta.dirname, '../bin/holdfast.mjs')
let house: TestHouse
let dir: string

before(async () => {
  house = await openHouse({ listen: true, work: true })
  dir = mkdtempSync(join(tmpdir(), 'holdfast-cli-trail-'))
})
after(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [launcher, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', HOLDFAST_DATA: house.settings.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

const holdfast = (args: readonly string[]) =>
  commandLine({ args, cwd: dir, env: { HOLDFAST_DATA: house.settings.dataDir } })

test('the trail is followed line by line, and Ctrl-C ends it clean', async () => {
  const child = start(['trail', 'tail', '--action', 'trail.test.*'])
  const error = text(child.stderr!)
  let heard = ''
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
    heard += piece
  })
  await until(house, 'a line', async () => {
    await house.act({ action: 'trail.test.heard' }, async () => {})
    return heard.includes('\n') || undefined
  })
  match(heard, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Holdfast itself +trail\.test\.heard +done$/m)
  child.kill('SIGINT')
  const [code] = (await once(child, 'exit')) as [number]
  deepEqual([code, await error], [0, ''])
})

test('an export goes into a file of its own, never over another, with a reason and a count', async () => {
  await house.integrate()
  const args = ['trail', 'export', 'audit.csv', '--format', 'csv', '--action', 'trail.test.*']
  const done = await holdfast([...args, '--reason', 'Prüfung 2026'])
  equal(done.code, 0, done.error)
  const lines = readFileSync(join(dir, 'audit.csv'), 'utf8').trim().split('\r\n')
  match(done.error, new RegExp(`^done: export {2}${lines.length - 1} entries`, 'm'))
  ok(!existsSync(join(dir, 'audit.csv.part')))
  const again = await holdfast([...args, '--reason', 'again'])
  equal(again.code, 1)
  match(again.error, /audit\.csv is there already/)
  const piped = await holdfast(['trail', 'export', '-', '--format', 'ocsf', '--reason', 'a pipe'])
  equal(piped.code, 0)
  ok(
    piped.out
      .trim()
      .split('\n')
      .every((line) => JSON.parse(line).class_uid > 0),
  )
})

test('events are read however their bytes are cut', async () => {
  const bytes = Buffer.from(
    ': hm\n\nid: 1\nevent: entry\ndata: {"name":"Zoë"}\n\nevent: end\ndata: {}\n\n',
  )
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const seen = []
    const pieces = (async function* () {
      yield bytes.subarray(0, cut)
      yield bytes.subarray(cut)
    })()
    for await (const event of eventsIn(pieces)) seen.push([event.name, event.data])
    deepEqual(seen, [
      ['entry', '{"name":"Zoë"}'],
      ['end', '{}'],
    ])
  }
})

test('a certificate of erasure is checked without the house, by keys that were noted before', async () => {
  const controller = await takeIn(house)
  const here = inController(house, controller)
  const { controllerId } = controller
  const [stored] = await here.put([
    { subjectKey: 'C-1', category: 'contact', fields: { name: 'Ada' } },
  ])
  const { subjectId } = stored!
  await here.act('vault.subject.erase', (act) => eraseSubject(act, subjectId, 'asked for'))
  const ask = { action: 'keys.subject-certificate.read', scope: { controllerId } } as const
  const certify = () =>
    house.act({ ...ask, effect: 'read' }, (act) => certifySubject(act, subjectId))
  const write = (name: string, value: unknown) => {
    writeFileSync(join(dir, name), typeof value === 'string' ? value : JSON.stringify(value))
    return name
  }
  const early = write('early.json', { ...(await certify()), proofs: [], pending: 1 })
  const issued = await until(house, 'the entry to be signed for', async () => {
    const made = await certify()
    return made.pending === 0 ? made : undefined
  })
  const logKeys = (await findLogKeys(house.owner))!
  const noted = write(
    'keys.txt',
    `${logKeys.verifierKey('house')}\n\n${logKeys.verifierKey(controllerId)}\n`,
  )
  const file = write('erasure.json', issued)
  const offline = (...args: string[]) =>
    commandLine({ args: ['keys', 'certificate', 'check', ...args], cwd: dir, env: {} })
  const right = await offline(file, '--keys', noted, '--json')
  equal(right.code, 0, right.error)
  const { stage, proofs, subjectId: whose } = JSON.parse(right.out)
  deepEqual([stage, proofs, whose], [1, '1 of 1 hold', subjectId])
  const asked = await holdfast(['keys', 'certificate', 'check', file])
  equal(asked.code, 0, asked.error)

  const told = async (name: string, keys = noted) => {
    const { code, error } = await offline(name, '--keys', keys)
    return `${code} ${error.trim()}`
  }
  const { certificate, proofs: own, ...rest } = issued
  const other = write('other.json', {
    ...rest,
    proofs: own,
    certificate: certificate.replace('"stage":1', '"stage":2'),
  })
  match(await told(other), /^1 .*NOT proven: a bad signature by /)
  const elsewhere = write('leaf.json', {
    ...rest,
    certificate,
    proofs: own.map((one) => ({ ...one, leaf: `00${one.leaf.slice(2)}` })),
  })
  match(await told(elsewhere), /^1 .*NOT proven: the proof does not lead to/)
  const strange = write('strange.txt', logKeys.verifierKey(controllerId))
  match(await told(file, strange), /^1 .*NOT proven: no key was given of /)
  match(await told(early), /^1 .*issued again/)
  match(await told(noted), /^1 .*holds no certificate of erasure/)
})
