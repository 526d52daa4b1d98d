import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dayMs } from '#ground'
import type { Evidence } from '#kernel'
import { keys } from '#keys'
import { fileTime, searchFiles } from '../src/keys/adapters/file-search.ts'
import { plantCanary, searchTables } from '../src/keys/canary-acts.ts'
import { formsOf, newCanaryText } from '../src/keys/canary.ts'
import { openHouse } from './house.ts'

const start = new Date('2026-03-01T00:00:00Z')
const offsiteDir = mkdtempSync(join(tmpdir(), 'holdfast-offsite-'))
const house = await openHouse({ now: start, settings: { offsiteDir } })
after(async () => {
  await house.close()
  rmSync(offsiteDir, { recursive: true, force: true })
})

const check = (id: string): Promise<Evidence> =>
  keys.measures!.find((measure) => measure.id === id)!.check!(
    house.threshold.asHouse,
    house.world,
    house.world.now(),
  )

const canaries = () =>
  house.owner.first<{ n: number }>({ text: 'select count(*) as n from keys.canary' })

test('a stored plaintext is found nowhere, in any table the server writes', async () => {
  const evidence = await check('keys.encryption-at-rest')
  deepEqual(evidence.facts['undeclared'], [], 'every column of bytes says what it is')
  equal(evidence.holds, true, evidence.finding)
  ok(evidence.of > 40, 'tables were searched')
  equal(evidence.n, evidence.of)
  deepEqual([evidence.probe?.refused, evidence.probe?.answer], [true, 'keys.not-authentic'])
  equal((await canaries())?.n, 0, 'the canary is removed')
})

test('a plaintext that lies readable in a table is found: in clear, in hex, in base64', async () => {
  await house.owner.run({ text: 'create table measures.leak (said text, raw bytea)' })
  await house.owner.run({ text: 'grant select, insert, update on measures.leak to holdfast_app' })
  const text = newCanaryText()
  const id = await house.act({ action: 'keys.test.try' }, (act) => plantCanary(act, text))
  const search = () =>
    house.act({ action: 'keys.test.try', effect: 'read' }, (act) => searchTables(act, id, text))
  deepEqual((await search()).found, [])
  for (const leak of [
    'said = $1',
    "raw = convert_to('x' || $1, 'UTF8')",
    "said = encode(convert_to('y' || $1, 'UTF8'), 'base64')",
    "said = encode(convert_to('yz' || $1 || 'z', 'UTF8'), 'base64')",
    "said = encode(convert_to($1, 'UTF8'), 'base64')",
  ]) {
    await house.owner.run({ text: 'delete from measures.leak' })
    await house.owner.run({ text: 'insert into measures.leak default values' })
    await house.owner.run({ text: `update measures.leak set ${leak}`, values: [text] })
    deepEqual((await search()).found, ['measures.leak'], leak)
  }
  await house.owner.run({ text: 'drop table measures.leak; delete from keys.canary' })
})

test('a search that cannot find what is there says so instead of finding nothing', async () => {
  const search = (id: string) =>
    house.act({ action: 'keys.test.try', effect: 'read' }, (act) => searchTables(act, id, 'x'))
  await rejects(search(randomUUID()), /does not find what is there/)
})

test('a plaintext in a file is found, across the pieces it is read in too; old files are passed over', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-files-'))
  const text = newCanaryText()
  const needles = formsOf(text).map((form) => Buffer.from(form))
  const search = (since = fileTime()) => searchFiles(dir, since, needles, Buffer.from('control'))
  mkdirSync(join(dir, 'sub'))
  writeFileSync(join(dir, 'clean'), 'control')
  const clean = await search()
  deepEqual([clean.found, clean.searched, clean.of, clean.control], [[], 1, 1, true])
  for (const lead of [0, 4_194_304 - 10, 4_194_304 + 40, 8_388_608 - 20]) {
    writeFileSync(join(dir, 'sub', 'leak'), Buffer.concat([Buffer.alloc(lead, 'x'), needles[0]!]))
    deepEqual((await search()).found, [join('sub', 'leak')], `behind ${lead} bytes`)
  }
  deepEqual((await search(fileTime() + 3_600_000)).of, 0)
  rmSync(dir, { recursive: true })
})

test('a column of bytes that nobody declared is named', async () => {
  await house.owner.run({ text: 'create table vault.leak (secret bytea)' })
  const evidence = await check('keys.encryption-at-rest')
  await house.owner.run({
    text: "comment on column vault.leak.secret is 'cipher: keyed hash'",
  })
  const declared = await check('keys.encryption-at-rest')
  await house.owner.run({ text: 'drop table vault.leak' })
  equal(evidence.holds, false)
  match(evidence.finding, /vault\.leak\.secret/)
  equal(declared.holds, true)
})

test('keys within their age hold; one day past it, they do not', async () => {
  house.keyring.createRing(randomUUID())
  const fresh = await check('keys.rotation')
  equal(fresh.holds, true, fresh.finding)
  deepEqual([fresh.probe?.refused, fresh.probe?.answer], [true, 'keys.key-destroyed'])
  house.setNow(new Date(start.getTime() + 22 * dayMs))
  const late = await check('keys.rotation')
  equal(late.holds, false)
  equal(late.of - late.n, 2, 'the wrap keys of the house and of the controller')
  for (const ring of house.keyring.rings()) house.keyring.rotate(ring.ring, ['wrap'])
  equal((await check('keys.rotation')).holds, true)
  house.setNow(new Date(start.getTime() + 29 * dayMs))
  equal((await check('keys.rotation')).holds, false, 'the retired ones should be destroyed by now')
  house.setNow(start)
})

test('a copy of the keys that is behind shows', async () => {
  const place = join(offsiteDir, 'keys')
  renameSync(place, `${place}-away`)
  writeFileSync(place, 'a disk that is gone')
  house.keyring.createRing(randomUUID())
  const { facts } = await check('keys.rotation')
  const copies = facts['copies'] as { place: string; upToDate: boolean }[]
  rmSync(place)
  renameSync(`${place}-away`, place)
  house.keyring.replicate()
  equal(copies.filter(({ upToDate }) => !upToDate).length, 2)
  ok(house.keyring.copies().every(({ upToDate }) => upToDate))
})

test('software custody with the passphrase beside it says so, and is not called apart', async () => {
  const evidence = await check('keys.custody')
  equal(evidence.holds, false)
  match(evidence.finding, /software/)
  match(evidence.finding, /beside it/)
})
