import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}

interface Held {
  readonly bytes: Buffer
  readonly type: string
  readonly tag: string
  readonly forever: boolean
}

export interface ConsoleFiles {
  serve(app: FastifyInstance): void
  /** The console itself: it routes, and says what it has no page for. */
  readonly page: (request: FastifyRequest, reply: FastifyReply) => FastifyReply
}

/**
 * Holds the built console in memory. Any address that is neither the API's nor a file's is a page of
 * the console, which routes by itself.
 *
 * @returns undefined where none was built.
 */
export function openConsole(
  dir: string,
  headers: Readonly<Record<string, string>>,
): ConsoleFiles | undefined {
  const files = hold(dir)
  const page = files.get('/index.html')
  if (page === undefined) return undefined
  const send = (held: Held, request: FastifyRequest, reply: FastifyReply) => {
    reply.headers({
      ...headers,
      etag: held.tag,
      'cache-control': held.forever ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
    if (request.headers['if-none-match'] === held.tag) return reply.code(304).send()
    return reply.type(held.type).send(held.bytes)
  }
  const sendPage = (request: FastifyRequest, reply: FastifyReply) => send(page, request, reply)
  return {
    page: sendPage,
    serve(app) {
      for (const [path, held] of files) {
        if (path !== '/index.html') app.get(path, (request, reply) => send(held, request, reply))
      }
      for (const path of ['/', ...pages.flatMap((name) => [`/${name}`, `/${name}/*`])])
        app.get(path, sendPage)
    },
  }
}

/** Whether a person's browser asks, and for something of their own: what it is shown there should be read. */
export const wantsPage = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' &&
  !/^\/(v1|log|scim)\//.test(url) &&
  headers.accept?.includes('text/html') === true

/** First path segments that belong to the console's own routing. */
const pages = [
  'now',
  'enrol',
  'recover',
  'sign-in',
  'account',
  'watch',
  'incidents',
  'controllers',
  'vault',
  'trail',
  'access',
  'keys',
  'gate',
  'annex',
  'measures',
  'governance',
  'continuity',
  'public-annex',
  'report',
]

function hold(dir: string): Map<string, Held> {
  const files = new Map<string, Held>()
  if (!existsSync(dir)) return files
  // Not a glob: under Node's permission model that finds nothing, and says nothing.
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name)
    if (!statSync(path).isFile()) continue
    const bytes = readFileSync(path)
    files.set(`/${name.replaceAll('\\', '/')}`, {
      bytes,
      type: types[extname(name)] ?? 'application/octet-stream',
      tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      // Vite names these by their content.
      forever: name.startsWith('assets'),
    })
  }
  return files
}
