/**
 * The way out to receivers. It leads only to the address a stream names, over TLS with a certificate
 * that is checked, follows no redirect, has a deadline, and leads into no private network that the operator has
 * not opened (`ground/adapters/way-out.ts`).
 *
 * @module
 */
import { request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import { bareHost, lookupOpen } from '#ground'
import type { Destination } from '../streams/stream.ts'

const deadlineMs = 10_000
const longestAnswerBytes = 65_536
const syslogPort = 6514

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
          host: bareHost(url.hostname),
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
  const host = bareHost(url.hostname)
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    lookup: lookupOpen(url, way.opened),
  }
}

async function withDeadline<T>(
  { signal }: Way,
  deed: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return deed(AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]))
}
