import { connect } from 'node:net'
import { errors, Pool } from 'undici'
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../proxy.ts'
import {
  callerGone,
  upstreamNotAnOrigin,
  upstreamTooSlow,
  upstreamUnreachable,
} from '../refusals.ts'

export interface UpstreamOptions {
  readonly connectTimeoutMs?: number
  /** From the request's end to the answer's header. */
  readonly headersTimeoutMs?: number
  /** Between two pieces of the answer's body. */
  readonly bodyTimeoutMs?: number
  readonly connections?: number
}

/**
 * Opens the way to one application. Requests go to this origin only; redirects are handed to the
 * client, never followed.
 *
 * @throws {Refusal} `gate.upstream-not-an-origin`.
 */
export function openUpstream(setting: string, options: UpstreamOptions = {}): Upstream {
  const origin = originOf(setting)
  const pool = new Pool(origin, {
    connections: options.connections ?? 128,
    pipelining: 1,
    connect: { timeout: options.connectTimeoutMs ?? 2_000 },
    headersTimeout: options.headersTimeoutMs ?? 30_000,
    bodyTimeout: options.bodyTimeoutMs ?? 60_000,
    maxHeaderSize: 32_768,
  })
  return {
    origin,
    send: (request) => send(pool, request),
    close: () => pool.destroy(),
  }
}

async function send(pool: Pool, request: UpstreamRequest): Promise<UpstreamAnswer> {
  const { method, target, headers, body = null, signal } = request
  try {
    const answer = await pool.request({ method, path: target, headers, body, signal })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  } catch (error) {
    if (signal.aborted || body?.errored) throw callerGone()
    throw error instanceof errors.HeadersTimeoutError ? upstreamTooSlow() : asUnreachable(error)
  }
}

/** Faults of the way there are the application's; anything else (an argument refused) is ours. */
function asUnreachable(error: unknown): unknown {
  const ours = error instanceof errors.InvalidArgumentError
  return ours || !(error instanceof Error && 'code' in error) ? error : upstreamUnreachable()
}

function originOf(setting: string): string {
  const url = URL.parse(setting)
  if (url === null || !/^https?:$/.test(url.protocol)) throw upstreamNotAnOrigin()
  const beyond = url.pathname !== '/' || url.search !== '' || url.hash !== ''
  if (beyond || url.username !== '' || url.password !== '') throw upstreamNotAnOrigin()
  return url.origin
}

/** Whether anything accepts connections at the application's address, within a second. */
export async function isListening(setting: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(setting)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  })
  socket.setTimeout(1_000, () => socket.destroy())
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  socket.once('close', () => resolve(false))
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
