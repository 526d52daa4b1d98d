import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { apiHeaders, type Arrival, type Door, doorTally, isCounted } from '#gate'
import {
  type Act,
  type Actor,
  anonymous,
  type Dialect,
  type Effect,
  type May,
  type Receipt,
  Refusal,
  type Route,
  type Scope,
  type Sealed,
  Streamed,
  type World,
} from '#kernel'
import { type Passage, showsCredential, underWay } from '#identity'
import { keysSealed } from '#keys'
import { type AccountTally, receiptHeader } from '#trail'
import { type Head, RequestCall } from './call.ts'
import {
  crossSite,
  fault,
  fromElsewhere,
  fromFastify,
  invalid,
  notFound,
  whyMissing,
  wrongMediaType,
} from './http-refusals.ts'
import { isOperator } from './listener.ts'
import { answerMalformed } from './malformed.ts'
import { addressOf, recognise } from './recognise.ts'
import { shapeOf, strictly, validatorOf } from './shapes.ts'
import { writeSlices } from './slices.ts'
import type { Crossing, Threshold } from './threshold.ts'

/** What the HTTP face needs of the house. */
export interface ServerParts {
  /** Why the keys are sealed: until they are open nothing is done, for no entry could be written. */
  readonly sealedWhy?: () => string | undefined
  readonly routes: readonly Route[]
  readonly threshold: Threshold
  /** What the threshold will ask again. */
  readonly may: May
  readonly world: World
  /** Who is calling. Throws a `Refusal` for credentials that are unknown, expired or revoked. */
  readonly identify: (request: FastifyRequest) => Promise<Actor>
  readonly door: Door
  /** The signed receipt of a committed act, as its header says it. */
  readonly signed: (receipt: Receipt) => Promise<string>
  /** Sees every answer with personal data, and the entry it names. */
  readonly answered: AccountTally
  readonly onFault: (error: unknown, about: string) => void
  readonly options: FastifyServerOptions
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
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
    await answerError(parts, notFound(), request, reply)
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
  raw.once('close', underWay.begin(passage))
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

/** Who asks for what, and why; of the request only what its header says. */
function askedBy(route: Route, request: FastifyRequest, actor: Actor): Asked {
  return {
    ...why(route, request, actor),
    actor,
    source: sourceOf(request),
    action: route.action,
    scope: scopeOf(route, request),
    assurance: route.assurance ?? 2,
  }
}

type Asked = Omit<Crossing, 'effect' | 'categories'>

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

function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

async function answer(
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

/** What containment does to whoever was let in before it. An ended session alone is none: signing in ends one. */
const cuts: ReadonlySet<string> = new Set([
  'identity.locked',
  'identity.disabled',
  'identity.credential-revoked',
])

/**
 * A long export or import ends with the cut, or with the right to it, and not only the next request.
 *
 * @returns the actor with the rights of this moment; as before where the session itself has ended.
 */
async function stillActing(
  parts: ServerParts,
  request: FastifyRequest,
  before: Actor,
): Promise<Actor> {
  try {
    return await parts.identify(request)
  } catch (error) {
    if (error instanceof Refusal && !cuts.has(error.code)) return before
    throw error
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

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

const addresses = new WeakMap<FastifyRequest, string>()

/** Where a request came from, also when its body was broken off and Node has taken its socket away. */
const cameFrom = (request: FastifyRequest): string =>
  addresses.get(request) ?? addressOf(request.raw.socket)

function sourceOf(request: FastifyRequest) {
  const agent = request.headers['user-agent']?.slice(0, 200)
  return { address: cameFrom(request), ...(agent === undefined ? {} : { agent }) }
}

function scopeOf(route: Route, request: FastifyRequest): Scope {
  const scope = route.scope?.(request.params) ?? 'house'
  if (scope !== 'house' && !uuid.test(scope.controllerId)) throw invalid('params', 'controllerId')
  return scope
}

function wanted(route: Route, request: FastifyRequest) {
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
function demandSameSite({ method, headers }: FastifyRequest, publicUrl: string): void {
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

function demandMediaType(request: FastifyRequest, allowed: readonly string[]): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim()
  if (type === undefined || !allowed.includes(type)) throw wrongMediaType(allowed)
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

/**
 * Every no leaves an entry; those of the threshold have left theirs already.
 *
 * @returns the refusal, or undefined for a fault of ours.
 */
async function tellEnd(
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

async function answerError(
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

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor
  }
  interface FastifyContextConfig {
    route?: Route
  }
}
