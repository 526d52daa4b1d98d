import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'

const files = [
  ['/verify', 'page/index.html', 'text/html; charset=utf-8'],
  ['/verify/page.css', 'page/page.css', 'text/css; charset=utf-8'],
  ['/verify/page.js', 'page/page.js', 'text/javascript; charset=utf-8'],
  ['/verify/holdfast-verify.mjs', 'holdfast-verify.mjs', 'text/javascript; charset=utf-8'],
] as const

/** Serves the verifier and its page to anybody, under an address that stays. */
export function serveVerifier(
  app: FastifyInstance,
  dir: string,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [address, name, type] of files) {
    const bytes = readFileSync(join(dir, name))
    const tag = `"${hash('sha256', bytes, 'base64url').slice(0, 22)}"`
    app.get(address, (request, reply) => {
      reply.headers({ ...headers, etag: tag, 'cache-control': 'no-cache' })
      if (request.headers['if-none-match'] === tag) return reply.code(304).send()
      return reply.type(type).send(bytes)
    })
  }
}
