import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { takeLock } from '#ground'
import { commandsFrom } from '../cli/command.ts'
import { routes } from '../src/rooms.ts'
import { holdfast as commandLine, inShell } from './command-line.ts'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
let dir: string

before(async () => {
  house = await openHouse({ listen: true, work: true })
  dir = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
})
after(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Runs a command line as an operator on the host would: through the socket of the data directory. */
const holdfast = (args: readonly string[], env: Record<string, string> = {}, by = commandLine) =>
  by({ args, env: { HOLDFAST_DATA: house.settings.dataDir, ...env } })

test('every operation of the API is a command of its own', () => {
  const words = commandsFrom(routes).map((command) => command.words)
  equal(words.length, routes.length)
  deepEqual(
    words.filter((each, i) => words.indexOf(each) !== i),
    [],
  )
})

test('--help lists the verbs by room, and one verb says what it takes', async () => {
  const all = await holdfast(['--help'], {}, inShell)
  equal(all.code, 0)
  for (const line of [
    'vault controller create',
    'drill breach',
    'trail verify',
    'incidents contain',
  ])
    ok(all.out.includes(line), line)
  const one = await holdfast(['vault', 'controller', 'create', '--help'])
  match(one.out, /--notice-hours number \(optional\)/)
  const start = await holdfast(['start', '--help'], {}, inShell)
  equal(start.code, 0, start.error)
  match(start.out, /^usage: holdfast start$/m)
  match(one.out, /asks for: vault\.controller\.create {3}HTTP: POST \/v1\/controllers/)
})

test('what is not understood exits with 2 and a sentence, and asks nothing of the house', async () => {
  for (const [args, sentence] of [
    [['vault', 'fly'], /there is no `vault fly`/],
    [['vault', 'controller', 'list', '--colour', 'red'], /there is no --colour here/],
    [['vault', 'controller', 'read'], /this takes 1 arguments: <controllerId>/],
    [['vault', 'controller', 'create'], /still wanted: --name text/],
    [
      ['continuity', 'objective', 'promise', '--recovery-point-minutes', 'soon'],
      /a number is wanted/,
    ],
  ] as const) {
    const { code, error } = await holdfast(args)
    equal(code, 2, args.join(' '))
    match(error, sentence)
  }
})

test('help leaves no empty ends', async () => {
  for (const words of [
    ['backup'],
    ['vault', 'controller', 'create'],
    ['vault', 'request', 'receive'],
  ]) {
    const { out } = await holdfast([...words, '--help'])
    match(out, new RegExp(`^usage: holdfast ${words.join(' ')}(?: [[<]|$)`, 'm'))
    ok(!/ $/m.test(out), out)
  }
})

test('a controller is taken in, its people imported with progress in plain lines, and counted', async () => {
  const categories =
    '[{"name":"contact","retainDays":30,"fields":[{"name":"email","kind":"email"}]}]'
  const purposes = '[{"name":"support","categories":["contact"]}]'
  const terms = ['--categories', categories, '--purposes', purposes, '--breach-contacts', '[]']
  const named = ['--name', 'Command Line GmbH', '--synthetic', 'yes']
  const made = await holdfast(['vault', 'controller', 'create', ...named, ...terms])
  equal(made.code, 0, made.error)
  const { controllerId } = JSON.parse(made.out) as { controllerId: string }
  const file = join(dir, 'people.csv')
  writeFileSync(file, 'no,mail\n1,a@example.org\n2,b@example.org\n3,not an address\n')
  const mapping = '{"subjectKey":"no","category":"contact","fields":{"email":"mail"}}'
  const why = ['--purpose', 'support', '--reason', 'first load']
  const imported = await holdfast(['import', controllerId, file, '--mapping', mapping, ...why])
  equal(imported.code, 1, 'a rejected row is no success')
  match(imported.error, /^done: import {2}2 of 3 rows, 1 rejected$/m)
  ok(!imported.error.includes('\u001b'), 'no cursor moves in a pipe')
  const report = JSON.parse(imported.out) as { rowsStored: number; errors: { row: number }[] }
  deepEqual([report.rowsStored, report.errors.map(({ row }) => row)], [2, [3]])
  const read = await holdfast(['vault', 'controller', 'read', controllerId, '--json'])
  equal((JSON.parse(read.out) as { subjects: number }).subjects, 2)
})

test('the operator administers, and reads nobody: a refusal exits with 1, its code and sentence', async () => {
  const { controllerId } = await firstController()
  const why = ['--purpose', 'support', '--reason', 'curiosity']
  const typed = ['vault', 'record', 'export', controllerId, ...why]
  const { code, error, out } = await holdfast(typed, {}, inShell)
  equal(code, 1)
  equal(out, '')
  match(error, /^refused: .* \(identity\.operator-sees-no-data\)$/m)
})

test('the trail is verified from the command line, and a row changed in it is named', async () => {
  await house.integrate()
  equal((await holdfast(['trail', 'verify'])).code, 0)
  const changed = await house.owner.first<{ id: string }>({
    text: `update trail.entry set outcome = 'refused' where id = (
             select s.id from trail.sequence s where s.log = 'house' order by s.idx limit 1)
           returning id`,
  })
  const { code, error } = await holdfast(['trail', 'verify'])
  equal(code, 1)
  match(error, new RegExp(`NOT sound: house index 0 entry ${changed!.id}`))
})

test('records are held against the trail from the command line, and one that vanished is named', async () => {
  const { controllerId } = await firstController()
  equal((await holdfast(['vault', 'verify', controllerId])).code, 0)
  const gone = await house.owner.first<{ ordinal: number }>({
    text: `delete from vault.record where ordinal = (
        select max(ordinal) from vault.record where controller_id = $1) and controller_id = $1
      returning ordinal`,
    values: [controllerId],
  })
  const { code, error } = await holdfast(['vault', 'verify', controllerId])
  equal(code, 1)
  match(error, /^done: verify {2}1 records$/m)
  match(
    error,
    new RegExp(`^NOT sound: record ${gone!.ordinal} of subject 2 is missing: version 0`, 'm'),
  )
})

test('where no house is up, it says how to start one', async () => {
  const { code, error } = await holdfast(['keys'], { HOLDFAST_DATA: dir })
  equal(code, 0, 'a room alone lists its verbs')
  const called = await holdfast(['keys', 'overview', 'read'], { HOLDFAST_DATA: dir })
  equal(called.code, 1)
  match(called.error, /no house is up in .*: start one with `npm start`/)
  equal(error, '')
})

async function firstController(): Promise<{ controllerId: string }> {
  const { out } = await holdfast(['vault', 'controller', 'list'])
  return (JSON.parse(out) as { items: { controllerId: string }[] }).items[0]!
}

test('a file that cannot be had is named in one sentence', async () => {
  const none = join(dir, 'none.csv')
  const nowhere = join(dir, 'no', 'such', 'trail.csv')
  const why = ['--purpose', 'support', '--reason', 'first load', '--mapping', '{}']
  for (const [args, sentence] of [
    [['import', 'any', none, ...why], /^holdfast: \S+none\.csv: there is no such file/],
    [['import', 'any', dir, ...why], /^holdfast: \S+: this is no file\n$/],
    [['identity', 'breach-list', 'import', none], /^holdfast: \S+none\.csv: there is no such file/],
    [
      ['keys', 'recover', '--shares', none, '--new-passphrase-file', none],
      /^holdfast: \S+none\.csv: there is no such file/,
    ],
    [
      ['trail', 'export', nowhere, '--reason', 'handing out'],
      /^holdfast: \S+trail\.csv\.part: there is no such file or directory$/m,
    ],
  ] as const) {
    const { code, error } = await holdfast(args)
    equal(code, 1, args.join(' '))
    match(error, sentence)
    ok(!error.includes('    at '), `a stack: ${error}`)
  }
})

test('a backup that lies in one place alone says so, and what names another', async () => {
  const { code, error } = await holdfast(['backup'])
  equal(code, 0, error)
  match(error, /^done: backup {2}[\d,]+ rows, [\d.]+ MiB, in 1 of 2 places$/m)
  match(error, /^HOLDFAST_OFFSITE names a second place/m)
})

test('what may be null is written as null, and help says so', async () => {
  const made = await holdfast(['identity', 'workload', 'create', '--name', 'shop'])
  const { workloadId } = JSON.parse(made.out) as { workloadId: string }
  const whom = ['--actor-id', workloadId, '--role', 'support']
  const grant = ['identity', 'grant', 'create', ...whom, '--controllers', 'null']
  const short = await holdfast(grant)
  match(
    short.error,
    /still wanted: --categories JSON\|null, --purposes JSON\|null, --expires-at text\|null/,
  )
  const rest = ['--categories', 'null', '--purposes', 'null', '--expires-at', 'null']
  const given = await holdfast([...grant, ...rest])
  equal(given.code, 0, given.error)
  const { out } = await holdfast(['identity', 'grant', 'list'])
  const { items } = JSON.parse(out) as { items: { actorId: string; expiresAt: string | null }[] }
  equal(items.find(({ actorId }) => actorId === workloadId)?.expiresAt, null)
  match((await holdfast([...grant.slice(0, 3), '--help'])).out, /--expires-at text\|null/)
})

test('shares set no passphrase beside a house that runs on the keys', async () => {
  const lock = await takeLock(join(house.settings.dataDir, 'supervisor.lock'))
  try {
    const file = join(dir, 'passphrase')
    writeFileSync(file, 'mellow cobbled lantern figs\n')
    const given = ['--shares', file, '--new-passphrase-file', file]
    const { code, error } = await holdfast(['keys', 'recover', ...given])
    equal(code, 1)
    match(error, /^holdfast: stop the house first; it runs on these keys$/m)
  } finally {
    lock.release()
  }
})
