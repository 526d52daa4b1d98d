import { deepEqual, equal, ok } from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import { createServer, request, type Server } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import {
  type Certificates,
  connectionBounds,
  doorTally,
  guardConnections,
  openCertificates,
  tlsOptions,
} from '#gate'
import { underWay } from '#identity'
import { ask, asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, wideLimits } from './house.ts'
import { takeIn } from './vault-people.ts'

const stalledMs = 300
const dir = mkdtempSync(join(tmpdir(), 'holdfast-connections-'))
let certificates: Certificates
let server: Server
const closed = new Set<number | undefined>()
const closings = new EventEmitter()
/** A loaded machine is given time; what comes at once is not waited for. */
const patienceMs = 10_000

before(async () => {
  certificates = await openCertificates({
    dataDir: dir,
    hosts: ['localhost'],
    certFile: undefined,
    keyFile: undefined,
    now: new Date(),
  })
  server = createServer(tlsOptions(certificates), ({ url }, response) => {
    const answer = () =>
      pipeline(Readable.from(slices(url === '/endless' ? Infinity : 1)), response, () => {})
    setTimeout(answer, url === '/slow' ? 4 * stalledMs : 0)
  })
  guardConnections(server, () => new Date(), { perClient: 3, stalledMs })
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort
    socket.once('close', () => {
      closed.add(port)
      closings.emit('closed')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
after(() => {
  server.close()
  server.closeAllConnections()
  rmSync(dir, { recursive: true })
})

function* slices(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(65_536)
}

/** A connection, from an address of its own where one is named. */
async function open(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}
/** As {@link open}, through the handshake, with one request sent if there is one. */
async function asking(path: string | undefined, localAddress: string): Promise<Socket> {
  const socket = connectTls({
    socket: await open(here(), localAddress),
    servername: 'localhost',
    ca: certificates.ca,
  })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  if (path !== undefined) socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  return socket
}
const here = () => (server.address() as AddressInfo).port

/** Resolves when the server has seen the end of a connection. */
async function seenClosed(port: number | undefined): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs)
  while (!closed.has(port)) await once(closings, 'closed', { signal })
}

/** Whether the other side hangs up within a moment. */
const isCut = (socket: Socket, withinMs = patienceMs) =>
  Promise.race([once(socket.resume(), 'close').then(() => true), pause(withinMs, false)])

test('one client cannot hold every place, and gives back what it leaves', async () => {
  doorTally.take()
  const own = [await open(here()), await open(here()), await open(here())]
  ok(await isCut(await open(here())), 'a fourth of the same client')
  const other = await open(here(), '127.0.73.9')
  equal(await isCut(other, 50), false, 'another client')
  deepEqual(
    doorTally.take().map(({ code, count }) => `${code} ${count}`),
    ['gate.too-many-connections 1'],
  )
  const { localPort } = own[0]!
  own[0]!.destroy()
  await seenClosed(localPort)
  const next = await open(here())
  equal(await isCut(next, 50), false, 'one in the place of another')
  const last = [own[1]!, own[2]!, other, next]
  const ports = last.map((socket) => socket.localPort)
  for (const socket of last) socket.destroy()
  for (const port of ports) await seenClosed(port)
})

test('an answer that is not taken is cut, one that is taken slowly is not', async () => {
  const idle = await asking('/endless', '127.0.73.14')
  const slow = await asking('/endless', '127.0.73.10')
  const [idlePort, slowPort] = [idle.localPort, slow.localPort]
  idle.pause()
  // At each turn as much as the other side has queued at most: however slow this machine is, it sees
  // something move; between turns nothing moves.
  const mostQueued = 2 ** 22
  let taken = 0
  let turn = 0
  slow.on('data', (piece: Buffer) => {
    taken += piece.length
    turn += piece.length
    if (turn < mostQueued) return
    turn = 0
    slow.pause()
    setTimeout(() => slow.resume(), stalledMs / 10)
  })
  await seenClosed(idlePort)
  await pause(2 * stalledMs)
  ok(!closed.has(slowPort), `whoever takes a little is not: ${taken} bytes`)
  idle.destroy()
  slow.destroy()
})

test('a request that we are slow to answer is waited for', async () => {
  const socket = await asking('/slow', '127.0.73.11')
  const signal = AbortSignal.timeout(patienceMs)
  for (let heard = 0; heard <= 65_536;)
    heard += ((await once(socket, 'data', { signal })) as [Buffer])[0].length
  socket.destroy()
})

test('a connection that asks nothing is cut', async () => {
  ok(await isCut(await asking(undefined, '127.0.73.12')))
})

test('a house with four hundred connections of one client still serves the others', async () => {
  const house = await openHouse({ listen: true })
  const from = '127.0.73.13'
  const port = house.settings.port
  const many: Socket[] = []
  try {
    const cut = Promise.withResolvers<void>()
    let gone = 0
    for (let i = 0; i < connectionBounds.perClient + 10; i += 1) {
      const socket = await open(port, from)
      socket.resume().once('close', () => (gone += 1) === 10 && cut.resolve())
      many.push(socket)
    }
    await cut.promise
    equal((await house.request('/healthz')).status, 200)
    equal(gone, 10, 'and no more than those')
  } finally {
    for (const socket of many) socket.destroy()
    await house.close()
  }
})

test('one caller cannot fill the memory of everybody with bodies that do not end', async () => {
  const house = await openHouse({ listen: true, limits: wideLimits })
  after(() => house.close())
  const { controllerId } = await takeIn(house)
  const [greedy, other] = [
    await callerWith(house, { actions: ['vault.record.put'] }),
    await callerWith(house, { actions: ['vault.record.put'] }),
  ]
  const path = `/v1/controllers/${controllerId}/records`
  const { port } = house.settings
  const json = (token: string) => ({ ...asCaller(token), 'content-type': 'application/json' })
  /** Nobody says how long this is to become. */
  const put = async ({ token, workloadId: subjectKey }: Caller) => {
    const row = { subjectKey, category: 'contact', fields: { name: 'Ada' } }
    const body = Readable.from([Buffer.from(JSON.stringify({ records: [row] }))])
    const init = { method: 'POST', headers: json(token), body }
    return (await ask({ port, ca: house.ca }, `${path}/batch`, init)).status
  }
  const opened: ClientRequest[] = []
  const refused = new Promise<number | undefined>((resolve) => {
    for (let i = 0; i < 200; i += 1) {
      const headers = { ...json(greedy.token), 'transfer-encoding': 'chunked' }
      const to = { host: '127.0.0.1', servername: 'localhost', port, ca: house.ca, agent: false }
      const call = request({ ...to, path: `${path}/batch`, method: 'POST', headers })
      call.on('error', () => {}).once('response', ({ statusCode }) => resolve(statusCode))
      call.write('{')
      opened.push(call)
    }
  })
  equal(await Promise.race([refused, pause(patienceMs)]), 429)
  equal(await put(greedy), 429)
  equal(await put(other), 200)
  for (const call of opened) call.destroy()
  let status = 0
  for (const until = Date.now() + patienceMs; status !== 200 && Date.now() < until;) {
    status = await put(greedy)
    if (status !== 200) await pause(50)
  }
  equal(status, 200, 'its room is its own again')
})

test('what waits for one controller does not hold up another', async () => {
  const house = await openHouse()
  after(() => house.close())
  const [busy, other] = [
    '01890000-0000-7000-8000-00000000aaaa',
    '01890000-0000-7000-8000-00000000bbbb',
  ]
  const { promise: freed, resolve: free } = Promise.withResolvers<void>()
  const { database } = house
  const held = Array.from({ length: 40 }, () =>
    database.transaction({ scope: busy }, async () => freed),
  )
  const late = pause(patienceMs).then(() => 'nothing')
  const passed = database.transaction({ scope: other }, async () => 'passed')
  equal(await Promise.race([passed, late]), 'passed')
  free()
  await Promise.all(held)
})

test('whoever is gone before it is known who they are leaves nothing under way', async () => {
  const house = await openHouse({ listen: true, limits: wideLimits })
  after(() => house.close())
  const { token } = await callerWith(house, { actions: ['gate.upstream.request'] })
  const head = Object.entries({ host: 'localhost', ...asCaller(token) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const { port } = house.settings
  const to = { port, host: '127.0.0.1', servername: 'localhost', ca: house.ca }
  for (let delayMs = 0; delayMs < 6; delayMs += 1)
    for (let i = 0; i < 20; i += 1) {
      const socket = connectTls(to)
      await once(socket, 'secureConnect')
      socket.write(`GET /v1/self HTTP/1.1\r\n${head.join('')}\r\n`)
      await pause(delayMs)
      socket.on('error', () => {}).destroy()
    }
  for (const until = Date.now() + patienceMs; Date.now() < until && left() > 0;) await pause(50)
  equal(left(), 0)
})

const left = () => underWay.grownFor(0).length
