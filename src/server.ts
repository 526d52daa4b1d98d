import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { apiHeaders, type Arrival, streamBytes } from '#gate'
import { type Actor, anonymous, Refusal, type Route } from '#kernel'
import { type Passage, showsCredential, underWay } from '#identity'
import { keysSealed } from '#keys'
import { answer } from './answer.ts'
import { wantsPage } from './console-files.ts'
import {
  addresses,
  type Asked,
  askedBy,
  demandMediaType,
  demandSameSite,
  hasBody,
} from './asked.ts'
import { notFound } from './http-refusals.ts'
import { isOperator } from './listener.ts'
import { answerMalformed } from './malformed.ts'
import { addressOf, recognise } from './recognise.ts'
import { answerError, tellEnd } from './refused.ts'
import type { ServerParts } from './server-parts.ts'
import { shapeOf, strictly, validatorOf } from './shapes.ts'
import { whenClosed } from './when-closed.ts'

const everyAnswer = Object.fromEntries(apiHeaders)
const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const jsonLimitBytes = 1_048_576
/** Where anybody is let in: a passkey's answer is the longest that is wanted. */
const openLimitBytes = 65_536

function bodyLimitOf(route: Route): number {
  const own = 'bodyLimit' in route ? route.bodyLimit : undefined
  return own ?? (route.assurance === 0 ? openLimitBytes : jsonLimitBytes)
}

/** Builds the HTTP face of the house. Listening is the caller's business. */
export function buildServer(parts: ServerParts): FastifyInstance {
  const app = Fastify({
    bodyLimit: jsonLimitBytes,
    frameworkErrors: (error, request, reply) => void answerUnrouted(parts, error, request, reply),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, parts.world.now()),
    ...parts.options,
  }) as FastifyInstance
  app.setValidatorCompiler(({ schema, httpPart }) => validatorOf(schema as never, httpPart))
  takeStreams(app)
  takeDialects(app, parts)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(everyAnswer)
    addresses.set(request, addressOf(request.raw.socket))
    // The operator's socket is no door to the network: nobody else comes through it.
    if (isOperator(request.raw.socket)) return
    await parts.door.admission.arrive(arrivalOf(request))
    if (hasBody(request)) parts.door.watchBody(request.raw)
  })
  app.setErrorHandler((error, request, reply) => answerError(parts, error, request, reply))
  app.setNotFoundHandler(async (request, reply) => {
    if (parts.page === undefined || !wantsPage(request))
      return answerError(parts, notFound(), request, reply)
    await tellEnd(parts, notFound(), request)
    return parts.page(request, reply.code(404))
  })
  for (const route of parts.routes) addRoute(app, parts, route)
  return app
}

/** Bodies of any size arrive as streams; a flow reads them piece by piece. */
function takeStreams(app: FastifyInstance): void {
  app.addContentTypeParser(
    [
      'text/csv',
      'application/x-ndjson',
      'application/vnd.holdfast.archive+json',
      'application/octet-stream',
    ],
    (_request, payload, done) => done(null, payload),
  )
  // A parameter that stands twice is a list: RFC 6749 §3.2 has the route refuse it.
  app.addContentTypeParser(form, { parseAs: 'string' }, (_request, text, done) => {
    const given = new URLSearchParams(String(text))
    const names = [...new Set(given.keys())]
    const body = names.map((name): [string, string | string[]] => {
      const all = given.getAll(name)
      return [name, all.length === 1 ? all[0]! : all]
    })
    done(null, Object.fromEntries(body))
  })
}

/** Bodies in a standard's own kind of JSON are read as JSON is. */
function takeDialects(app: FastifyInstance, { routes }: ServerParts): void {
  const types = new Set(routes.flatMap(({ dialect }) => dialect?.mediaType ?? []))
  const read = app.getDefaultJsonParser('error', 'error')
  for (const type of types) app.addContentTypeParser(type, { parseAs: 'string' }, read)
}

/** Counted at the door itself, whatever was done behind it: an answer that names no entry is a finding. */
function countAnswers({ answered }: ServerParts) {
  return {
    onResponse: async (_request: FastifyRequest, reply: FastifyReply) => {
      const entryId = reply.getHeader('holdfast-entry')
      if (reply.statusCode < 300) answered.see(entryId === undefined ? undefined : String(entryId))
    },
  }
}

function addRoute(app: FastifyInstance, parts: ServerParts, route: Route): void {
  const streams = 'flow' in route ? (route.streams ?? []) : []
  app.route({
    method: route.method,
    url: route.url,
    config: { route },
    ...(route.purpose === 'required' ? countAnswers(parts) : {}),
    bodyLimit: bodyLimitOf(route),
    schema: {
      ...shapeOf('params', route.params),
      ...shapeOf('querystring', route.query),
      ...(route.body === undefined || streams.length > 0 ? {} : { body: strictly(route.body) }),
    },
    preParsing: async (request, reply) => {
      const why = parts.sealedWhy?.()
      if (why !== undefined) throw keysSealed(why)
      const actor = await known(parts, request, route)
      request.actor = actor
      const open = route.assurance === 0 && route.method !== 'GET'
      const presents = showsCredential(request.headers)
      await parts.door.admission.enter({
        address: addressOf(request.raw.socket),
        actor,
        open,
        presents,
      })
      if (route.fromElsewhere !== true) demandSameSite(request, parts.world.settings.publicUrl)
      const asked = askedBy(route, request, actor)
      await demandMay(parts, asked)
      noteUnderWay(asked, request, reply)
      if (hasBody(request)) makeRoom(parts, route, request, reply)
      if (streams.length > 0) demandMediaType(request, streams)
      else if (route.body !== undefined && hasBody(request))
        demandMediaType(request, mediaTypesOf(route))
    },
    handler: async (request, reply) =>
      spelled(route, reply, await answer(parts, route, request, reply)),
  })
}

const mediaTypesOf = ({ form: isForm, dialect }: Route): string[] => [
  json,
  ...(isForm === true ? [form] : []),
  ...(dialect === undefined ? [] : [dialect.mediaType]),
]

/**
 * The answer by its route's shape alone: what that does not name stays here. Its writer is made at the
 * first answer, for making one for every route takes longer than all the rest of a start.
 */
function spelled({ response }: Route, reply: FastifyReply, value: unknown): unknown {
  const isPlain = typeof value === 'object' && value !== null && value !== reply
  if (!isPlain || value instanceof Uint8Array || value instanceof Readable) return value
  if (reply.statusCode >= 300) return value
  type Plain = Record<string, unknown>
  const write = reply.compileSerializationSchema(strictly(response) as unknown as Plain)
  if (!reply.hasHeader('content-type')) reply.type(`${json}; charset=utf-8`)
  return write(value as Plain)
}

/** Bodies of whoever is known; those of anybody are small, and bounded by the connections there are. */
function makeRoom(
  { door }: ServerParts,
  route: Route,
  { actor, headers }: FastifyRequest,
  { raw }: FastifyReply,
): void {
  if (actor?.kind !== 'person' && actor?.kind !== 'workload') return
  const most = 'streams' in route ? streamBytes : bodyLimitOf(route)
  const said = headers['content-length']
  whenClosed(raw, door.bodyRoom.take(actor.id, Math.min(most, Number(said ?? most))))
}

/** From here on a lock finds the request, and breaks it off. */
function noteUnderWay(
  { actor, scope, action }: Asked,
  { raw: { socket } }: FastifyRequest,
  { raw }: FastifyReply,
): void {
  const passage: Passage = {
    actor,
    scope,
    action,
    address: addressOf(socket),
    cut: () => void socket.destroy(),
  }
  whenClosed(raw, underWay.begin(passage))
}

async function known(
  { identify, door }: ServerParts,
  request: FastifyRequest,
  { assurance, fromElsewhere }: Route,
): Promise<Actor> {
  if (fromElsewhere === true) return anonymous
  if (assurance !== 0 || request.headers.authorization !== undefined)
    return recognise(door.admission, addressOf(request.raw.socket), () => identify(request))
  try {
    return await identify(request)
  } catch (error) {
    // A browser sends the cookie of an ended session to the sign-in page, too.
    if (error instanceof Refusal && error.status === 401) return anonymous
    throw error
  }
}

/**
 * Whoever may not is not listened to: the body stays unread, and a flow, which may look at files
 * before its first act, does not begin. The threshold asks again, and of the categories, too.
 */
async function demandMay({ may, threshold }: ServerParts, asked: Asked): Promise<void> {
  if (may(asked.actor, asked).allowed) return
  await threshold.perform({ ...asked, effect: 'read' }, async () => undefined)
}

/** Where nobody asks who is calling, a credential opens no wider gate. */
function arrivalOf(request: FastifyRequest): Arrival {
  const health = request.routeOptions.url === '/healthz'
  const asked = !health && !request.is404
  return {
    address: addressOf(request.raw.socket),
    presents: asked && showsCredential(request.headers),
    health,
  }
}

/** An address that cannot be read meets no hook and no route; it passes the same door. */
async function answerUnrouted(
  parts: ServerParts,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  reply.headers(everyAnswer)
  const met = await parts.door.admission.arrive(arrivalOf(request)).then(
    () => error,
    (refusal: unknown) => refusal,
  )
  await answerError(parts, met, request, reply)
}
