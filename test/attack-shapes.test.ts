import { equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TSchema } from 'typebox'
import { routes } from '../src/rooms.ts'
import { strictly, validatorOf } from '../src/shapes.ts'
import { ask, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { wildValues } from './wild-values.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

type Shape = TSchema & { readonly properties?: Readonly<Record<string, Shape>> }

const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 1]))
const large: readonly unknown[] = [
  keys,
  'a'.repeat(300_000),
  ...[0, 'aa'].map((item) => Array.from({ length: 40_000 }, () => item)),
]

/** Bodies of one shape with as much in one place as a limit lets through, each as wrong as can be. */
function* swollen(shape: Shape): Generator<[where: string, body: unknown]> {
  yield ['', keys]
  const base = wildValues(shape, 0) as object
  for (const [name, inner] of Object.entries(shape.properties ?? {})) {
    for (const value of large) yield [name, { ...base, [name]: value }]
    if (inner.properties === undefined) continue
    for (const [place, body] of swollen(inner))
      yield [`${name}.${place}`, { ...base, [name]: body }]
  }
}

test('no body of any shape keeps the house busy for long, however wrong it is', () => {
  let most = 0
  for (const route of routes) {
    if (route.body === undefined) continue
    const validate = validatorOf(strictly(route.body), 'body')
    for (const [where, body] of swollen(route.body)) {
      const began = performance.now()
      validate(body)
      const took = performance.now() - began
      ok(took < 1_000, `${route.method} ${route.url} ${where}: ${Math.round(took)} ms`)
      most = Math.max(most, took)
    }
  }
  ok(most > 0, 'something was looked at')
})

const send = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  ask({ port: house.settings.port, ca: house.ca }, path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
const codeOf = ({ status, body }: { status: number; body: string }) =>
  `${status} ${JSON.parse(body).code}`

test('whoever has not signed in is not listened to, and the refusal is told', async () => {
  const answers = [
    await send('/v1/enrolments', `{"roleNames":[${Array(20_000).fill('0').join()}]}`),
    await send('/v1/roles', 'no JSON at all'),
    await send('/v1/roles', `{"name":"${'a'.repeat(2_000_000)}"}`),
  ]
  for (const answer of answers) equal(codeOf(answer), '401 identity.not-signed-in')
  const told = await house.owner.rows<{ action: string; code: string }>({
    text: `select action, code from trail.entry where code = 'identity.not-signed-in' order by id`,
  })
  equal(
    told.map(({ action }) => action).join(),
    'identity.enrolment.create,identity.role.create,identity.role.create',
  )
})

test('a body of eight million good values is looked through without a pause', () => {
  const route = routes.find(({ action }) => action === 'governance.release.enter')!
  const validate = validatorOf(strictly(route.body!), 'body')
  const scan = JSON.parse(`[${'0,'.repeat(8_000_000)}0]`) as unknown
  const began = performance.now()
  const { error } = validate({ ...(wildValues(route.body!, 0) as object), scan }) as {
    error?: unknown
  }
  equal(error, undefined)
  ok(performance.now() - began < 1_000, `${Math.round(performance.now() - began)} ms`)
})

test('whoever may not is not listened to either', async () => {
  const { token } = await callerWith(house, { actions: ['gate.*'] })
  const authorization = `Bearer ${token}`
  for (const path of ['/v1/releases', '/v1/vendors', '/v1/controllers'])
    equal(
      codeOf(await send(path, 'no JSON at all', { authorization })),
      '403 identity.not-permitted',
    )
})

test('where anybody is let in, nobody is listened to for long', async () => {
  const body = JSON.stringify({ email: 'a@b.example', password: 'x'.repeat(70_000) })
  for (const path of ['/v1/sessions', '/v1/sessions/passkey', '/v1/enrolments/complete'])
    equal(codeOf(await send(path, body)), '413 gate.body-too-large')
})
