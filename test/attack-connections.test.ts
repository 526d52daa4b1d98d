import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
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
import { openHouse } from './house.ts'

const stalledMs = 300
const dir = mkdtempSync(join(tmpdir(), 'holdfast-connections-'))
let certificates: Certificates
let server: Server
const closed = new Set<number | undefined>()

before(async () => {
  certificates = await openCertificates({
    dataDir: dir,
    hosts: ['localhost'],
    certFile: undefined,
    keyFile: undefined,
    now: new Date(),
  })
  server = createServer(tlsOptions(certificates), ({ url }, response) => {
    const slices = Array.from({ length: url === '/large' ? 640 : 1 }, () => Buffer.alloc(65_536))
    const answer = () => pipeline(Readable.from(slices), response, () => {})
    setTimeout(answer, url === '/slow' ? 4 * stalledMs : 0)
  })
  guardConnections(server, () => new Date(), { perClient: 3, stalledMs })
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort
    socket.once('close', () => closed.add(port))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
after(() => {
  server.close()
  server.closeAllConnections()
  rmSync(dir, { recursive: true })
})

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

/** Whether the other side hangs up within a moment. */
const isCut = (socket: Socket, withinMs = 150) =>
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
  own[0]!.destroy()
  await pause(20)
  const next = await open(here())
  equal(await isCut(next, 50), false, 'one in the place of another')
  for (const socket of [...own, other, next]) socket.destroy()
  await pause(20)
})

test('an answer that is not taken is cut, one that is taken slowly is not', async () => {
  const idle = await asking('/large', '127.0.73.14')
  const slow = await asking('/large', '127.0.73.10')
  const [idlePort, slowPort] = [idle.localPort, slow.localPort]
  idle.pause()
  let taken = 0
  slow.on('data', (piece: Buffer) => {
    taken += piece.length
    slow.pause()
    setTimeout(() => slow.resume(), 2)
  })
  await pause(4 * stalledMs)
  ok(closed.has(idlePort), 'whoever takes nothing is cut')
  ok(!closed.has(slowPort), `whoever takes a little is not: ${taken} bytes`)
  idle.destroy()
  slow.destroy()
})

test('a request that we are slow to answer is waited for', async () => {
  const socket = await asking('/slow', '127.0.73.11')
  let heard = 0
  socket.on('data', (piece: Buffer) => (heard += piece.length))
  await pause(5 * stalledMs)
  ok(heard > 65_536, `${heard} bytes of an answer that took long to make`)
  socket.destroy()
})

test('a connection that asks nothing is cut', async () => {
  ok(await isCut(await asking(undefined, '127.0.73.12'), 4 * stalledMs))
})

test('a house with four hundred connections of one client still serves the others', async () => {
  const house = await openHouse({ listen: true })
  const from = '127.0.73.13'
  const port = house.settings.port
  try {
    const many = await Promise.all(
      Array.from({ length: connectionBounds.perClient + 10 }, () => open(port, from)),
    )
    await pause(100)
    equal(many.filter((socket) => socket.resume().destroyed || socket.closed).length, 10)
    equal((await house.request('/healthz')).status, 200)
    for (const socket of many) socket.destroy()
  } finally {
    await house.close()
  }
})
