import type { TSchema } from 'typebox'
import type { Route } from '#kernel'
import { strictly } from './shapes.ts'

const headers = [
  { name: 'holdfast-purpose', description: 'A purpose of the contract.' },
  { name: 'holdfast-reason', description: 'Why, in one sentence: a ticket, a request.' },
]

/** The HTTP API as an OpenAPI 3.1 document, derived from the routes. */
export function openApi(routes: readonly Route[], version: string, url: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operation(route)
  }
  Object.assign(paths, logFiles)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Every operation crosses one threshold: permission, transaction, trail entry. The answer names its entry in the header `holdfast-entry`.',
    },
    servers: [{ url }],
    tags: [...new Set(routes.map(roomOf))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        workload: { type: 'http', scheme: 'bearer', description: 'Credential of a workload.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-holdfast' },
      },
      schemas: {
        Refusal: {
          type: 'object',
          required: ['code', 'message'],
          properties: {
            code: { type: 'string', description: 'Stable: `<room>.<reason>`.' },
            message: { type: 'string' },
            facts: { type: 'object' },
          },
        },
      },
    },
  }
}

/** Files of a log: no acts, because they show nothing but hashes and leaves that name no one. */
const logFiles = Object.fromEntries(
  (
    [
      ['checkpoint', 'text/plain; charset=utf-8', 'The newest signed checkpoint.', []],
      ['tile/{level}/{n}', 'application/octet-stream', 'A hash tile.', ['level', 'n']],
      ['tile/entries/{n}', 'application/octet-stream', 'A bundle of entries.', ['n']],
      ['statements', 'application/x-ndjson', 'What entries have stated: erasures, pruning.', []],
      ['retention', 'application/json', 'How long bundles are served, and the minimum index.', []],
    ] as const
  ).map(([path, type, what, named]) => [
    `/log/{log}/${path}`,
    {
      get: {
        operationId: `trail.log.walk:get:${path.replace(/\W+/g, '_')}`,
        tags: ['trail'],
        summary: `${what} Laid out as C2SP tlog-tiles says, for any tlog client.`,
        description:
          'n is written as there: 1234067 is x001/x234/067, and a partial tile ends in .p/<width>. Tiles and bundles never change and may be cached for ever; an empty one is not there. Checkpoint and tiles of the root log are public.',
        'x-action': 'trail.log.walk',
        security: [{ workload: [] }, { session: [] }, {}],
        parameters: ['log', ...named].map((name) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
          ...(name === 'log' ? { description: 'house, root, or a controller’s id' } : {}),
        })),
        responses: {
          '200': { description: 'The file.', content: { [type]: { schema: { type: 'string' } } } },
          default: {
            description: 'Refused, or not there.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
          },
        },
      },
    },
  ]),
)

const roomOf = ({ action }: Route) => action.split('.')[0]!

/** A dialect takes plain JSON beside its own media type, in which it answers. */
const mediaTypes = ({ dialect }: Route): string[] => [
  'application/json',
  ...(dialect === undefined ? [] : [dialect.mediaType]),
]

function operation(route: Route) {
  const streams = 'flow' in route ? route.streams : undefined
  const body = route.body
  const parameters = [
    ...each('path', route.params),
    ...each('query', route.query),
    ...(route.purpose === 'required'
      ? headers.map((h) => ({ ...h, in: 'header', required: true, schema: { type: 'string' } }))
      : []),
  ]
  const content =
    streams === undefined
      ? Object.fromEntries(mediaTypes(route).map((type) => [type, { schema: strictly(body) }]))
      : Object.fromEntries(streams.map((type) => [type, { schema: { type: 'string' } }]))
  return {
    operationId: `${route.action}:${route.method.toLowerCase()}:${route.url.replace(/\W+/g, '_')}`,
    tags: [roomOf(route)],
    summary: route.summary,
    'x-action': route.action,
    ...(route.assurance === 0
      ? { security: [] }
      : { security: [{ workload: [] }, { session: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined && streams === undefined
      ? {}
      : { requestBody: { required: true, content } }),
    responses: {
      '200': {
        description: 'Done, and told in the trail.',
        headers: {
          'holdfast-entry': { description: 'Id of the trail entry.', schema: { type: 'string' } },
        },
        content: { [mediaTypes(route).at(-1)!]: { schema: route.response } },
      },
      default: {
        description: 'Refused, and told in the trail.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
      },
    },
  }
}

function each(where: 'path' | 'query', shape: TSchema | undefined) {
  const { properties = {}, required = [] } = (shape ?? {}) as {
    properties?: Record<string, TSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema,
  }))
}
