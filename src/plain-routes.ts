import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Database } from '#ground'
import { Refusal, type Route } from '#kernel'
import { readLogFile } from '#trail'
import { openApi } from './openapi.ts'

export interface PlainParts {
  readonly routes: readonly Route[]
  readonly version: string
  readonly url: string
  readonly database: Database
  /** Throws a `Refusal` unless the caller may have this file of a tree. */
  readonly mayWalk: (request: FastifyRequest, log: string, path: string) => Promise<void>
}

const notHere = () => new Refusal('gate.not-found', 404, 'There is nothing at this address.')

/**
 * Addresses that are no acts, because they show nothing but what is public by its nature: whether the
 * house is well, the API's own description, and the trail's tiles, which name no one.
 */
export function addPlainRoutes(
  app: FastifyInstance,
  { routes, version, url, database, mayWalk }: PlainParts,
): void {
  const description = JSON.stringify(openApi(routes, version, url))
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(description))
  app.get('/healthz', async (_request, reply) => {
    const well = await database.first({ name: 'healthz', text: 'select 1 as one' }).then(
      () => true,
      () => false,
    )
    return reply.code(well ? 200 : 503).send({ state: well ? 'well' : 'database unreachable' })
  })
  // C2SP tlog-tiles: `<prefix>/checkpoint`, `<prefix>/tile/...`; any tlog client can walk a tree.
  app.get<{ Params: { log: string; '*': string } }>('/log/:log/*', async (request, reply) => {
    const { log, '*': path } = request.params
    await mayWalk(request, log, path)
    const file = await readLogFile(database, log, path)
    if (file === undefined) throw notHere()
    const keep = file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache'
    return reply.header('cache-control', keep).type(file.mediaType).send(file.bytes)
  })
}
