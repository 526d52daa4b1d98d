import { equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { routes } from '../src/rooms.ts'
import { strictly, validatorOf } from '../src/shapes.ts'
import { ask, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { spentMs } from './spent.ts'
import { trySwollen } from './swollen-bodies.ts'
import { wildValues } from './wild-values.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

// A quarter of the bodies, others for each route; `attack-shapes.long.test.ts` tries them all.
test('no body of any shape keeps the house busy for long, however wrong it is', () => {
  trySwollen((body, route) => (body + route) % 4 === 0)
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
  const began = spentMs()
  const { error } = validate({ ...(wildValues(route.body!, 0) as object), scan }) as {
    error?: unknown
  }
  equal(error, undefined)
  const took = spentMs() - began
  ok(took < 1_000, `${Math.round(took)} ms`)
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
