import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { pipeline } from 'node:stream'
import {
  type AssertionKey,
  type Certificates,
  type Door,
  doorTally,
  guardConnections,
  isCounted,
  proxyRequest,
  tlsOptions,
  type Upstream,
  upstreamHeaders,
} from '#gate'
import {
  type Act,
  type Actor,
  anonymous,
  type Effect,
  Refusal,
  type Sealed,
  type World,
} from '#kernel'
import { showsCredential, underWay } from '#identity'
import { addressOf, recognise } from './recognise.ts'
import type { Threshold } from './threshold.ts'
import { whenClosed } from './when-closed.ts'

/** What the door of the application behind us needs of the house. */
export interface UpstreamDoorParts {
  readonly certificates: Certificates
  readonly upstream: Upstream
  readonly assertionKey: AssertionKey
  readonly door: Door
  readonly threshold: Threshold
  readonly world: World
  readonly identify: (headers: IncomingMessage['headers'], socket: Socket) => Promise<Actor>
  readonly onFault: (error: unknown, about: string) => void
}

const action = 'gate.upstream.request'

/**
 * The listener for the one application behind our sign-in: a port of its own, so that the
 * application's scripts stand on another origin than the console and cannot act as the person
 * who reads them. The session's cookie reaches both, since cookies do not know ports.
 */
export async function listenForUpstream(
  parts: UpstreamDoorParts,
  host: string,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(tlsOptions(parts.certificates), (request, response) => {
    pass(parts, request, response).catch((error: unknown) => {
      parts.onFault(error, action)
      response.destroy()
    })
  })
  guardConnections(server, () => parts.world.now())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return { server, port: (server.address() as AddressInfo).port }
}

async function pass(
  parts: UpstreamDoorParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const address = addressOf(request.socket)
  const agent = request.headers['user-agent']?.slice(0, 200)
  const source = { address, ...(agent === undefined ? {} : { agent }) }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  let actor: Actor = anonymous
  try {
    const { admission } = parts.door
    const presents = showsCredential(request.headers)
    await admission.arrive({ address, presents, health: false })
    actor = await recognise(admission, address, () =>
      parts.identify(request.headers, request.socket),
    )
    await admission.enter({ address, actor, open: false, presents })
    parts.door.watchBody(request)
    const cut = () => void response.destroy()
    const passage = { actor, scope: 'house' as const, action, address, cut }
    whenClosed(response, underWay.begin(passage))
    const crossing = { actor, source, action, scope: 'house' as const, assurance: 2 as const }
    const cross = async <T>(deed: (act: Act) => Promise<T | Sealed<T>>, effect: Effect = 'write') =>
      (await parts.threshold.perform({ ...crossing, effect }, deed)).value
    const { status, headers, body } = await proxyRequest({
      upstream: parts.upstream,
      assertionKey: parts.assertionKey,
      publicUrl: parts.world.settings.publicUrl,
      cross,
      actor,
      address,
      now: parts.world.now(),
      signal: gone.signal,
      request: { method: request.method ?? '', url: request.url ?? '', headers: request.headers },
      body: request,
    })
    response.writeHead(status, { ...headers, ...Object.fromEntries(upstreamHeaders) })
    // Also of a body that broke off before anybody listened; either end takes the other with it.
    pipeline(body, response, () => {})
  } catch (error) {
    if (!(error instanceof Refusal)) parts.onFault(error, action)
    await told(parts, error, { actor, source, address })
    refuse(response, error)
  }
}

async function told(
  { threshold, world }: UpstreamDoorParts,
  error: unknown,
  { actor, source, address }: { actor: Actor; source: { address: string }; address: string },
): Promise<void> {
  const code = error instanceof Refusal ? error.code : 'fault'
  if (isCounted(code)) return doorTally.count({ address, code, at: world.now() })
  if (threshold.hasTold(error)) return
  const outcome = error instanceof Refusal ? 'refused' : 'failed'
  await threshold.turnAway({ actor, source, action, scope: 'house', outcome, code })
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const { status, code, message } =
    error instanceof Refusal
      ? error
      : { status: 500, code: 'fault', message: 'This is our fault; it has been logged.' }
  response.writeHead(status, {
    ...Object.fromEntries(upstreamHeaders),
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify({ code, message }))
}
