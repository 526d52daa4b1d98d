/**
 * How a no is told: to whoever asked, and to the trail.
 *
 * @module
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { doorTally, isCounted } from '#gate'
import { anonymous, type Dialect, Refusal, type Route } from '#kernel'
import { cameFrom, sourceOf } from './asked.ts'
import { fault, fromFastify } from './http-refusals.ts'
import type { ServerParts } from './server-parts.ts'

/**
 * Every no leaves an entry; those of the threshold have left theirs already.
 *
 * @returns the refusal, or undefined for a fault of ours.
 */
export async function tellEnd(
  parts: ServerParts,
  error: unknown,
  request: FastifyRequest,
): Promise<Refusal | undefined> {
  const refusal = error instanceof Refusal ? error : fromFastify(error)
  const route = (request.routeOptions.config as { route?: Route } | undefined)?.route
  if (refusal !== undefined && isCounted(refusal.code)) {
    doorTally.count({
      address: cameFrom(request),
      code: refusal.code,
      at: parts.world.now(),
    })
  } else if (!parts.threshold.hasTold(error)) {
    await parts.threshold.turnAway({
      actor: request.actor ?? anonymous,
      source: sourceOf(request),
      action: route?.action ?? 'gate.request',
      scope: 'house',
      outcome: refusal === undefined ? 'failed' : 'refused',
      code: refusal?.code ?? 'fault',
    })
  }
  if (refusal === undefined)
    parts.onFault(error, `${request.method} ${request.routeOptions.url ?? '?'}`)
  return refusal
}

/** Answers with a refusal, in the dialect of the address. */
export async function answerError(
  parts: ServerParts,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const refusal = await tellEnd(parts, error, request)
  const no = refusal ?? fault
  const wait = no.facts?.['retryAfterSeconds']
  if (typeof wait === 'number') reply.header('retry-after', String(Math.ceil(wait)))
  const dialect = dialectOf(parts, request)
  const { status, body } = dialect?.refusal(no) ?? { status: no.status, body: plainRefusal(no) }
  await reply
    .code(status)
    .type(dialect?.mediaType ?? 'application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body)
}

/** How an address is spoken to, also where nothing stands at it. */
function dialectOf({ routes }: ServerParts, { url }: FastifyRequest): Dialect | undefined {
  return routes.find(({ dialect }) => dialect !== undefined && url.startsWith(dialect.prefix))
    ?.dialect
}

const plainRefusal = ({ code, message, facts }: Pick<Refusal, 'code' | 'message' | 'facts'>) => ({
  code,
  message,
  ...oauthError(facts),
  ...(facts === undefined ? {} : { facts }),
})

/** Where a standard has its own word for a refusal (RFC 6749 §5.2), it stands where that wants it. */
function oauthError(facts: Refusal['facts']) {
  const error = facts?.['error']
  return typeof error === 'string' ? { error } : {}
}
