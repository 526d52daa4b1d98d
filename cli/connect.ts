import { existsSync, readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { readRunState } from '#ground'

/** How a command reaches the house: through the operator's socket, or over TLS with a credential. */
export type Connection =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tls'
      readonly url: URL
      readonly ca: string | undefined
      readonly headers: Readonly<Record<string, string>>
    }

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or bytes as they are. */
  readonly body?: string | Readable
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly stream: Readable
}

/** What a person can do about it, in one sentence. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/**
 * Where to go: `--url` or HOLDFAST_URL with a credential; else the socket of the data directory,
 * which only the account that runs the house can open.
 */
export function connectionFor(options: {
  readonly url?: string | undefined
  readonly tokenFile?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}): Connection {
  const { env, cwd } = options
  const dataDir = env['HOLDFAST_DATA'] ?? join(cwd, 'var')
  const url = options.url ?? env['HOLDFAST_URL']
  const tokenFile = options.tokenFile ?? env['HOLDFAST_TOKEN_FILE']
  if (url === undefined && tokenFile === undefined) {
    const path = join(dataDir, 'run', 'holdfast.sock')
    if (existsSync(path)) return { kind: 'socket', path }
    const why = whyNoAnswer(dataDir)
    throw new CliError(
      why === undefined
        ? `no house is up in ${dataDir}: start one with \`npm start\`, or name one with --url`
        : `no house is up in ${dataDir}: ${why}`,
    )
  }
  const target = new URL(url ?? `https://localhost:${env['HOLDFAST_PORT'] ?? '8443'}`)
  const ca = caOf(env, dataDir, target)
  return { kind: 'tls', url: target, ca, headers: credentialFor(target, tokenFile, env) }
}

/** A house on this host has made its own CA; elsewhere HOLDFAST_CA_FILE or the system's decide. */
function caOf(env: NodeJS.ProcessEnv, dataDir: string, url: URL): string | undefined {
  const named = env['HOLDFAST_CA_FILE']
  if (named !== undefined) return readFileSync(named, 'utf8')
  const own = join(dataDir, 'tls', 'ca.crt')
  const here = url.hostname === 'localhost' || url.hostname === '127.0.0.1'
  return here && existsSync(own) ? readFileSync(own, 'utf8') : undefined
}

function credentialFor(url: URL, tokenFile: string | undefined, env: NodeJS.ProcessEnv) {
  if (tokenFile !== undefined)
    return { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }
  const held = sessionFile(url, env)
  if (!existsSync(held)) throw new CliError(`sign in first: holdfast login --url ${url.origin}`)
  return {
    cookie: `__Host-holdfast=${readFileSync(held, 'utf8').trim()}`,
    'holdfast-request': '1',
  }
}

/** Where the session of `holdfast login` is kept, one per house, mode 0600. */
export function sessionFile(url: URL, env: NodeJS.ProcessEnv): string {
  const base = env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(base, 'holdfast', `${url.hostname}_${url.port || '443'}.session`)
}

/** One request. Resolves with the answer's head; its body is a stream. */
export function ask(connection: Connection, asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const call = open(connection, asked, (answer) =>
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, stream: answer }),
    )
    call.on('error', (error: NodeJS.ErrnoException) => reject(unreachable(connection, error)))
    if (asked.body === undefined || typeof asked.body === 'string') call.end(asked.body)
    else {
      asked.body.on('error', (error) => call.destroy(error))
      asked.body.pipe(call)
    }
  })
}

function open(
  connection: Connection,
  { method, path, headers = {}, body }: Asked,
  onAnswer: (answer: IncomingMessage) => void,
): ClientRequest {
  const length = typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {}
  const all = { ...headers, ...length }
  if (connection.kind === 'socket') {
    const { path: socketPath } = connection
    return plainRequest(
      { socketPath, method, path, headers: { host: 'localhost', ...all } },
      onAnswer,
    )
  }
  const { url, ca } = connection
  return tlsRequest(
    {
      host: url.hostname,
      port: url.port || 443,
      method,
      path,
      headers: { ...connection.headers, ...all },
      minVersion: 'TLSv1.3',
      ...(ca === undefined ? {} : { ca }),
    },
    onAnswer,
  )
}

function unreachable(connection: Connection, error: NodeJS.ErrnoException): CliError {
  const where = connection.kind === 'socket' ? connection.path : connection.url.origin
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') {
    const why =
      connection.kind === 'socket' ? whyNoAnswer(dirname(dirname(connection.path))) : undefined
    return new CliError(`no house answers at ${where}: ${why ?? 'is it started?'}`)
  }
  if (error.code === 'EACCES')
    return new CliError(`${where} belongs to another account: sign in with holdfast login instead`)
  return new CliError(`${where}: ${error.message}`)
}

/** What its supervisor says, on the same host; undefined where none runs. */
function whyNoAnswer(dataDir: string): string | undefined {
  const state = readRunState(dataDir)
  if (state === undefined) return undefined
  const { endsInARow, why, nextStartAt } = state
  const ended = why === undefined ? '' : ` (${endsInARow} ends in a row, the last: ${why})`
  return nextStartAt === undefined
    ? `it is starting${ended}`
    : `its supervisor starts it again at ${nextStartAt}${ended}`
}

/** The body as text. */
export async function textOf(stream: Readable): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
