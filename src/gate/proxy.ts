import type { Readable } from 'node:stream'
import type { Actor, Cross } from '#kernel'
import { assertActor, assertionHeader, type AssertionKey } from './assertion.ts'
import { answerHeaders, type Headers, type OutHeaders, requestHeaders } from './passing-headers.ts'
import { methodNotPassed, upgradeNotSupported } from './refusals.ts'
import { upstreamPathOf } from './upstream-path.ts'

/** Where the application stands in our address space. */
export const upstreamMount = '/app/'

/** A request as it goes on to the application. */
export interface UpstreamRequest {
  readonly method: PassedMethod
  readonly target: string
  readonly headers: OutHeaders
  readonly body: Readable | undefined
  readonly signal: AbortSignal
}

export interface UpstreamAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readable
}

/** The one application behind the door; `adapters/upstream.ts` reaches it. */
export interface Upstream {
  /** `http://127.0.0.1:3000`; requests go nowhere else. */
  readonly origin: string
  /** @throws {Refusal} `gate.upstream-unreachable`, `gate.upstream-too-slow`, `gate.caller-gone`. */
  send(request: UpstreamRequest): Promise<UpstreamAnswer>
  close(): Promise<void>
}

export interface Proxying {
  readonly upstream: Upstream
  readonly assertionKey: AssertionKey
  /** Our public URL: issuer of the assertion, and what the application is told it is reached by. */
  readonly publicUrl: string
  /** Crosses the threshold as the caller, action `gate.upstream.request`, scope `house`. */
  readonly cross: Cross
  readonly actor: Actor
  /** The caller's address. */
  readonly address: string
  readonly now: Date
  readonly signal: AbortSignal
  /** Node's `IncomingMessage`, as far as it matters here. */
  readonly request: {
    readonly method: string
    /** The raw request target. */
    readonly url: string
    readonly headers: Headers
  }
  readonly body: Readable
}

/** An answer to be written to the client as it is. Its body must be consumed or destroyed. */
export interface Passed {
  readonly status: number
  readonly headers: OutHeaders
  readonly body: Readable
}

const passedMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type PassedMethod = (typeof passedMethods)[number]

/**
 * Passes one request on to the application behind the door, as two acts: before it leaves, that it
 * was asked (so nothing reaches the application unpermitted or untold), and before the answer goes
 * back, with what status. Bodies stream through in both directions.
 *
 * @throws {Refusal} `gate.unsafe-path`, `gate.method-not-passed`, `gate.upgrade-not-supported`
 *   before anything is sent; what {@link Upstream} throws after.
 */
export async function proxyRequest(proxying: Proxying): Promise<Passed> {
  const { cross, upstream, request } = proxying
  const method = passedMethod(request.method)
  if (request.headers['upgrade'] !== undefined) throw upgradeNotSupported()
  const { target, path } = upstreamPathOf(request.url, upstreamMount)
  const asked = { method, path }
  await cross(async (act) => act.tell(asked), 'read')
  const sent = upstream.send({
    method,
    target,
    headers: { ...requestHeaders(request.headers), ...forwarding(proxying) },
    body: hasBody(request.headers) ? proxying.body : undefined,
    signal: proxying.signal,
  })
  const answer = await sent.catch((error: unknown) =>
    // Crosses once more, so that the entry tells that there was no answer, and why.
    cross<never>(async (act) => {
      act.tell(asked)
      throw error
    }, 'read'),
  )
  try {
    await cross(async (act) => act.tell({ ...asked, status: answer.status }), 'read')
  } catch (error) {
    answer.body.destroy()
    throw error
  }
  const { status, body } = answer
  return { status, headers: answerHeaders(answer.headers, upstream.origin, upstreamMount), body }
}

function passedMethod(method: string): PassedMethod {
  const passed = passedMethods.find((name) => name === method)
  if (passed === undefined) throw methodNotPassed(method)
  return passed
}

function forwarding({ upstream, assertionKey, publicUrl, actor, address, now }: Proxying) {
  const { host, protocol } = new URL(publicUrl)
  const claims = { issuer: publicUrl, audience: upstream.origin, actor }
  return {
    'x-forwarded-for': address,
    'x-forwarded-host': host,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-prefix': upstreamMount.slice(0, -1),
    [assertionHeader]: assertActor(assertionKey, claims, now),
  }
}

function hasBody(headers: Headers): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
