import { deepEqual, equal, ok } from 'node:assert/strict'
import { Agent } from 'node:https'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { limits } from '#gate'
import { ask, type Ask, type Caller, callerWith, type Heard } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'

const few = { burst: 4, perSecond: 0.1 }
/** What the application behind the door says, byte for byte. */
let saying = ''
let heard = ''
let application: Server
let house: TestHouse
let caller: Caller

before(async () => {
  application = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      heard = bytes.toString('latin1')
      socket.end(saying, 'latin1')
    })
  })
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
  const upstream = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
  house = await openHouse({
    listen: true,
    settings: { upstream },
    limits: {
      ...limits,
      anonymous: { ...limits.anonymous, ...few },
      unrecognised: { ...limits.unrecognised, ...few },
    },
  })
  caller = await callerWith(house, { actions: ['gate.*', 'trail.*', 'vault.controller.list'] })
})
after(async () => {
  await house.close()
  application.close()
})

type From = Ask & { readonly from?: string }
const to =
  (port: () => number) =>
  (path: string, { from = '127.0.0.1', ...init }: From = {}) =>
    ask({ port: port(), ca: house.ca }, path, {
      ...init,
      agent: new Agent({ localAddress: from }),
    })
const toHouse = to(() => house.settings.port)
const toApplication = to(() => house.settings.upstreamPort)

let hosts = 10
/** An address that nobody has come from yet. */
const elsewhere = () => `127.0.73.${(hosts += 1)}`

const entries = async () =>
  (await house.owner.first<{ n: number }>({ text: 'select count(*) as n from trail.entry' }))!.n

const madeUp: readonly Readonly<Record<string, string>>[] = [
  { cookie: `__Host-holdfast=${'A'.repeat(43)}` },
  { cookie: 'x__Host-holdfast=1' },
  { authorization: 'Bearer hf_none' },
]

for (const [what, path] of [
  ['the public annex', '/public/annex'],
  ['the key of assertions', '/.well-known/holdfast-jwks.json'],
  ['the health of the house', '/healthz?whose'],
  ['the root log', '/log/root/checkpoint'],
  ['an address where nothing is', '/nothing'],
])
  test(`whoever shows a made-up credential reads ${what} no more often than who shows none`, async () => {
    for (const headers of madeUp) {
      const from = elsewhere()
      const statuses: number[] = []
      for (let i = 0; i < few.burst + 2; i += 1)
        statuses.push((await toHouse(path!, { headers, from })).status)
      equal(statuses.at(-1), 429, `${JSON.stringify(headers)} ${statuses.join()}`)
    }
  })

for (const [what, send, path] of [
  ['the application', toApplication, '/app/x'],
  ['a log', toHouse, '/log/house/checkpoint'],
] as const)
  test(`false credentials shown to ${what} are not looked up, nor told one by one, for ever`, async () => {
    for (const headers of [madeUp[0]!, madeUp[2]!]) {
      const from = elsewhere()
      for (let i = 0; i < few.burst + 1; i += 1)
        equal((await send(path, { headers, from })).status, 401)
      const before = await entries()
      equal((await send(path, { headers, from })).status, 429)
      equal(await entries(), before)
    }
  })

test('a good credential is not held up by false ones that came before it', async () => {
  const headers = { authorization: `Bearer ${caller.token}` }
  for (let i = 0; i < few.burst + 4; i += 1)
    equal((await toHouse('/v1/controllers', { headers, from: elsewhere() })).status, 200)
})

test('the name of a log that no table can keep is no log, and no fault of ours', async () => {
  const headers = { authorization: `Bearer ${caller.token}` }
  for (const log of ['%00', '%C3%28', 'a'.repeat(90), '..%2f..', 'HOUSE'])
    ok([400, 404].includes((await toHouse(`/log/${log}/checkpoint`, { headers })).status), log)
  deepEqual(house.faults, [])
})

const through = (init: From = {}) =>
  Promise.race([
    toApplication('/app/x', {
      ...init,
      headers: { authorization: `Bearer ${caller.token}`, ...init.headers },
    }).catch((error: NodeJS.ErrnoException): Heard => ({
      status: 0,
      body: error.code ?? '',
      headers: {},
    })),
    new Promise<Heard>((resolve) =>
      setTimeout(resolve, 3_000, { status: -1, body: 'nothing for three seconds', headers: {} }),
    ),
  ])

test('an application that breaks off in the middle leaves nobody waiting', async () => {
  saying = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n'
  const answer = await through()
  equal(answer.status, 0, answer.body)
})

test('an application cannot set our session, however it spells the cookie', async () => {
  const lines = ['__Host-holdfast=a; Secure; Path=/', ' =__Host-holdfast=b', '__host-HOLDFAST=c']
  const cookies = lines.map((line) => `set-cookie: ${line}\r\n`).join('')
  saying = `HTTP/1.1 200 OK\r\n${cookies}set-cookie: own=1\r\ncontent-length: 2\r\n\r\nok`
  const answer = await through()
  deepEqual(answer.headers['set-cookie'], ['own=1'])
})

test('nobody tells the application another path, method or address than the door has told', async () => {
  saying = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
  const names = [
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'true-client-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'x-real-ip',
    'forwarded',
    'x-forwarded-for',
    'x_forwarded_for',
    'holdfast_assertion',
  ]
  const headers = Object.fromEntries(names.map((name) => [name, 'qzx-made-up']))
  equal((await through({ headers: { ...headers, 'x-own': 'kept' } })).status, 200)
  ok(heard.includes('x-own: kept'), heard)
  ok(!heard.includes('qzx-made-up'), heard)
})
