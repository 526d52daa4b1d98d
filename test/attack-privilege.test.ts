import { deepEqual, equal, ok } from 'node:assert/strict'
import { request as overSocket } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TSchema } from 'typebox'
import type { Route } from '#kernel'
import { routes } from '../src/rooms.ts'
import { ask, asCaller, callerWith } from './callers.ts'
import { openHouse, type TestHouse, wideLimits } from './house.ts'
import { cookieOf, enrol, signIn } from './identity-people.ts'
import { wildValues } from './wild-values.ts'

// Everybody who may not, before every door: with a body the door would take, so that the refusal is
// one of permission and not of shape.

let house: TestHouse
let half: Readonly<Record<string, string>>
let powerless: Readonly<Record<string, string>>
let almighty: Readonly<Record<string, string>>
const { authorization: _, ...why } = asCaller('')
const inSession = (cookie: string) => ({ ...why, cookie, 'holdfast-request': '1' })

before(async () => {
  house = await openHouse({ listen: true, limits: wideLimits })
  const { email } = await enrol(house, 'nadia@house.example', ['administrator', 'privacy'])
  half = inSession(cookieOf(await signIn(house, email)))
  powerless = asCaller((await callerWith(house, { actions: ['gate.upstream.request'] })).token)
  const rooms = [...new Set(routes.map(({ action }) => `${action.split('.')[0]}.*`))]
  almighty = asCaller((await callerWith(house, { actions: rooms })).token)
})
after(() => house.close())

interface Sent {
  readonly path: string
  readonly method: string
  readonly type: string | undefined
  readonly body: string | undefined
}

const somebody = '01890000-0000-7000-8000-00000000dead'

/** A request that is right by the letter. */
function sentTo(route: Route): Sent {
  const { properties } = (route.params ?? {}) as { properties?: Record<string, TSchema> }
  const path = route.url.replace(/:(\w+)/g, (_all, name: string) =>
    /Id$|^id$|^ring$/.test(name) && route.action !== 'measures.measure.read'
      ? somebody
      : encodeURIComponent(String(wildValues(properties![name]!, 0))),
  )
  const query = route.query === undefined ? {} : (wildValues(route.query, 1) as object)
  const pairs = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  const asked = pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`
  const streams = 'streams' in route ? route.streams : undefined
  if (streams !== undefined)
    return { path: asked, method: route.method, type: streams[0], body: 'id\n1' }
  const body = route.body === undefined ? undefined : JSON.stringify(wildValues(route.body, 0))
  const type = body === undefined ? undefined : 'application/json'
  return { path: asked, method: route.method, type, body }
}

type Way = (sent: Sent) => Promise<{ readonly status: number; readonly body: string }>

const byNetwork =
  (headers: () => Readonly<Record<string, string>>): Way =>
  ({ path, method, type, body }) =>
    ask({ port: house.settings.port, ca: house.ca }, path, {
      method,
      headers: { ...headers(), ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    })

/** Through the operator's socket, with every header that could pass for somebody else. */
const bySocket: Way = ({ path, method, type, body }) =>
  new Promise((resolve, reject) => {
    const call = overSocket(
      {
        socketPath: join(house.settings.dataDir, 'run', 'holdfast.sock'),
        path,
        method,
        headers: {
          ...why,
          authorization: almighty['authorization'],
          'x-forwarded-for': '192.0.2.7',
          ...(type === undefined ? {} : { 'content-type': type }),
        },
      },
      (answer) => {
        let heard = ''
        answer.on('data', (piece: Buffer) => (heard += piece.toString()))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: heard }))
      },
    )
    call.on('error', reject)
    call.end(body)
  })

/** What each of these routes answers, as status and code; those of permission are counted. */
async function walk(these: readonly Route[], way: Way, expected: RegExp): Promise<void> {
  const others: string[] = []
  let refused = 0
  for (const route of these) {
    const { status, body } = await way(sentTo(route))
    const code = body.startsWith('{') ? String(JSON.parse(body).code) : ''
    if (expected.test(`${status} ${code}`)) refused += 1
    else if (status !== 400) others.push(`${route.method} ${route.url}: ${status} ${code}`)
  }
  deepEqual(others, [])
  ok(
    refused >= these.length * 0.8,
    `${refused} of ${these.length} were refused for want of a right`,
  )
}

const isOwn = ({ action }: Route) => action.startsWith('identity.self.')
const isDirectory = ({ action }: Route) => action.startsWith('identity.scim-')
const guarded = routes.filter((route) => route.assurance !== 0)

describe('no door opens', () => {
  test('to nobody', () =>
    walk(
      guarded,
      byNetwork(() => why),
      /^401 identity.not-signed-in$/,
    ))

  test('to an administrator who has shown a password and nothing more', () =>
    walk(
      guarded.filter((route) => route.assurance !== 1),
      byNetwork(() => half),
      /^403 identity.second-factor-required$/,
    ))

  test('to a workload without a right to it', () =>
    walk(
      guarded.filter((route) => !isOwn(route)),
      byNetwork(() => powerless),
      /^403 identity.(?:not-permitted|persons-only)$/,
    ))

  test('to rights and keys for a workload, whatever it was granted', () =>
    walk(
      guarded.filter(
        (route) =>
          /^(?:identity|keys)\./.test(route.action) &&
          !isOwn(route) &&
          !isDirectory(route) &&
          !/\.(?:read|list|who)$/.test(route.action),
      ),
      byNetwork(() => almighty),
      /^403 identity.persons-only$/,
    ))

  test('to people and groups for a workload that nobody named a directory', () =>
    walk(
      guarded.filter((route) => isDirectory(route) && !/scim-service/.test(route.action)),
      byNetwork(() => almighty),
      /^403 identity.not-a-directory$/,
    ))

  test('to the data of anybody for the operator, whatever headers come along', () =>
    walk(
      routes.filter(({ action }) =>
        [
          'vault.attachment.list',
          'vault.attachment.read',
          'vault.consent.read',
          'vault.field.reveal',
          'vault.record.export',
          'vault.record.read',
          'vault.request.answer',
          'vault.request.mail',
          'vault.request.read',
          'vault.subject.find',
          'vault.subject.trail',
          'vault.token.open',
        ].includes(action),
      ),
      bySocket,
      /^403 identity.operator-sees-no-data$/,
    ))
})

test('none of them has done anything but look at themselves', async () => {
  const done = await house.owner.rows<{ told: string }>({
    text: `select distinct action as told from trail.entry
           where outcome = 'done' and actor_kind in ('workload', 'operator')`,
  })
  deepEqual(done, [])
})

test('a header makes nobody an operator, and nobody comes by an address of their own', async () => {
  const headers = {
    ...why,
    'x-forwarded-for': '127.0.0.1',
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=_local',
    'holdfast-operator': '1',
    host: 'localhost',
  }
  const answer = await byNetwork(() => headers)(
    sentTo(routes.find((r) => r.url === '/v1/persons')!),
  )
  equal(answer.status, 401)
})
