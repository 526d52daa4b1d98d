import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { after, before, suite, test } from 'node:test'
import { apiHeaders, doorTally, gate, limits, tellRefusals } from '#gate'
import type { World } from '#kernel'
import { openHouse, type TestHouse } from './house.ts'

const now = new Date('2026-11-21T10:30:00Z')

suite('the door of a house', () => {
  let house: TestHouse
  let world: World
  before(async () => {
    house = await openHouse({ listen: true })
    const { port } = house.app.server.address() as AddressInfo
    world = { ...house.world, settings: { ...house.settings, port } }
  })
  after(() => house.close())

  const check = (id: string) => {
    const found = gate.measures?.find((measure) => measure.id === id)?.check
    assert.ok(found, `${id} has a check`)
    return found(house.threshold.asHouse, world, now)
  }

  test('transport encryption is proven by offers that were refused', async () => {
    const evidence = await check('gate.transport-encryption')
    assert.deepEqual([evidence.holds, evidence.n, evidence.of], [true, 5, 5], evidence.finding)
    assert.equal(evidence.probe?.refused, true)
  })

  test('load shedding is proven by a burst that was refused while another client was served', async () => {
    const evidence = await check('gate.load-shedding')
    assert.deepEqual([evidence.holds, evidence.n, evidence.of], [true, 2, 2], evidence.finding)
    assert.equal(evidence.facts['greedyStatus'], 429)
  })

  test('a flood of refusals is one entry per client and code, and counted by the hour', async () => {
    doorTally.take()
    const address = '127.0.72.1'
    const answers = await Promise.all(
      Array.from({ length: limits.anonymous.burst + 30 }, () =>
        house.request('/.well-known/holdfast-jwks.json', { localAddress: address }),
      ),
    )
    const refused = answers.filter(({ status }) => status === 429)
    assert.ok(refused.length >= 30)
    assert.ok(refused.every(({ json }) => json.code === 'gate.too-many-requests'))
    assert.ok(refused.every(({ headers }) => Number(headers['retry-after']) > 0))
    await tellRefusals(house.threshold.asHouse, doorTally)
    const told = await house.owner.first<{ count: number }>({
      text: `select count(*) from trail.entry where action = 'gate.tell-refusals'`,
    })
    assert.equal(told?.count, 1)
    const counted = await house.owner.first<{ count: number }>({
      text: `select sum(count)::bigint as count from gate.refusal_hour where code = 'gate.too-many-requests'`,
    })
    assert.equal(counted?.count, refused.length)
    assert.ok(doorTally.isEmpty)
  })

  test('anybody may read the key of assertions, and it is the one on disk', async () => {
    const first = await house.request('/.well-known/holdfast-jwks.json')
    assert.equal(first.status, 200, first.body)
    const [key] = first.json.keys
    assert.deepEqual([key.kty, key.crv, key.alg], ['OKP', 'Ed25519', 'EdDSA'])
    assert.equal(key.d, undefined)
    assert.deepEqual((await house.request('/.well-known/holdfast-jwks.json')).json, first.json)
  })

  test('the state of the door is not shown to just anybody', async () => {
    assert.equal((await house.request('/v1/gate')).status, 401)
  })

  test('every answer carries the security headers and none tells what serves it', async () => {
    const { headers } = await house.request('/v1/gate')
    for (const [name, value] of apiHeaders) assert.equal(headers[name], value, name)
    assert.equal(headers['server'], undefined)
    assert.equal(headers['x-powered-by'], undefined)
  })

  test('a header that does not end is cut within eight seconds', { timeout: 20_000 }, async () => {
    const { port } = world.settings
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: house.ca })
    const begun = performance.now()
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    socket.resume()
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('close', resolve))
    assert.ok(performance.now() - begun < 8_000)
  })
})
