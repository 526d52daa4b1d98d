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

const roomOf = ({ action }: Route) => action.split('.')[0]!

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
      ? { 'application/json': { schema: strictly(body) } }
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
        content: { 'application/json': { schema: route.response } },
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
