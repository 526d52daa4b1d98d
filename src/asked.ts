/**
 * What a request asks of the house, and why: everything an act's crossing needs, and nothing of its body.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import type { Actor, Route, Scope } from '#kernel'
import { crossSite, fromElsewhere, invalid, whyMissing, wrongMediaType } from './http-refusals.ts'
import { addressOf } from './recognise.ts'
import type { Crossing } from './threshold.ts'

/** Who asks for what, and why; of the request only what its header says. */
export function askedBy(route: Route, request: FastifyRequest, actor: Actor): Asked {
  return {
    ...why(route, request, actor),
    actor,
    source: sourceOf(request),
    action: route.action,
    scope: scopeOf(route, request),
    assurance: route.assurance ?? 2,
  }
}

/** A crossing, before anybody knows what it does and to which categories. */
export type Asked = Omit<Crossing, 'effect' | 'categories'>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function scopeOf(route: Route, request: FastifyRequest): Scope {
  const scope = route.scope?.(request.params) ?? 'house'
  if (scope !== 'house' && !uuid.test(scope.controllerId)) throw invalid('params', 'controllerId')
  return scope
}

/** The categories a route says it is about, where it says any. */
export function wanted(route: Route, request: FastifyRequest) {
  const categories = route.categories?.({
    params: request.params,
    query: request.query,
  })
  return categories === undefined ? {} : { categories }
}

/**
 * Purpose and reason travel in headers: they are not part of what is asked, but of why.
 *
 * A purpose stands readable in the entry's leaf, for ever. So it counts only where somebody holds it
 * against something: the act against the contract, or a grant that is confined to it. Anything else
 * would be a caller's free text in a place that names no one.
 */
function why(route: Route, request: FastifyRequest, { grants }: Actor) {
  const given = textHeader(request, 'holdfast-purpose', 100)
  const isHeld =
    route.purpose === 'required' ||
    grants.some(({ purposes }) => purposes?.some((name) => name === given) === true)
  const purpose = isHeld ? given : undefined
  const reason = textHeader(request, 'holdfast-reason', 500)
  if (route.purpose === 'required') {
    if (purpose === undefined) throw whyMissing('purpose')
    if (reason === undefined) throw whyMissing('reason')
  }
  return {
    ...(purpose === undefined ? {} : { purpose }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Node hands header bytes over as latin1; a reason in UTF-8 is read back as what it is. */
function textHeader(request: FastifyRequest, name: string, longest: number): string | undefined {
  const value = one(request.headers[name])
  if (value === undefined || value.trim() === '') return undefined
  const bytes = Buffer.from(value, 'latin1')
  const text = isUtf8(bytes) ? bytes.toString('utf8') : value
  if (text.length > longest) throw invalid('headers', name)
  return text.trim()
}

/**
 * A browser sends the cookie by itself; only our own pages can add our header to it (CSRF). Where it says
 * itself that another page asks (Fetch Metadata, RFC 6454), that is the end of it, cookie or not: else a
 * page elsewhere could sign its visitor in as somebody else.
 */
export function demandSameSite({ method, headers }: FastifyRequest, publicUrl: string): void {
  if (method === 'GET' || method === 'HEAD' || headers.authorization !== undefined) return
  if (isForeign(headers, publicUrl)) throw fromElsewhere()
  if (headers.cookie !== undefined && headers['holdfast-request'] !== '1') throw crossSite()
}

function isForeign(headers: FastifyRequest['headers'], publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  if (origin === undefined) return false
  return origin !== new URL(publicUrl).origin && origin !== `https://${host}`
}

/** @throws {Refusal} `gate.media-type` for a body of any other kind. */
export function demandMediaType(request: FastifyRequest, allowed: readonly string[]): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim()
  if (type === undefined || !allowed.includes(type)) throw wrongMediaType(allowed)
}

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

/** Where each request came from. */
export const addresses = new WeakMap<FastifyRequest, string>()

/** Where a request came from, also when its body was broken off and Node has taken its socket away. */
export const cameFrom = (request: FastifyRequest): string =>
  addresses.get(request) ?? addressOf(request.raw.socket)

/** Where a request comes from, as its entry says it. */
export function sourceOf(request: FastifyRequest) {
  const agent = request.headers['user-agent']?.slice(0, 200)
  return { address: cameFrom(request), ...(agent === undefined ? {} : { agent }) }
}

export function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
