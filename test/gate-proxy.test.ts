import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { after, before, beforeEach, suite, test } from 'node:test'
import { type Act, type Actor, anonymous, type Cross, Refusal, Sealed } from '#kernel'
import { isListening, openUpstream } from '../src/gate/adapters/upstream.ts'
import { assertionKeyOf } from '../src/gate/assertion.ts'
import { type Proxying, proxyRequest, type Upstream } from '../src/gate/proxy.ts'

const actor: Actor = {
  ...anonymous,
  id: '0190-person',
  kind: 'person',
  assurance: 2,
  sessionId: 'session-1',
}
const assertionKey = assertionKeyOf(generateKeyPairSync('ed25519').privateKey)
const now = new Date('2026-11-21T10:00:00Z')

suite('the application behind the door', () => {
  let handle: (request: IncomingMessage, answer: ServerResponse) => void
  let upstream: Upstream
  /** What the crossings told, in order; a refusal's code where one was refused. */
  let told: unknown[]
  const server = createServer((request, answer) => handle(request, answer))
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    upstream = openUpstream(`http://127.0.0.1:${port}`, { headersTimeoutMs: 500 })
  })
  after(async () => {
    await upstream.close()
    server.close()
    server.closeAllConnections()
  })
  beforeEach(() => (told = []))

  /** Notes what is told. Permission and the trail have their own tests. */
  const cross: Cross = async (deed) => {
    const act = { tell: (details: unknown) => told.push(details) } as unknown as Act
    try {
      const result = await deed(act)
      if (result instanceof Sealed) throw new TypeError('nothing here is sealed')
      return result
    } catch (error) {
      if (error instanceof Refusal) told.push(error.code)
      throw error
    }
  }
  const ask = (url: string, more: Partial<Proxying['request']> & { body?: Readable } = {}) => {
    const { body = Readable.from([]), ...request } = more
    const signal = AbortSignal.timeout(10_000)
    const publicUrl = 'https://holdfast.example:8443'
    const caller = { cross, actor, address: '192.0.2.1', now, signal, body }
    return proxyRequest({
      ...caller,
      upstream,
      assertionKey,
      publicUrl,
      request: { method: 'GET', headers: {}, url, ...request },
    })
  }

  test('a request arrives without the mount, told before and after, its query in neither', async () => {
    handle = (request, answer) => answer.writeHead(201, { 'x-app': 'yes' }).end(request.url)
    const passed = await ask('/app/orders?email=a%40b.example')
    assert.equal(await text(passed.body), '/orders?email=a%40b.example')
    assert.equal(passed.status, 201)
    assert.equal(passed.headers['x-app'], 'yes')
    assert.deepEqual(told, [
      { method: 'GET', path: '/orders' },
      { method: 'GET', path: '/orders', status: 201 },
    ])
  })

  test('the application learns who asks from a signed minute, never from the client', async () => {
    let seen: IncomingMessage['headers'] = {}
    handle = (request, answer) => {
      seen = request.headers
      answer.end()
    }
    const headers = {
      'holdfast-assertion': 'forged',
      'x-forwarded-for': '127.0.0.1',
      cookie: '__Host-holdfast=secret; theme=dark',
      authorization: 'Bearer hf_secret',
    }
    const passed = await ask('/app/', { headers })
    passed.body.resume()
    const [head = '', payload = '', signature = ''] = String(seen['holdfast-assertion']).split('.')
    const key = createPublicKey({ key: { ...assertionKey.jwk }, format: 'jwk' })
    assert.ok(
      verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url')),
    )
    const said = (part: string): unknown =>
      JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    assert.deepEqual(said(head), { alg: 'EdDSA', typ: 'JWT', kid: assertionKey.jwk.kid })
    assert.deepEqual(said(payload), {
      iss: 'https://holdfast.example:8443',
      aud: upstream.origin,
      sub: '0190-person',
      kind: 'person',
      aal: 2,
      sid: 'session-1',
      iat: now.getTime() / 1000,
      exp: now.getTime() / 1000 + 60,
    })
    assert.equal(seen['cookie'], 'theme=dark')
    assert.equal(seen['authorization'], undefined)
    assert.equal(seen['x-forwarded-for'], '192.0.2.1')
    assert.equal(seen['x-forwarded-host'], 'holdfast.example:8443')
    assert.equal(`http://${seen['host']}`, upstream.origin)
  })

  test('bodies stream through: the first piece is answered before the last is sent', async () => {
    handle = (request, answer) => void request.pipe(answer)
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    async function* pieces() {
      yield Buffer.alloc(100_000, 1)
      await goOn
      yield Buffer.alloc(100_000, 2)
    }
    const body = Readable.from(pieces())
    const headers = { 'transfer-encoding': 'chunked' }
    const passed = await ask('/app/echo', { method: 'POST', headers, body })
    passed.body.once('data', () => resolve())
    const whole = await buffer(passed.body)
    assert.equal(whole.length, 200_000)
  })

  test('a redirect is handed back under the mount and not followed', async () => {
    let requests = 0
    handle = (_, answer) => {
      requests += 1
      answer.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    }
    const passed = await ask('/app/go')
    passed.body.resume()
    assert.deepEqual([passed.status, requests], [302, 1])
    assert.equal(passed.headers['location'], 'http://169.254.169.254/latest/meta-data')
  })

  test('path tricks, upgrades and odd methods never reach the application', async () => {
    handle = () => assert.fail('it reached the application')
    await assert.rejects(ask('/app//evil.example/'), { code: 'gate.unsafe-path' })
    await assert.rejects(ask('/app/%2e%2e/v1'), { code: 'gate.unsafe-path' })
    const headers = { connection: 'upgrade', upgrade: 'websocket' }
    await assert.rejects(ask('/app/', { headers }), { code: 'gate.upgrade-not-supported' })
    for (const method of ['CONNECT', 'TRACE', 'PROPFIND', 'get']) {
      await assert.rejects(ask('/app/', { method }), { code: 'gate.method-not-passed' })
    }
    assert.deepEqual(told, [])
  })

  test('what the threshold does not permit never reaches the application', async () => {
    handle = () => assert.fail('it reached the application')
    const refusing: Cross = async () => {
      throw new Refusal('identity.not-permitted', 403, 'No.')
    }
    const request = { method: 'GET', url: '/app/', headers: {} }
    const call = { publicUrl: 'https://localhost', actor, address: '::1', now }
    const rest = { signal: AbortSignal.timeout(5_000), body: Readable.from([]), cross: refusing }
    await assert.rejects(proxyRequest({ upstream, assertionKey, request, ...call, ...rest }), {
      code: 'identity.not-permitted',
    })
  })

  test('an application that does not answer in time is a 504, told as such', async () => {
    handle = () => {}
    await assert.rejects(ask('/app/slow'), { code: 'gate.upstream-too-slow', status: 504 })
    assert.equal(told.at(-1), 'gate.upstream-too-slow')
  })

  test('an application that hangs up is a 502', async () => {
    handle = (request) => request.socket.destroy()
    await assert.rejects(ask('/app/'), { code: 'gate.upstream-unreachable', status: 502 })
  })

  test('a caller who goes away is let go, and that is told', async () => {
    handle = () => caller.abort()
    const caller = new AbortController()
    const request = { method: 'GET', url: '/app/', headers: {} }
    const call = { publicUrl: 'https://localhost', actor, address: '::1', now }
    const rest = { signal: caller.signal, body: Readable.from([]), cross }
    await assert.rejects(proxyRequest({ upstream, assertionKey, request, ...call, ...rest }), {
      code: 'gate.caller-gone',
    })
    assert.equal(told.at(-1), 'gate.caller-gone')
  })
})

test('an application that is down is a 502, and is seen to be down', async () => {
  const upstream = openUpstream('http://127.0.0.1:1')
  const sent = upstream.send({
    method: 'GET',
    target: '/',
    headers: {},
    body: undefined,
    signal: AbortSignal.timeout(5_000),
  })
  await assert.rejects(sent, { code: 'gate.upstream-unreachable', status: 502 })
  await upstream.close()
  assert.equal(await isListening('http://127.0.0.1:1'), false)
})

test('a setting that is more or less than an origin is refused', () => {
  const settings = ['http://a/path', 'http://a/?q', 'http://u:p@a', 'ftp://a', 'localhost:3000', '']
  for (const setting of settings) {
    assert.throws(() => openUpstream(setting), { code: 'gate.upstream-not-an-origin' }, setting)
  }
})
