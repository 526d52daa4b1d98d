import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { newSubjectKeys, recoverKeyring } from '#keys'
import { openHouse } from './house.ts'

const house = await openHouse({ listen: true })
after(() => house.close())
const controllerId = randomUUID()
house.keyring.createRing(controllerId)
await house.act({ action: 'keys.test.try', scope: { controllerId } }, (act) =>
  newSubjectKeys(act, [randomUUID(), randomUUID()]),
)

/** Asks as the operator on the host does, through the socket only that account can reach. */
async function asOperator(method: string, path: string, body?: object) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const socketPath = join(house.settings.dataDir, 'run', 'holdfast.sock')
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  const call = request({ socketPath, method, path, headers }, (answer) => {
    text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject)
  })
  call.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  const answer = await promise
  return { status: answer.status, text: answer.body, json: JSON.parse(answer.body) as Shown }
}

interface Shown {
  readonly code: string
  readonly custody: { readonly kind: string }
  readonly root: { readonly version: number; readonly ageDays: number }
  readonly versions: Readonly<Record<string, number>>
  readonly shares: readonly string[]
  readonly version: number
  readonly items: readonly {
    readonly ring: string
    readonly table: string
    readonly sealed: readonly { readonly column: string; readonly cipher: string }[]
    readonly keys: readonly {
      readonly family: string
      readonly version: number
      readonly references?: number
      readonly rotateBy?: string
    }[]
  }[]
}

const told = async (action: string) =>
  (
    await house.owner.rows<{ told: string }>({
      text: `select concat_ws(' ', outcome, code) as told from trail.entry where action = $1 order by id`,
      values: [action],
    })
  ).map((row) => row.told)

test('nobody without a session sees or turns a key', async () => {
  for (const [method, path] of [
    ['GET', '/v1/keys'],
    ['GET', '/v1/keys/stores'],
    ['POST', `/v1/keys/rings/${controllerId}/rotate`],
    ['POST', '/v1/keys/root/rotate'],
    ['POST', '/v1/keys/recovery-shares'],
  ] as const) {
    const json = path.endsWith('shares')
      ? { confirm: 'show recovery shares' }
      : path.endsWith(`${controllerId}/rotate`)
        ? {}
        : undefined
    const given = { method, ...(json === undefined ? {} : { json }) }
    equal((await house.request(path, given)).status, 401, path)
  }
})

test('the keys page tells custody, ages and references, and nothing secret', async () => {
  const { status, json, text } = await asOperator('GET', '/v1/keys')
  equal(status, 200)
  equal(json.custody.kind, 'software')
  deepEqual([json.root.version, json.root.ageDays], [1, 0])
  deepEqual(
    json.items.map(({ ring }) => ring),
    [controllerId, 'house'],
  )
  const [wrap] = json.items[0]!.keys
  deepEqual([wrap!.family, wrap!.version, wrap!.references], ['wrap', 1, 2])
  ok(wrap!.rotateBy !== undefined)
  ok(!text.includes('wrapped') && !text.includes('passphrase"'))
})

test('a ring and the root turn on request; an unknown ring and a malformed one are refused', async () => {
  const turned = await asOperator('POST', `/v1/keys/rings/${controllerId}/rotate`, {})
  deepEqual(turned.json.versions, { wrap: 2, seal: 2, mac: 1, index: 1 })
  equal((await asOperator('POST', '/v1/keys/rings/house/rotate', {})).status, 200)
  equal((await asOperator('POST', '/v1/keys/root/rotate')).json.version, 2)
  const unknown = await asOperator('POST', `/v1/keys/rings/${randomUUID()}/rotate`, {})
  deepEqual([unknown.status, unknown.json.code], [404, 'keys.unknown-ring'])
  equal((await asOperator('POST', '/v1/keys/rings/canary/rotate', {})).status, 400)
})

test('every table is in the register, with the columns it seals', async () => {
  const { status, json } = await asOperator('GET', '/v1/keys/stores')
  equal(status, 200)
  const records = json.items.find(({ table }) => table === 'vault.record')
  deepEqual(records?.sealed, [{ column: 'sealed', cipher: 'XAES-256-GCM under the subject key' }])
})

test('recovery shares come after the sentence is typed and the entry is committed, and they work', async () => {
  const path = '/v1/keys/recovery-shares'
  const action = 'keys.recovery-shares.make'
  const before = (await told(action)).length
  const wrong = await asOperator('POST', path, { confirm: 'yes' })
  deepEqual([wrong.status, wrong.json.code], [422, 'keys.not-confirmed'])
  const { status, json } = await asOperator('POST', path, { confirm: 'show recovery shares' })
  equal(status, 200)
  equal(json.shares.length, 5)
  deepEqual((await told(action)).slice(before), ['refused keys.not-confirmed', 'done'])
  const dir = join(house.settings.dataDir, 'keys')
  await recoverKeyring({ dir }, json.shares.slice(1, 4), 'a passphrase of some length')
})
