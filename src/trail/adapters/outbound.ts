/**
 * The way out to receivers. It leads only to the address a stream names, over TLS with a certificate
 * that is checked, follows no redirect, and has a deadline.
 *
 * Addresses of private networks, of this host and of its link are closed unless the operator's own
 * setting names the host: whoever may add a stream, or an anchor (`outside.ts`), must not be able to
 * make the house speak to its neighbours. What is asked is the address that a name leads to at this very moment, so a name that
 * changes its mind afterwards leads nowhere else.
 *
 * @module
 */
import { lookup as resolveName } from 'node:dns'
import { request } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import type { Settings } from '#kernel'
import type { Destination } from '../streams/stream.ts'

const deadlineMs = 10_000
const longestAnswerBytes = 65_536
const syslogPort = 6514

/** Addresses that belong to this host or a network around it, and such as nobody has. */
const closed = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  closed.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  closed.addSubnet(network, prefix, 'ipv6')

/** Whether an IP address is one the house does not go to by itself. */
export const isClosed = (address: string): boolean =>
  closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Hosts of private networks that the operator has opened, by name or address. */
export const openedBy = ({ privateDestinations }: Pick<Settings, 'privateDestinations'>) =>
  (privateDestinations ?? '').split(',').map((host) => host.trim())

export interface Way {
  /** Hosts of private networks that the operator has opened, by name or address. */
  readonly opened: readonly string[]
  /** Aborted when the house closes. */
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly body: string
  /** Seconds the receiver asks to be left alone. */
  readonly retryAfter: number | undefined
}

/** One POST. @throws whatever keeps it from being answered in time. */
export function post(
  destination: Pick<Destination, 'address' | 'ca'>,
  headers: Readonly<Record<string, string>>,
  body: string,
  way: Way,
): Promise<Answer> {
  const url = new URL(destination.address)
  return withDeadline(
    way,
    (signal) =>
      new Promise((resolve, reject) => {
        const call = request(
          url,
          {
            method: 'POST',
            agent: false,
            signal,
            headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
            ...secured(destination, url, way),
          },
          (answer) => {
            const pieces: Buffer[] = []
            let size = 0
            answer.on('data', (piece: Buffer) => {
              size += piece.length
              if (size > longestAnswerBytes) call.destroy(new Error('its answer is too long'))
              else pieces.push(piece)
            })
            answer.on('error', reject)
            answer.on('end', () => {
              const asked = Number(answer.headers['retry-after'])
              resolve({
                status: answer.statusCode ?? 0,
                body: Buffer.concat(pieces).toString('utf8'),
                retryAfter: Number.isFinite(asked) ? asked : undefined,
              })
            })
          },
        )
        call.on('error', reject)
        call.end(body)
      }),
  )
}

/** A receiver that closes at once, instead of reading, is given this long to show it. */
const shortestSettleMs = 50

/**
 * Sends bytes over a connection of their own and closes it in order. Syslog has no answer: what comes
 * nearest is that the receiver has stayed until everything was written, and closes only in answer to
 * our close (RFC 5425 §4.4), which it reads after all that came before.
 *
 * @throws whatever keeps it from closing so in time.
 */
export function sendOver(
  destination: Pick<Destination, 'address' | 'ca'>,
  bytes: Buffer,
  way: Way,
): Promise<void> {
  const url = new URL(destination.address)
  return withDeadline(
    way,
    (signal) =>
      new Promise((resolve, reject) => {
        const began = performance.now()
        const socket = connect({
          host: bare(url.hostname),
          port: url.port === '' ? syslogPort : Number(url.port),
          ...secured(destination, url, way),
        })
        const stop = () => socket.destroy(new Error('it took too long'))
        signal.addEventListener('abort', stop, { once: true })
        let [hasEnded, isAnswer] = [false, false]
        socket.on('secureConnect', () => {
          // A handshake takes at least one way there and back, as does the news that nobody reads.
          const settleMs = Math.max(shortestSettleMs, performance.now() - began)
          socket.write(bytes, () => setTimeout(close, settleMs))
        })
        const close = () => {
          isAnswer = !hasEnded
          socket.end()
        }
        // Whatever a receiver says is none of our business; unread it would keep the end from coming.
        socket.resume()
        socket.on('end', () => {
          hasEnded = true
        })
        socket.on('error', reject)
        socket.on('close', (failed) => {
          signal.removeEventListener('abort', stop)
          if (isAnswer && hasEnded && !failed) resolve()
          else reject(new Error('it closed before it had read everything'))
        })
      }),
  )
}

function secured(
  { ca }: Pick<Destination, 'ca'>,
  url: URL,
  way: Way,
): ConnectionOptions & { readonly lookup: LookupFunction } {
  const host = bare(url.hostname)
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    lookup: lookupOpen(url, way),
  }
}

/**
 * Resolves a name as Node does, and refuses what it must not lead to.
 *
 * @throws {Error} at once, where the host is an address that is closed.
 */
export function lookupOpen({ hostname }: URL, way: Pick<Way, 'opened'>): LookupFunction {
  const host = bare(hostname)
  // Node asks nobody where an address leads.
  if (isIP(host) !== 0) demandOpen(host, host, way)
  return (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, [])
      try {
        for (const { address } of found) demandOpen(address, host, way)
      } catch (closedError) {
        return done(closedError as Error, [])
      }
      if (options.all === true) return done(null, found)
      return done(null, found[0]!.address, found[0]!.family)
    })
  }
}

function demandOpen(address: string, host: string, { opened }: Pick<Way, 'opened'>): void {
  if (!isClosed(address) || opened.includes(host) || opened.includes(address)) return
  throw new Error(
    `${host} leads into a private network (${address}), which HOLDFAST_PRIVATE_DESTINATIONS does not open`,
  )
}

const bare = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')

async function withDeadline<T>(
  { signal }: Way,
  deed: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return deed(AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]))
}
