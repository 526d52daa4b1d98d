import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'node:tls'
import { Value } from 'typebox/value'
import {
  apiHeaders,
  doorTally,
  gate,
  limits,
  openAssertionKey,
  openUpstream,
  proxyRequest,
  tellRefusals,
} from '#gate'
import { newId } from '#ground'
import { type Actor, anonymous, type Cross, type Parts, type World } from '#kernel'
import { GateState } from '../src/gate/wire.ts'
import { openHouse, type TestHouse } from './house.ts'

const now = new Date('2026-11-21T10:30:00Z')

suite('the door of a house', () => {
  let house: TestHouse
  let world: World
  let delayMs = 0
  before(async () => {
    // However slowly a loaded machine sends its bursts, nothing is given back meanwhile.
    const anonymous = { ...limits.anonymous, perSecond: 0.01 }
    house = await openHouse({
      listen: true,
      delayMs: () => delayMs,
      limits: { ...limits, anonymous },
    })
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

  test('under load that lasts who shows nothing is turned away, and let in again once it is over', async () => {
    const turnedAway = async (is: boolean) => {
      const until = performance.now() + 30_000
      while (((await house.request('/public/annex')).status === 503) !== is) {
        assert.ok(performance.now() < until, is ? 'it is let in' : 'it is turned away')
        await pause(100)
      }
    }
    delayMs = 60_000
    await turnedAway(true)
    assert.equal((await house.request('/healthz')).status, 200)
    delayMs = 0
    await turnedAway(false)
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

  test('the state of the door is what is live, in the shape it promises', async () => {
    const route = gate.routes?.find(({ url }) => url === '/v1/gate')
    assert.ok(route && 'flow' in route)
    await house.act({ action: 'gate.tell-refusals' }, (act) =>
      act.sql.run({
        text: `insert into gate.refusal_hour values ($1, 'gate.overloaded', 7), ($2, 'gate.overloaded', 9)`,
        values: [act.now, new Date(act.now.getTime() - 3 * 86_400_000)],
      }),
    )
    const cross: Cross = (deed, effect = 'write') =>
      house.act({ action: route.action, effect }, deed)
    const state: unknown = await route.handle(cross, {} as Parts<never, never, never>, world)
    assert.ok(Value.Check(GateState, state), JSON.stringify(state))
    assert.deepEqual(
      [state.listener?.protocol, state.listener?.showsCertificate, state.upstream.state],
      ['TLSv1.3', true, 'none'],
    )
    assert.ok(state.certificate.names.includes('DNS:localhost') && state.certificate.own)
    const overloaded = state.refusedLastDay.find(({ code }) => code === 'gate.overloaded')
    assert.equal(overloaded?.count, 7)
  })

  test('a request to the application leaves two entries of its caller; without the right, none gets there', async () => {
    let reached = 0
    const application = createServer((_, answer) => {
      reached += 1
      answer.writeHead(418).end('teapot')
    })
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
    const { port } = application.address() as AddressInfo
    const upstream = openUpstream(`http://127.0.0.1:${port}`)
    const assertionKey = await openAssertionKey(house.settings.dataDir)
    const asCaller = (actions: string[]) => {
      const grants = [{ id: 'g', actions, controllers: null, categories: null, purposes: null }]
      const actor: Actor = { ...anonymous, id: newId(), kind: 'person', assurance: 2, grants }
      const asked = { actor, action: 'gate.upstream.request', scope: 'house' } as const
      const source = { address: '192.0.2.1' }
      const cross: Cross = async (deed, effect = 'write') => {
        const crossing = { ...asked, source, effect, assurance: 2 } as const
        return (await house.threshold.perform(crossing, deed)).value
      }
      return { actor, cross, address: source.address, now }
    }
    const ask = (actions: string[]) =>
      proxyRequest({
        ...asCaller(actions),
        upstream,
        assertionKey,
        publicUrl: house.settings.publicUrl,
        signal: AbortSignal.timeout(5_000),
        body: Readable.from([]),
        request: { method: 'GET', url: '/app/tea', headers: {} },
      })
    try {
      await assert.rejects(ask(['vault.*']), { status: 403 })
      assert.equal(reached, 0)
      const passed = await ask(['gate.upstream.request'])
      assert.deepEqual([passed.status, await text(passed.body), reached], [418, 'teapot', 1])
      const { count } = (await house.owner.first<{ count: number }>({
        text: `select count(*) from trail.entry where action = 'gate.upstream.request' and outcome = 'done'`,
      })) ?? { count: 0 }
      assert.equal(count, 2)
    } finally {
      await upstream.close()
      application.close()
      application.closeAllConnections()
    }
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
