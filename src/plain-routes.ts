import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Database } from '#ground'
import { Refusal, type Route } from '#kernel'
import { logName, readLogFile, readStatements } from '#trail'
import { openApi } from './openapi.ts'

export interface PlainParts {
  readonly routes: readonly Route[]
  /** Why the keys are sealed; undefined while they are open. */
  readonly sealedWhy: () => string | undefined
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
  { routes, version, url, database, mayWalk, sealedWhy }: PlainParts,
): void {
  const description = JSON.stringify(openApi(routes, version, url))
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(description))
  app.get('/healthz', async (_request, reply) => {
    const well = await database.first({ name: 'healthz', text: 'select 1 as one' }).then(
      () => true,
      () => false,
    )
    if (!well) return reply.code(503).send({ state: 'database unreachable' })
    // Who keeps the root is named to those who may look, not to whoever asks.
    const sealed = sealedWhy() !== undefined
    return reply.code(sealed ? 503 : 200).send({ state: sealed ? 'keys sealed' : 'well' })
  })
  // C2SP tlog-tiles: `<prefix>/checkpoint`, `<prefix>/tile/...`; any tlog client can walk a tree.
  app.get<{ Params: { log: string; '*': string } }>('/log/:log/*', async (request, reply) => {
    const { log, '*': path } = request.params
    await mayWalk(request, log, path)
    if (path === 'statements' && logName.test(log)) {
      void reply.header('cache-control', 'no-cache').type('application/x-ndjson')
      return reply.send(Readable.from(readStatements(database, log), { objectMode: false }))
    }
    const file = await readLogFile(database, log, path)
    if (file === undefined) throw notHere()
    const keep = file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache'
    return reply.header('cache-control', keep).type(file.mediaType).send(file.bytes)
  })
}
