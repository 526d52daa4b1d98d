/**
 * What a route answers: its acts crossed one by one, its head, and pieces as they are released.
 *
 * @module
 */
import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type Act,
  type Actor,
  anonymous,
  type Effect,
  Refusal,
  type Route,
  type Sealed,
  Streamed,
} from '#kernel'
import { receiptHeader } from '#trail'
import { askedBy, wanted } from './asked.ts'
import { type Head, RequestCall } from './call.ts'
import { tellEnd } from './refused.ts'
import type { ServerParts } from './server-parts.ts'
import { writeSlices } from './slices.ts'

/** Lets a route act, and makes its answer. */
export async function answer(
  parts: ServerParts,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const actor = request.actor ?? anonymous
  const crossing = { ...askedBy(route, request, actor), ...wanted(route, request) }
  const stillMay = () => mayStill(parts, route, request)
  const head: Head = { status: 200, headers: {} }
  const { source } = crossing
  const now = parts.world.now()
  const given = {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    call: new RequestCall({ actor, source, now, stillMay, request, reply, head }),
  }
  let acting: Actor | undefined
  const cross = async <T>(deed: (act: Act) => Promise<T | Sealed<T>>, effect: Effect = 'write') => {
    acting = acting === undefined ? actor : await stillActing(parts, request, acting)
    const asked = { ...crossing, actor: acting, effect }
    const { value, receipt } = await parts.threshold.perform(asked, deed)
    if (!reply.raw.headersSent) {
      reply.header('holdfast-entry', receipt.entryId)
      // Whoever was shown personal data goes away with a promise of the log to hold against it.
      if (route.purpose === 'required') reply.header(receiptHeader, await parts.signed(receipt))
    }
    return value
  }
  if (!('flow' in route)) {
    const result = await cross((act) => route.handle(act, given), route.effect)
    return withHead(reply, route, head, result)
  }
  const stream = route.streams === undefined ? {} : { stream: request.body as Readable }
  const result = await route.handle(cross, { ...given, ...stream }, parts.world)
  return result instanceof Streamed
    ? sendPieces(parts, result, request, reply)
    : withHead(reply, route, head, result)
}

/** Statuses whose answers have no body (RFC 9110 §15.3.5, §15.4.5). */
const bodiless: ReadonlySet<number> = new Set([204, 304])

function withHead(
  reply: FastifyReply,
  { dialect }: Route,
  { status, headers }: Head,
  body: unknown,
) {
  reply.code(status).headers(headers)
  if (bodiless.has(status)) return reply.send()
  if (dialect !== undefined) reply.type(dialect.mediaType)
  return body
}

/** What somebody showed may end while an answer is on its way: signing in ends a session, too. */
const ends: ReadonlySet<string> = new Set([
  'identity.session-expired',
  'identity.credential-expired',
  'identity.credential-unknown',
  'identity.certificate-unknown',
])

/**
 * A long export or import ends with the cut, or with the right to it, and not only the next request.
 *
 * @returns the actor with the rights of this moment, also where the session itself has ended.
 */
async function stillActing(
  parts: ServerParts,
  request: FastifyRequest,
  before: Actor,
): Promise<Actor> {
  try {
    return await parts.identify(request)
  } catch (error) {
    if (!(error instanceof Refusal && ends.has(error.code))) throw error
    return parts.rightsNow(before, request)
  }
}

/** Sends pieces as they are released; a fault midway breaks the connection, so no one takes a torso for the whole. */
async function sendPieces(
  parts: ServerParts,
  { mediaType, pieces, fileName }: Streamed,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const iterator = pieces[Symbol.asyncIterator]()
  // The first piece decides between an answer and an error with a code.
  const first = await iterator.next()
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': mediaType,
    ...(fileName === undefined
      ? {}
      : { 'content-disposition': `attachment; filename="${fileName}"` }),
  })
  try {
    for (let piece = first; piece.done !== true; piece = await iterator.next()) {
      if (raw.destroyed) break
      await writeSlices(raw, piece.value)
    }
    raw.end()
  } catch (error) {
    await tellEnd(parts, error, request)
    raw.destroy()
  } finally {
    await iterator.return?.()
  }
  return reply
}

/** Asks anew who is calling, and whether they may. */
async function mayStill(
  parts: ServerParts,
  route: Route,
  request: FastifyRequest,
): Promise<boolean> {
  try {
    const actor = await parts.identify(request)
    return parts.may(actor, askedBy(route, request, actor)).allowed
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}
