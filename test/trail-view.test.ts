import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { createWorkload, grantRole, issueCredential } from '#identity'
import { findLogKeys, rootLog } from '#trail'
import type { Controller } from '#vault'
import {
  parseVerifierKey,
  type Report,
  tlsGet,
  urlSource,
  verifyLog,
  ZipFile,
  zipSource,
} from '../verifier/src/index.ts'
import { makeKey } from '../verifier/made-log.ts'
import { asCaller, callerWith } from './callers.ts'
import { holdfast } from './command-line.ts'
import { openHouse, type TestHouse } from './house.ts'
import { seededController, subjectIdsOf } from './incidents-people.ts'

let house: TestHouse
let alder: Controller
let birch: Controller
/** Whoever Alder sends to look, with the built-in role. */
let auditor: string
let scratch: string
const startedAt = new Date()

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-view-'))
  house = await openHouse({ listen: true, now: startedAt })
  alder = await seededController(house, 'Alder', { people: 3, canaries: 0 })
  birch = await seededController(house, 'Birch', { people: 3, canaries: 0 })
  const reader = await callerWith(house, { actions: ['vault.*'] })
  for (const controller of [alder, birch])
    for (const subjectId of await subjectIdsOf(house, controller)) {
      const path = `/v1/controllers/${controller.controllerId}/subjects/${subjectId}`
      equal((await house.request(path, { headers: asCaller(reader.token) })).status, 200)
    }
  auditor = await tokenOfAuditor(alder)
  await sign(0)
})
after(async () => {
  await house.close()
  rmSync(scratch, { recursive: true })
})

/** A workload that holds the role as an administrator grants it. */
const tokenOfAuditor = ({ controllerId }: Controller): Promise<string> =>
  house.act({ action: 'identity.workload.create' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: `auditor-${controllerId}` })
    await grantRole(act, {
      actorId: workloadId,
      role: 'controller-auditor',
      controllers: [controllerId],
      categories: null,
      purposes: null,
      expiresAt: null,
    })
    const expiresAt = new Date(act.now.getTime() + 86_400_000)
    return (await issueCredential(act, workloadId, { label: 'one', expiresAt })).token
  })

/** Gives everything its place, and signs. */
async function sign(minutes: number): Promise<void> {
  house.setNow(new Date(startedAt.getTime() + minutes * 60_000))
  await house.integrate()
}

const of = ({ controllerId }: Controller, rest = '') =>
  `/v1/controllers/${controllerId}/trail${rest}`
const asAuditor = (path: string) => house.request(path, { token: auditor })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** The bytes of an answer; the house's own request gives text. */
async function bytesOf(path: string, token = auditor): Promise<Uint8Array> {
  const get = await tlsGet(bearer(token), house.ca)
  const { status, bytes } = await get(`https://localhost:${house.settings.port}${path}`)
  equal(status, 200, Buffer.from(bytes).toString())
  return bytes
}

async function zipOf(bytes: Uint8Array) {
  const access = {
    size: bytes.length,
    read: async (from: number, to: number) => bytes.slice(from, to),
  }
  return { zip: await ZipFile.open(access), source: await zipSource('pack.zip', access) }
}

const ownKey = async ({ controllerId }: Controller) =>
  parseVerifierKey((await findLogKeys(house.database))!.verifierKey(controllerId))

const said = ({ lines }: Report) => lines.map(({ mark, text }) => `${mark} ${text}`).join('\n')

test('whoever a controller sends sees its whole log, as the tree binds it and without a name', async () => {
  const { status, json } = await asAuditor(of(alder))
  equal(status, 200)
  equal(json.prefix, `/log/${alder.controllerId}/`)
  ok(json.signedSize > 3)
  const { json: page } = await asAuditor(of(alder, '/entries?limit=2'))
  deepEqual(
    page.items.map(({ index }: { index: number }) => index),
    [page.size - 1, page.size - 2],
  )
  const indexes: number[] = []
  let actions = ''
  for (let before: number | undefined = page.size; before !== undefined;) {
    const { body, json } = await asAuditor(of(alder, `/entries?limit=2&before=${before}`))
    indexes.push(...json.items.map(({ index }: { index: number }) => index))
    actions += body
    before = json.next
  }
  deepEqual(
    indexes,
    Array.from({ length: page.size }, (_, i) => page.size - 1 - i),
  )
  match(actions, /"act":"vault\.record\.read"/)
  for (const name of ['caller-', '127.0.0.1', 'Holdfast itself']) ok(!actions.includes(name), name)
})

test('it sees nothing of other controllers, nor of the house', async () => {
  for (const path of [
    of(birch),
    of(birch, '/entries'),
    of(birch, '/pack'),
    `/log/${birch.controllerId}/checkpoint`,
    `/log/${birch.controllerId}/tile/entries/000.p/1`,
    '/log/house/checkpoint',
    '/v1/trail/pack',
    '/v1/trail/logs',
    `/v1/trail/entries?log=${alder.controllerId}`,
  ]) {
    const { status, body } = await asAuditor(path)
    equal(status, 403, path)
    ok(!body.includes(birch.controllerId), path)
  }
  const pack = Buffer.from(await bytesOf(of(alder, '/pack'))).toString('latin1')
  ok(pack.includes(alder.controllerId) && !pack.includes(birch.controllerId))
})

test('leaves of the root log name every controller: they are for the house alone', async () => {
  const { status } = await house.request('/log/root/checkpoint')
  equal(status, 200)
  equal((await house.request('/log/root/tile/0/000.p/1')).status, 200)
  for (const token of [undefined, auditor]) {
    const init = token === undefined ? {} : { token }
    const { status, body } = await house.request('/log/root/tile/entries/000.p/1', init)
    ok(status === 401 || status === 403, body)
  }
  const everyone = await callerWith(house, { actions: ['trail.log.walk'] })
  const open = await house.request('/log/root/tile/entries/000.p/1', { token: everyone.token })
  equal(open.status, 200)
})

test('its log is walked over HTTP from the first entry to the signed root', async () => {
  const origin = `https://localhost:${house.settings.port}`
  const source = urlSource(
    `${origin}/log/${alder.controllerId}`,
    await tlsGet(bearer(auditor), house.ca),
  )
  const report = await verifyLog(source, { keys: [await ownKey(alder)] })
  equal(report.outcome, 'proven', said(report))
  equal(report.entries, report.size)
})

test('the files of a log come with the types and lifetimes a client counts on, and empty tiles not at all', async () => {
  const at = (path: string) => asAuditor(`/log/${alder.controllerId}/${path}`)
  const { json } = await asAuditor(of(alder))
  const width = json.signedSize % 256
  for (const [path, type, lifetime] of [
    ['checkpoint', 'text/plain; charset=utf-8', 'no-cache'],
    [`tile/0/000.p/${width}`, 'application/octet-stream', 'private, max-age=31536000, immutable'],
    [
      `tile/entries/000.p/${width}`,
      'application/octet-stream',
      'private, max-age=31536000, immutable',
    ],
  ] as const) {
    const { status, headers } = await at(path)
    deepEqual([status, headers['content-type'], headers['cache-control']], [200, type, lifetime])
  }
  for (const path of [
    'tile/1/000',
    'tile/0/000',
    'tile/0/001.p/1',
    'tile/0/0',
    'tile/64/000',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'nothing',
  ])
    equal((await at(path)).status, 404, path)
})

test('a pack proves itself, is an entry of its own, and every further checkpoint continues it', async () => {
  const first = await zipOf(await bytesOf(of(alder, '/pack')))
  const key = await ownKey(alder)
  const report = await verifyLog(first.source, { keys: [key] })
  equal(report.outcome, 'proven', said(report))
  match(said(report), /proven The log at .* is leaf \d+ of .*\/root at/)
  match(said(report), /proven The ML-DSA-44 cosignature of .*\/root holds/)
  ok(!first.zip.names.some((name) => name.startsWith('openings/')))
  const kept = Buffer.from((await first.source.read('checkpoint'))!).toString()
  await sign(1)
  const second = await zipOf(await bytesOf(of(alder, '/pack')))
  const later = await verifyLog(second.source, { keys: [key], earlier: [kept] })
  equal(later.outcome, 'proven', said(later))
  ok(later.size > report.size)
  match(said(later), /The checkpoint you kept, .* is the beginning of this tree/)
  const { json } = await asAuditor(of(alder, '/entries?limit=200'))
  const packs = json.items.filter(
    ({ leaf }: { leaf: { act: string } }) => leaf.act === 'trail.log.pack',
  )
  ok(packs.length >= 4, 'opened and read, twice')
})

test('a pack under the root’s key alone is proven too: an installation signs all its logs with one', async () => {
  const { source } = await zipOf(await bytesOf(of(alder, '/pack')))
  const rootKey = (await findLogKeys(house.database))!.verifierKey(rootLog)
  equal((await verifyLog(source, { keys: [parseVerifierKey(rootKey)] })).outcome, 'proven')
  const strangers = parseVerifierKey(makeKey('localhost:1/holdfast/x/root').vkey)
  equal((await verifyLog(source, { keys: [strangers] })).outcome, 'refuted')
})

test('payloads come along only for who may read entries, each the one its leaf commits to', async () => {
  equal((await asAuditor(of(alder, '/pack?openings=true'))).status, 403)
  const reader = await callerWith(house, {
    actions: ['trail.log.pack', 'trail.entry.read'],
    controllers: [alder.controllerId],
  })
  const { source, zip } = await zipOf(await bytesOf(of(alder, '/pack?openings=true'), reader.token))
  ok(zip.names.includes('openings/000.ndjson'))
  const report = await verifyLog(source, { keys: [await ownKey(alder)] })
  equal(report.outcome, 'proven', said(report))
  match(said(report), new RegExp(`${report.size} payloads opened`))
  match(said(report), /exact sets shown/)
})

test('nothing is packed before anything is signed', async () => {
  const cedar = await seededController(house, 'Cedar', { people: 1, canaries: 0 })
  const token = await tokenOfAuditor(cedar)
  const { status, json } = await house.request(of(cedar, '/pack'), { token })
  deepEqual([status, json.code], [409, 'trail.nothing-signed'])
})

test('the command writes a pack that the one file proves, and never over another', async () => {
  const out = join(scratch, 'alder.zip')
  writeFileSync(join(scratch, 'ca.crt'), house.ca)
  writeFileSync(join(scratch, 'token'), auditor, { mode: 0o600 })
  const env = { HOLDFAST_CA_FILE: join(scratch, 'ca.crt'), HOLDFAST_DATA: scratch }
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      env: { ...process.env, ...env },
    })
    const output = Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = (await once(child, 'close')) as [number]
    return { code, output: (await output).join('') }
  }
  const url = `https://localhost:${house.settings.port}`
  const cli = async (...args: string[]) => {
    const token = join(scratch, 'token')
    const words = ['trail', 'pack', ...args, '--url', url, '--token-file', token]
    const { code, out: said, error } = await holdfast({ args: words, env })
    return { code, output: `${said}${error}` }
  }
  const made = await cli(alder.controllerId, '--out', out)
  equal(made.code, 0, made.output)
  equal((await cli(alder.controllerId, '--out', out)).code, 1)
  equal((await cli(birch.controllerId, '--out', `${out}.birch`)).code, 1)
  ok(!existsSync(`${out}.birch`) && !existsSync(`${out}.part`))
  const { zip } = await zipOf(readFileSync(out))
  const verifier = (await zip.read('holdfast-verify.mjs'))!
  ok(readFileSync('verifier/holdfast-verify.mjs').equals(verifier))
  const key = (await findLogKeys(house.database))!.verifierKey(alder.controllerId)
  const proven = await run('verifier/holdfast-verify.mjs', out, '--key', key)
  equal(proven.code, 0, proven.output)
  match(proven.output, /PROVEN/)
  const live = await run(
    'verifier/holdfast-verify.mjs',
    `${url}/log/${alder.controllerId}/`,
    '--key',
    key,
    '--token-file',
    join(scratch, 'token'),
    '--ca-file',
    join(scratch, 'ca.crt'),
  )
  equal(live.code, 0, live.output)
})
