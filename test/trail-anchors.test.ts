import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { anchorTurns, makeWitness, readLogFile, serveWitness, trail, Witness } from '#trail'
import { openNote } from '../src/trail/tree/note.ts'
import { noteVerifier } from '../src/trail/tree/signer.ts'
import { callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { openS3StandIn, type S3StandIn } from './s3-stand-in.ts'
import { noOpenssl, openTsaStandIn } from './tsa-stand-in.ts'

let s3: S3StandIn
let house: TestHouse
let token: string
let now = new Date()
const dir = mkdtempSync(join(tmpdir(), 'holdfast-anchors-'))
const closing: (() => Promise<unknown>)[] = []

before(async () => {
  s3 = await openS3StandIn()
  const objectsFile = join(dir, 's3.json')
  writeFileSync(objectsFile, JSON.stringify({ ...s3.place, lockDays: 30 }))
  house = await openHouse({
    listen: true,
    now,
    settings: { objectsFile, privateDestinations: '127.0.0.1' },
  })
  token = (await callerWith(house, { actions: ['trail.*'] })).token
  await sign()
})
after(async () => {
  await house.close()
  for (const close of closing) await close()
  await s3.close()
  rmSync(dir, { recursive: true })
})

function pass(minutes: number): void {
  now = new Date(now.getTime() + minutes * 60_000)
  house.setNow(now)
}

/** Something happens, and a new root checkpoint is signed. */
async function sign(acts = 1): Promise<void> {
  pass(1)
  const ask = { action: 'trail.test.fill', effect: 'read' } as const
  await Promise.all(Array.from({ length: acts }, () => house.act(ask, async () => {})))
  await house.integrate()
}

const turn = async (kind: 'copy' | 'witness' | 'timestamp') => {
  const { once } = anchorTurns.find(({ action }) => action === `trail.anchor.${kind}`)!
  const { database, threshold, world } = house
  while (await once(database, threshold.asHouse, world));
}

const see = async () => (await house.request('/v1/trail/anchors', { token })).json
const seeOne = async (name: string) =>
  (await see()).items.find((item: { name: string }) => item.name.includes(name))
const post = (path: string, json: unknown) =>
  house.request(`/v1/trail/${path}`, { method: 'POST', token, json })
const remove = (path: string) => house.request(`/v1/trail/${path}`, { method: 'DELETE', token })

const check = () => {
  const measure = trail.measures!.find(({ id }) => id === 'trail.tamper-evident')!
  return measure.check!(house.threshold.asHouse, house.world, now)
}

const tellings = async () =>
  (await house.owner.rows({ text: `select from trail.entry where action = 'trail.anchor.tell'` }))
    .length

test('without an anchor the log is tamper-detecting, and nothing more is claimed', async () => {
  const { claim, items, store } = await see()
  deepEqual([claim.rung, claim.words, items], [0, 'tamper-detecting', []])
  deepEqual([store.outside, store.lockDays], [true, 30])
})

test(
  'an authority dates the root checkpoint once an hour; OpenSSL agrees; a replayed answer does not count',
  {
    skip: noOpenssl,
  },
  async () => {
    const tsa = await openTsaStandIn()
    closing.push(tsa.close)
    const { url, certificate } = tsa
    const added = await post('authorities', { address: url, certificate, heldBy: 'A notary' })
    equal(added.status, 200, added.body)
    await sign()
    await turn('timestamp')
    const list = async () => (await house.request('/v1/trail/timestamps', { token })).json.items
    const [first] = await list()
    match(
      tsa.verify(Buffer.from(first.token, 'base64'), Buffer.from(first.checkpoint)),
      /Verification: OK/,
    )
    await sign()
    await turn('timestamp')
    equal((await list()).length, 1, 'an hour has not passed')
    for (const state of ['replay', 'down'] as const) {
      tsa.state = state
      pass(61)
      await sign()
      await turn('timestamp')
      match(
        (await seeOne(new URL(url).host)).failure,
        state === 'replay' ? /proves nothing/ : /503/,
      )
    }
    equal((await list()).length, 1)
    equal((await remove(`authorities/${added.json.anchorId}`)).status, 200)
  },
)

test('full tiles, bundles and the root checkpoint lie in the store as they are served, locked', async () => {
  await sign(600)
  await turn('copy')
  const [one] = await house.owner.rows<{ prefix: string }>({
    text: `select prefix from trail.anchored where prefix like '%/house'`,
  })
  for (const path of ['tile/0/000', 'tile/0/001', 'tile/entries/000', 'tile/entries/001']) {
    const served = await readLogFile(house.database, 'house', path)
    deepEqual(s3.objects().get(`${one!.prefix}/${path}`), served!.bytes, path)
    ok(s3.lockedUntil(`${one!.prefix}/${path}`)!.getTime() > now.getTime() + 29 * 86_400_000)
  }
  const checkpoint = (await readLogFile(house.database, 'root', 'checkpoint'))!.bytes
  const kept = [...s3.objects()].filter(([key]) => key.includes('/root/checkpoints/'))
  deepEqual(kept.at(-1)![1], checkpoint)
  const { claim, items, store } = await see()
  deepEqual([claim.rung, claim.words], [1, 'tamper-evident'])
  deepEqual([items[0].state, store.waiting], ['fresh', 0])
  const { holds, facts } = await check()
  deepEqual([holds, facts['words']], [true, 'tamper-evident'])
})

test('nothing new is nothing to copy', async () => {
  const before = s3.requests
  await turn('copy')
  equal(s3.requests, before)
})

test('while the store is down acts go on, the lag is shown and alarmed, and it catches up by itself', async () => {
  const told = await tellings()
  s3.state = 'down'
  await sign(300)
  await turn('copy')
  await turn('copy')
  const failing = await seeOne('bucket')
  ok(failing.failure.length > 0 && failing.failingSince !== undefined)
  equal(failing.state, 'fresh')
  pass(16)
  const late = await seeOne('bucket')
  equal(late.state, 'stale')
  ok(late.lagSeconds >= 16 * 60, `${late.lagSeconds}`)
  ok((await see()).store.waiting > 0)
  const alarm = await check()
  equal(alarm.holds, false)
  match(alarm.finding, /bucket holdfast.* is \d+ minutes behind/)
  equal(alarm.facts['words'], 'tamper-detecting')
  s3.state = 'up'
  await turn('copy')
  equal((await seeOne('bucket')).state, 'fresh')
  equal((await see()).claim.words, 'tamper-evident')
  ok((await check()).holds)
  equal(await tellings(), told + 2, 'that it fails, and that it holds again')
})

test('a store that holds another log than this one is never overwritten, and it is told', async () => {
  await sign(300)
  const [{ prefix, leaves }] = (await house.owner.rows<{ prefix: string; leaves: number }>({
    text: `select prefix, leaves from trail.anchored where prefix like '%/house'`,
  })) as [{ prefix: string; leaves: number }]
  const key = `${prefix}/tile/0/${String(leaves / 256).padStart(3, '0')}`
  s3.replace(key, Buffer.from('another history'))
  await turn('copy')
  match((await seeOne('bucket')).failure, /holds another log than this one/)
  deepEqual(s3.objects().get(key), Buffer.from('another history'))
  const own = await readLogFile(house.database, 'house', key.slice(prefix.length + 1))
  s3.replace(key, own!.bytes)
  await turn('copy')
  equal((await seeOne('bucket')).failure, undefined)
})

test('a copy that its owner could destroy carries no claim', async () => {
  const { objects } = house.world
  const owned = {
    ...objects,
    tryToDestroy: async () => ({ refused: false, answer: 'the store destroyed a locked version' }),
  }
  const copy = anchorTurns.find(({ action }) => action === 'trail.anchor.copy')!
  pass(61)
  await sign()
  const world = { ...house.world, objects: owned }
  while (await copy.once(house.database, house.threshold.asHouse, world));
  match((await seeOne('bucket')).failure, /could be destroyed/)
  equal((await see()).claim.words, 'tamper-detecting')
  await turn('copy')
  equal((await see()).claim.words, 'tamper-evident')
})

/** A witness at work on loopback that knows this house's root log. */
async function newWitness(name: string): Promise<{ url: string; keys: Witness['verifierKeys'] }> {
  const place = join(dir, name)
  await makeWitness(place, `${name}.example/w`)
  const witness = await Witness.open(place)
  const logs = (await house.request('/v1/trail/logs', { token })).json
  const root = logs.items.find(({ log }: { log: string }) => log === 'root')
  await witness.addLog(root.verifierKey)
  const { port, close } = await serveWitness(witness, { host: '127.0.0.1', port: 0 })
  closing.push(close)
  return { url: `http://127.0.0.1:${port}`, keys: witness.verifierKeys }
}

test('witnesses cosign the root checkpoint, and anyone can check that with their keys', async () => {
  const [clinic, lab] = [await newWitness('clinic'), await newWitness('lab')]
  for (const [{ url, keys }, heldBy] of [
    [clinic, 'The clinic'],
    [lab, 'The laboratory'],
  ] as const) {
    const key = heldBy === 'The clinic' ? keys.mlDsa44 : keys.ed25519
    const { status, body } = await post('witnesses', { address: url, key, heldBy })
    equal(status, 200, body)
  }
  await sign()
  await turn('witness')
  await sign()
  await turn('witness')
  const note = (await readLogFile(house.database, 'root', 'checkpoint'))!.bytes.toString()
  const verifiers = [clinic.keys.mlDsa44, lab.keys.ed25519].map(noteVerifier)
  equal(openNote(note, verifiers).vouchers.length, 2)
  const { claim } = await see()
  equal(claim.rung, 2)
  match(claim.means, /clinic\.example\/w has witnessed it; lab\.example\/w has witnessed it/)
})

test('a witness that hangs keeps nobody waiting, and one that comes later is asked from where it is', async () => {
  const hanging = createServer(() => {})
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    hanging.closeAllConnections()
    hanging.close()
  })
  const { mlDsa44: key } = (await newWitness('slow')).keys
  const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
  const slow = (await post('witnesses', { address: url, key, heldBy: 'Nobody' })).json
  // The house forgets how far the clinic is, as after a restore; the clinic does not.
  await house.owner.run({
    text: `update trail.anchor set size = null, reached_at = null where name = 'clinic.example/w'`,
  })
  await sign()
  const turned = turn('witness')
  const began = performance.now()
  await house.act({ action: 'trail.test.meanwhile' }, async () => {})
  ok(performance.now() - began < 2000)
  await turned
  equal((await seeOne('clinic')).state, 'fresh')
  equal((await seeOne('lab')).state, 'fresh')
  equal((await seeOne('slow')).failure, 'It did not answer in time.')
  pass(15)
  equal((await seeOne('slow')).state, 'stale')
  match(
    (await check()).finding,
    /slow\.example\/w is 16 minutes behind: It did not answer in time\./,
  )
  equal((await remove(`witnesses/${slow.anchorId}`)).status, 200)
  await turn('copy')
  await turn('witness')
  ok((await check()).holds)
})

test('a witness that has seen more than there is tells on an older database', async () => {
  const clinic = await seeOne('clinic')
  await sign()
  await turn('witness')
  const [newest] = await house.owner.rows<{ size: number }>({
    text: `select max(size) as size from trail.checkpoint where log = 'root'`,
  })
  await house.owner.run({
    text: `with gone as (delete from trail.cosignature where log = 'root' and size = $1 returning 1)
      select count(*) from gone`,
    values: [newest!.size],
  })
  await house.owner.run({
    text: `delete from trail.checkpoint where log = 'root' and size = $1`,
    values: [newest!.size],
  })
  pass(2)
  await turn('witness')
  const { failure } = await seeOne('clinic')
  match(failure, /It has seen \d+ leaves .* older than what was witnessed, or another/)
  ok(clinic.size < newest!.size)
  // The log goes on from what is kept, and the witness with it.
  await house.owner.run({
    text: `update trail.log set signed_size = size - 1 where log = 'root'`,
  })
  await sign()
  await turn('witness')
  equal((await seeOne('clinic')).failure, undefined)
})

test('no anchor leads to a neighbour that the operator has not opened', async () => {
  let asked = 0
  const neighbour = createServer((_request, response) => {
    asked += 1
    response.end('who is there')
  })
  await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.2', resolve))
  closing.push(async () => void neighbour.close())
  const { mlDsa44: key } = (await newWitness('beside')).keys
  const { port } = neighbour.address() as AddressInfo
  const address = `http://127.0.0.2:${port}/internal`
  const { anchorId } = (await post('witnesses', { address, key, heldBy: 'Nobody' })).json
  await sign()
  await turn('witness')
  equal(
    (await seeOne('beside')).failure,
    '127.0.0.2 leads into a private network (127.0.0.2), which HOLDFAST_PRIVATE_DESTINATIONS does not open.',
  )
  equal(asked, 0)
  await remove(`witnesses/${anchorId}`)
})

test('what cannot be a witness or an authority is refused by name', async () => {
  const { keys } = await newWitness('other')
  const codes = async (path: string, json: unknown) => (await post(path, json)).json.code
  const good = { address: 'https://w.example', key: keys.mlDsa44, heldBy: 'x' }
  const logs = (await house.request('/v1/trail/logs', { token })).json.items
  const root = logs.find(({ log }: { log: string }) => log === 'root')
  equal(await codes('witnesses', { ...good, key: 'x' }), 'trail.not-a-witness-key')
  equal(await codes('witnesses', { ...good, key: root.verifierKey }), 'trail.not-a-witness-key')
  equal(await codes('witnesses', { ...good, key: root.cosignerKey }), 'trail.own-anchor')
  for (const url of [
    'ftp://w.example',
    'https://u:p@w.example',
    'https://w.example/#x',
    'nowhere/',
  ])
    equal(await codes('witnesses', { ...good, address: url }), 'trail.not-an-address', url)
  const again = { ...good, key: (await newWitnessKey('clinic')).mlDsa44 }
  equal(await codes('witnesses', again), 'trail.anchor-known')
  const authority = { address: 'https://tsa.example', certificate: 'x', heldBy: 'x' }
  equal(await codes('authorities', authority), 'trail.not-a-timestamp-certificate')
  const { json } = await remove('witnesses/01980000-0000-7000-8000-000000000001')
  equal(json.code, 'trail.unknown-anchor')
})

const newWitnessKey = async (name: string) => (await Witness.open(join(dir, name))).verifierKeys
