import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { openHouse, type TestHouse } from './house.ts'
import { enrol } from './identity-people.ts'

let application: Server
let house: TestHouse
const seen: IncomingMessage['headers'][] = []

before(async () => {
  application = createServer((incoming, answer) => {
    seen.push(incoming.headers)
    answer.setHeader('x-powered-by', 'secret sauce')
    void text(incoming).then((body) => answer.end(`${incoming.method} ${incoming.url} ${body}`))
  })
  await new Promise<void>((go) => {
    application.listen(0, '127.0.0.1', go)
  })
  const { port } = application.address() as AddressInfo
  house = await openHouse({
    listen: true,
    settings: { upstream: `http://127.0.0.1:${port}`, upstreamPort: 0 },
  })
})
after(async () => {
  await house.close()
  application.close()
  application.closeAllConnections()
})

/** A request to the application's own listener, over real TLS. */
function visit(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      const { method = 'GET', headers = {}, body } = init
      const call = request(
        {
          host: '127.0.0.1',
          servername: 'localhost',
          port: house.settings.upstreamPort,
          ca: house.ca,
          agent: false,
          path,
          method,
          headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
        },
        (answer) => {
          void text(answer).then((said) =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }),
          )
        },
      )
      call.on('error', reject)
      call.end(body)
    },
  )
}

const told = () =>
  house.owner.rows<{ outcome: string; code: string | null; kind: string }>({
    text: `select outcome, code, actor_kind as kind from trail.entry
           where action = 'gate.upstream.request' order by id`,
  })

test('nobody reaches the application without having signed in, and each attempt is told', async () => {
  const { status, body } = await visit('/app/')
  equal(status, 401)
  equal((JSON.parse(body) as { code: string }).code, 'identity.not-signed-in')
  equal(seen.length, 0)
  deepEqual(await told(), [
    { outcome: 'refused', code: 'identity.not-signed-in', kind: 'anonymous' },
  ])
})

test('who has signed in reaches it; it learns who, and gets nothing it could pass for them with', async () => {
  const { cookie, personId } = await enrol(
    house,
    'nadia@processor.example',
    ['administrator'],
    'first-administrator',
  )
  const before = (await told()).length
  const answer = await visit('/app/orders?page=2', {
    method: 'POST',
    headers: {
      cookie: `${cookie}; theme=dark`,
      'holdfast-assertion': 'forged',
      'x-forwarded-for': '203.0.113.9',
    },
    body: 'hello',
  })
  equal(answer.status, 200, answer.body)
  equal(answer.body, 'POST /orders?page=2 hello')
  equal(answer.headers['x-powered-by'], undefined)
  match(answer.headers['strict-transport-security'] ?? '', /max-age/)
  const [headers] = seen
  equal(headers?.cookie, 'theme=dark')
  equal(headers?.['x-forwarded-for'], '127.0.0.1')
  const [, claims] = String(headers?.['holdfast-assertion']).split('.')
  const { sub } = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()) as { sub: string }
  ok(sub.includes(personId), sub)
  deepEqual((await told()).slice(before), [
    { outcome: 'done', code: null, kind: 'person' },
    { outcome: 'done', code: null, kind: 'person' },
  ])
})

test("the console's origin is another one, and has no application on it", async () => {
  const answer = await house.request('/app/')
  equal(answer.status, 404)
})
