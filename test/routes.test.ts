import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify from 'fastify'
import { openApi } from '../src/openapi.ts'
import { rooms, routes } from '../src/rooms.ts'
import { strictly } from '../src/shapes.ts'

const measures = rooms.flatMap((room) =>
  (room.measures ?? []).map((m) => ({ room: room.name, ...m })),
)

test('every route, job and loop asks for a permission named after its room', () => {
  const doors = rooms.flatMap(({ name, routes = [], jobs = [], loops = [] }) =>
    [...routes, ...jobs, ...loops].map(({ action }) => ({ name, action })),
  )
  ok(doors.length > 60, 'the walk found the doors')
  deepEqual(
    doors.filter(({ name, action }) => !new RegExp(`^${name}(\\.[a-z-]+)+$`).test(action)),
    [],
  )
})

test('an address and method stand for one route', () => {
  const seen = routes.map(({ method, url }) => `${method} ${url.replace(/:\w+/g, ':')}`)
  deepEqual(
    seen.filter((s, i) => seen.indexOf(s) !== i),
    [],
  )
})

test('what lets anybody in is short and known', () => {
  const open = routes.filter((r) => r.assurance === 0).map((r) => `${r.method} ${r.url}`)
  deepEqual(open.sort(), [
    'GET /.well-known/holdfast-jwks.json',
    'GET /public/annex',
    'GET /public/annex.pdf',
    'GET /v1/sessions/providers',
    'POST /public/reports',
    'POST /v1/enrolments/complete',
    'POST /v1/enrolments/open',
    'POST /v1/recoveries/complete',
    'POST /v1/recoveries/open',
    'POST /v1/sessions',
    'POST /v1/sessions/passkey',
    'POST /v1/sessions/passkey-options',
    'POST /v1/sessions/provider-arrival',
    'POST /v1/sessions/provider-departure',
    'POST /v1/sessions/saml',
    'POST /v1/token',
    'POST /v1/trail/receipts/check',
  ])
})

test('every measure is named after its room, once, and points at its sources', () => {
  ok(measures.length > 40, 'the walk found the measures')
  deepEqual(
    measures.filter(
      (m) => !m.id.startsWith(`${m.room}.`) || m.lines.length + m.references.length === 0,
    ),
    [],
  )
  deepEqual(new Set(measures.map((m) => m.id)).size, measures.length)
})

test('the OpenAPI document names every route and every shape is JSON', () => {
  const document = openApi(routes, '0.0.0', 'https://localhost')
  const operations = Object.entries(document.paths).flatMap(([path, of]) =>
    Object.keys(of).map((method) => `${method} ${path}`),
  )
  const walks = operations.filter((operation) => operation.startsWith('get /log/{log}/'))
  deepEqual(operations.length - walks.length, routes.length)
  ok(walks.length >= 3, 'a client finds out how a log is walked')
  deepEqual(JSON.parse(JSON.stringify(document)), document)
})

test('a validator that is not ours takes the document as OpenAPI 3.1', async () => {
  const document = JSON.stringify(openApi(routes, '0.0.0', 'https://localhost'))
  const { valid, errors } = await new Validator().validate(JSON.parse(document))
  deepEqual(errors ?? [], [])
  ok(valid)
})

test('a writer can be made of the shape of every answer', async () => {
  const app = Fastify()
  for (const { method, url, response } of routes) {
    const schema = { response: { '2xx': strictly(response) } }
    app.route({ method, url, schema, handler: async () => undefined })
  }
  await app.ready()
  await app.close()
})
