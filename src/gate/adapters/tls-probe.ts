import { randomBytes, X509Certificate } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { clientHello, type FirstAnswer, readFirstAnswer } from '../client-hello.ts'
import { familyOf } from '../address.ts'
import type { Listener } from '../listener.ts'

const patienceMs = 5_000

/** Offers one retired protocol, by raw bytes, and says what the server answered first. */
export async function offerRetired(listener: Listener, version: number): Promise<FirstAnswer> {
  const hello = clientHello(version, listener.serverName, randomBytes(32))
  return readFirstAnswer(await exchange(listener, hello))
}

/** Speaks plain HTTP to the listener and returns whatever came back before it hung up. */
export async function speakPlainly(listener: Listener): Promise<Buffer> {
  const request = `GET / HTTP/1.1\r\nHost: ${listener.serverName}\r\nConnection: close\r\n\r\n`
  return exchange(listener, Buffer.from(request, 'latin1'))
}

export interface Handshake {
  readonly protocol: string
  readonly suite: string
  readonly group: string
  /** The leaf the listener showed. */
  readonly leaf: X509Certificate
}

/**
 * A whole handshake as a careful client makes it: TLS 1.3, chain verified against `ca`, name
 * checked. Throws what the TLS library says where any of it fails.
 */
export async function shakeHands(listener: Listener, ca: string): Promise<Handshake> {
  const { promise, resolve, reject } = Promise.withResolvers<Handshake>()
  const socket = connectTls({
    host: listener.host,
    port: listener.port,
    // A name is sent only where it is one: an address in SNI is forbidden (RFC 6066 §3).
    ...(familyOf(listener.serverName) === 0 ? { servername: listener.serverName } : {}),
    ca,
    allowPartialTrustChain: true,
    minVersion: 'TLSv1.3',
  })
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('no TLS handshake within 5 s')))
  socket.once('error', reject)
  socket.once('secureConnect', () => {
    const key = socket.getEphemeralKeyInfo()
    const raw = socket.getPeerCertificate().raw
    resolve({
      protocol: socket.getProtocol() ?? 'none',
      suite: socket.getCipher().name,
      group: (key && 'name' in key ? key.name : undefined) ?? 'unknown',
      leaf: new X509Certificate(raw),
    })
  })
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}

/** Sends bytes and gathers the answer until the server hangs up, a record is whole, or patience ends. */
async function exchange({ host, port }: Listener, bytes: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const gathered: Buffer[] = []
  const socket = connectTcp({ host, port }, () => socket.write(bytes))
  socket.setTimeout(patienceMs, () => socket.destroy())
  socket.on('data', (piece) => {
    gathered.push(piece)
    if (Buffer.concat(gathered).length >= 7) socket.destroy()
  })
  socket.once('connect', () => socket.once('close', () => resolve(Buffer.concat(gathered))))
  socket.on('error', (error) => {
    // A reset after our bytes is an answer (hanging up); a refused connection is none.
    if (socket.bytesWritten === 0) reject(error)
  })
  return promise
}
