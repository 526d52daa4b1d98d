import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { identity } from '#identity'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, password, told } from './identity-people.ts'

let house: TestHouse
let root: Enrolled
before(async () => {
  house = await openHouse({ listen: true })
  root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
})
after(() => house.close())

const stolen = 'copper lantern seventy drums'
const list = (passwords: readonly string[]) =>
  passwords
    .map((one) => `${createHash('sha1').update(one).digest('hex').toUpperCase()}:12`)
    .toSorted()
    .join('\r\n')
const change = (next: string, current = password) =>
  inSession(house, root.cookie, '/v1/self/password', { method: 'PUT', json: { current, next } })
const state = async () =>
  (await inSession(house, root.cookie, '/v1/breach-list')).json.imported as {
    entries: number
    falsePositives: number
  } | null
const put = (body: string, cookie = root.cookie) =>
  house.request('/v1/breach-list', {
    method: 'PUT',
    headers: { cookie, 'holdfast-request': '1', 'content-type': 'application/octet-stream' },
    body,
  })
const check = async () => {
  const measure = identity.measures!.find(({ id }) => id === 'identity.credential-quality')!
  return measure.check!(house.threshold.asHouse, house.world, house.world.now())
}

test('without a list the measure says so, and still refuses what is common', async () => {
  equal(await state(), null)
  const found = await check()
  ok(found.holds)
  match(found.finding, /No list of breached passwords was imported: only common ones are refused\./)
})

test('the command imports a list with its progress, and what is on it can be nobody’s new password', async () => {
  const file = join(house.settings.dataDir, 'list.txt')
  writeFileSync(file, list([stolen, ...Array.from({ length: 5000 }, (_, i) => `stolen ${i}`)]))
  const launcher = join(import.meta.dirname, '../bin/holdfast.mjs')
  const child = spawn(process.execPath, [launcher, 'identity', 'breach-list', 'import', file], {
    env: { PATH: process.env['PATH'] ?? '', HOLDFAST_DATA: house.settings.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, told1] = [text(child.stdout), text(child.stderr)]
  const [code] = (await once(child, 'exit')) as [number]
  equal(code, 0, await told1)
  match(await told1, /100 %[\s\S]*5,001 entries/)
  match(await out, /5001/)
  const now = await state()
  ok(now !== null)
  equal(now.entries, 5001)
  ok(now.falsePositives < 0.002)
  const refused = await change(stolen)
  equal(told(refused), '422 identity.password-weak')
  equal(refused.json.facts.reason, 'breached')
  equal((await change('copper lantern seventy drams')).status, 200)
})

test('the measure tries a password of the list at the door, and says how long the list is', async () => {
  const found = await check()
  ok(found.holds, found.finding)
  match(
    found.finding,
    /A list of 5,001 breached passwords, imported on \d{4}-\d\d-\d\d, is asked as well\./,
  )
  match(found.probe!.answer, /breached: 422 identity\.password-weak/)
})

test('a list that is none, is out of order or broke off is refused, and the one before stays', async () => {
  equal(told(await put('hello')), '422 identity.breach-list-not-valid')
  const backwards = list(['one', 'two']).split('\r\n').toReversed().join('\n')
  const refused = await put(backwards)
  equal(told(refused), '422 identity.breach-list-not-valid')
  deepEqual(refused.json.facts, { line: 2, why: 'order' })
  equal((await state())?.entries, 5001)
  const entries = await house.owner.rows<{ told: string }>({
    text: `select outcome || coalesce(' ' || code, '') as told from trail.entry
           where action = 'identity.breach-list.import' order by id`,
  })
  deepEqual(
    entries.map(({ told: line }) => line),
    ['done', ...Array.from({ length: 2 }, () => 'refused identity.breach-list-not-valid')],
  )
})

test('who may not import is not listened to', async () => {
  const support = await enrol(house, 'support@house.example', ['support'])
  equal(told(await put(list(['one']), support.cookie)), '403 identity.not-permitted')
})

test('a filter that cannot be read lets nobody set a password, and is never green', async () => {
  truncateSync(join(house.settings.dataDir, 'identity/breach-list'), 1000)
  equal(
    told(await change('copper lantern ninety drams', 'copper lantern seventy drams')),
    '503 identity.breach-list-broken',
  )
  equal(
    told(await inSession(house, root.cookie, '/v1/breach-list')),
    '503 identity.breach-list-broken',
  )
  const found = await check()
  equal(found.holds, false)
  match(found.finding, /cannot be read/)
  equal((await put(list([stolen]))).status, 200)
  equal((await change('copper lantern ninety drams', 'copper lantern seventy drams')).status, 200)
  deepEqual(house.faults, [])
})
