import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Witness } from './witness-dir.ts'

/** A checkpoint, a proof of 63 hashes, and room for a hundred signatures of others. */
const largestBodyBytes = 524_288

export interface WitnessListening {
  readonly port: number
  readonly close: () => Promise<void>
}

/**
 * The witness's own listener: `POST /add-checkpoint`, and `GET /` for people. There is nobody to
 * sign in: what is asked is signed by a log it knows, or refused.
 */
export async function serveWitness(
  witness: Witness,
  {
    host,
    port,
    tls,
    onAnswer = () => {},
  }: {
    readonly host: string
    readonly port: number
    readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
    readonly onAnswer?: (line: string) => void
  },
): Promise<WitnessListening> {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    void answer(witness, request, response, onAnswer).catch((error: unknown) => {
      onAnswer(`fault: ${(error as Error).message}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
  const limits = { headersTimeout: 5_000, requestTimeout: 10_000 }
  const server =
    tls === undefined
      ? createPlain(limits, handle)
      : createTls({ ...limits, ...tls, minVersion: 'TLSv1.3' }, handle)
  server.maxConnections = 100
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: (line: string) => void,
): Promise<void> {
  const path = request.url?.split('?')[0]
  const say = (status: number, text: string, mediaType = 'text/plain; charset=utf-8') =>
    void response.writeHead(status, { 'content-type': mediaType }).end(text)
  if (path === '/' && request.method === 'GET') return say(200, aboutText(witness))
  if (path !== '/add-checkpoint') return say(404, 'nothing is here\n')
  if (request.method !== 'POST') return say(405, 'POST is wanted\n')
  const body = await bodyOf(request)
  if (body === undefined) return say(413, 'too long\n')
  const at = new Date()
  const { status, mediaType, body: text, next } = await witness.answer(body, at)
  const what = next === undefined ? text.trim() : `${next.origin} at ${next.size}`
  onAnswer(`${at.toISOString()} ${status} ${what}`)
  return say(status, text, mediaType)
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request) {
    size += (piece as Buffer).length
    if (size > largestBodyBytes) return undefined
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function aboutText({ name, verifierKeys, logs }: Witness): string {
  return [
    `${name}: a witness of transparency logs (C2SP tlog-witness).`,
    '',
    verifierKeys.mlDsa44,
    verifierKeys.ed25519,
    '',
    ...logs.map(({ origin, size }) => `${origin} ${size}`),
    '',
  ].join('\n')
}
