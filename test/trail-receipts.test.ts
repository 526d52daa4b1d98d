import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findLogKeys, noteVerifier, openProof, openReceipt } from '#trail'
import type { Controller } from '#vault'
import { asCaller, type Caller, callerWith } from './callers.ts'
import { holdfast } from './command-line.ts'
import { openHouse, type TestHouse } from './house.ts'
import { seededController, subjectIdsOf } from './incidents-people.ts'

let house: TestHouse
let alder: Controller
let reader: Caller
let subjectId: string
const startedAt = new Date()

before(async () => {
  house = await openHouse({ listen: true, now: startedAt })
  alder = await seededController(house, 'Alder', { people: 2, canaries: 0 })
  reader = await callerWith(house, { actions: ['vault.*'], controllers: [alder.controllerId] })
  subjectId = (await subjectIdsOf(house, alder))[0]!
})
after(() => house.close())

const read = (as = reader) =>
  house.request(`/v1/controllers/${alder.controllerId}/subjects/${subjectId}`, {
    headers: asCaller(as.token),
  })

/** A read, and the receipt it came with. */
async function receiptOfRead(): Promise<{ value: string; entryId: string }> {
  const { status, headers, body } = await read()
  equal(status, 200, body)
  return { value: headers['holdfast-receipt']!, entryId: headers['holdfast-entry']! }
}

const check = (receipt: string) =>
  house.request('/v1/trail/receipts/check', { method: 'POST', json: { receipt } })

test('a read comes with a receipt that the log’s own key signed, and nothing else does', async () => {
  const { value, entryId } = await receiptOfRead()
  const keys = (await findLogKeys(house.database))!
  const facts = openReceipt(value, noteVerifier(keys.verifierKey(alder.controllerId)))
  const [entry] = await house.owner.rows<{ leaf: Buffer; at: Date }>({
    text: 'select leaf, at from trail.entry where id = $1',
    values: [entryId],
  })
  const origin = keys.originOf(alder.controllerId)
  deepEqual(facts, { origin, entryId, ...entry, delaySeconds: 60 })
  const stranger = await callerWith(house, { actions: ['trail.*'] })
  const refused = await read(stranger)
  equal(refused.status, 403)
  for (const { headers } of [refused, await house.request('/public/annex')])
    equal(headers['holdfast-receipt'], undefined)
})

test('until it stands under a signed checkpoint an entry is waited for, then it is late, then it is proven', async () => {
  const { value, entryId } = await receiptOfRead()
  equal((await check(value)).json.state, 'waiting')
  house.setNow(new Date(startedAt.getTime() + 61_000))
  equal((await check(value)).json.state, 'late')
  house.setNow(startedAt)
  await house.integrate()
  const { json } = await check(value)
  deepEqual([json.state, json.entryId], ['included', entryId])
  const leaf = Buffer.from(json.leafHash, 'base64')
  equal(openProof(json.proof, leaf, noteVerifier(json.verifierKey)).index, json.index)
})

test('a receipt whose leaf the log does not have proves misbehaviour, and the answer says so', async () => {
  const { value, entryId } = await receiptOfRead()
  await house.owner.run({ text: 'delete from trail.pending where id = $1', values: [entryId] })
  house.setNow(new Date(startedAt.getTime() + 11_000))
  await house.act({ action: 'trail.test.more', scope: alder }, async () => {})
  await house.integrate()
  equal((await check(value)).json.state, 'waiting')
  house.setNow(new Date(startedAt.getTime() + 61_000))
  const { json } = await check(value)
  equal(json.state, 'missing')
  match(json.finding, /proves that the log was changed/)
  house.setNow(startedAt)
})

test('a leaf is found in its tree even where every row that knew its place is gone', async () => {
  const { value, entryId } = await receiptOfRead()
  house.setNow(new Date(startedAt.getTime() + 30_000))
  await house.integrate()
  await house.owner.run({ text: 'delete from trail.sequence where id = $1', values: [entryId] })
  equal((await check(value)).json.state, 'included')
  house.setNow(startedAt)
})

test('what is no receipt, or not of this house, is refused by name', async () => {
  const { value } = await receiptOfRead()
  const code = async (receipt: string) => {
    const { status, json } = await check(receipt)
    return [status, json.code]
  }
  deepEqual(await code('leaf=:AA==:'), [400, 'trail.not-a-receipt'])
  const later = value.replace('delay=60', 'delay=61')
  deepEqual(await code(later), [400, 'trail.receipt-not-ours'])
  deepEqual(await code(value.replace('origin="', 'origin="x')), [400, 'trail.receipt-not-ours'])
})

test('the command checks signature and proof itself, and its exit code says whether the leaf is there', async () => {
  const { value } = await receiptOfRead()
  house.setNow(new Date(startedAt.getTime() + 45_000))
  await house.integrate()
  const run = (input: string, ...more: string[]) =>
    holdfast({
      args: ['trail', 'receipt', 'check', '-', '--json', ...more],
      env: { HOLDFAST_DATA: house.settings.dataDir },
      input,
    })
  const good = await run(`HTTP/1.1 200 OK\r\nholdfast-receipt: ${value}\r\n\r\n`)
  equal(good.code, 0, good.error)
  equal((JSON.parse(good.out) as { state: string }).state, 'included')
  const otherKey = (await findLogKeys(house.database))!.verifierKey('house')
  const bad = await run(value, '--key', otherKey)
  deepEqual([bad.code, bad.error], [1, 'holdfast: NOT proven: a receipt under another key\n'])
  ok((await run('nothing')).error.includes('holds no receipt'))
})
