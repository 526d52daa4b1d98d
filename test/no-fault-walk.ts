import { deepEqual, ok } from 'node:assert/strict'
import { Agent } from 'node:https'
import { after, before, test } from 'node:test'
import type { TSchema } from 'typebox'
import { limits, type Limits } from '#gate'
import type { Route } from '#kernel'
import { routes } from '../src/rooms.ts'
import { ask, asCaller, type Caller, callerWith, type Heard } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol } from './identity-people.ts'
import { unkeepable, wildValues } from './wild-values.ts'

let house: TestHouse
let caller: Caller
let cookie: string
let ids: Readonly<Record<string, string>>
const agent = new Agent({ keepAlive: true, maxSockets: 4 })

const everyLimit = Object.fromEntries(
  Object.entries(limits).map(([name, limit]) => [name, { ...limit, burst: 1e6, perSecond: 1e5 }]),
) as unknown as Limits

async function openAlder(): Promise<void> {
  house = await openHouse({ listen: true, limits: everyLimit })
  const rooms = [...new Set(routes.map(({ action }) => `${action.split('.')[0]}.*`))]
  caller = await callerWith(house, { actions: rooms })
  const person = await enrol(house, 'nadia@house.example', ['administrator', 'privacy'])
  cookie = person.cookie
  const made = await callerWith(house, { actions: ['gate.upstream.request'] })
  const contract = {
    name: 'Alder Clinic',
    categories: [{ name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 30 }],
    purposes: [{ name: 'care', categories: ['contact'] }],
    breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
  }
  const controller = await json(await send('POST', '/v1/controllers', { body: contract }))
  const controllerId = controller.controllerId as string
  const record = { subjectKey: 'A-1', category: 'contact', fields: { name: 'Ada' } }
  const stored = await json(
    await send('PUT', `/v1/controllers/${controllerId}/records`, { body: record }),
  )
  const incident = await json(await send('POST', '/v1/incidents', { body: { text: 'seen' } }))
  ids = {
    controllerId,
    subjectId: stored.subjectId as string,
    incidentId: incident.incidentId as string,
    workloadId: made.workloadId,
    credentialId: made.credentialId,
    ring: controllerId,
    severity: 'high',
    kind: 'workload',
    register: 'vendors',
  }
}

const json = async ({ body }: Heard) => JSON.parse(body) as Record<string, unknown>

interface Init {
  readonly body?: unknown
  readonly raw?: string
  readonly type?: string
  readonly session?: boolean
}

function send(method: string, path: string, { body, raw, type, session = false }: Init = {}) {
  const who = asCaller(caller.token)
  const { authorization: _, ...why } = who
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  return ask({ port: house.settings.port, ca: house.ca }, path, {
    method,
    agent,
    headers: {
      ...(session ? { ...why, cookie, 'holdfast-request': '1' } : who),
      ...(text === undefined ? {} : { 'content-type': type ?? 'application/json' }),
    },
    ...(text === undefined ? {} : { body: text }),
  })
}

/** These end the session that asks, or keep the machine busy for seconds. */
const left = ['identity.self.leave', 'continuity.backup.make', 'keys.root.rotate']
/** Ways to fill a shape. */
export const takes = [0, 1, 2, 3, 4, 5, 6, 7, unkeepable, unkeepable + 1]

const propertiesOf = (shape: (TSchema & { properties?: Record<string, TSchema> }) | undefined) =>
  shape?.properties

function pathOf(route: Route, take: number): string {
  const path = route.url.replace(/:(\w+)/g, (_, name: string) => {
    const shape = propertiesOf(route.params)
    const known = take % 4 === 3 ? undefined : ids[name]
    const wild = shape?.[name] === undefined ? 'a' : wildValues(shape[name], take)
    return encodeURIComponent(known ?? String(wild).toWellFormed())
  })
  const query = route.query === undefined ? {} : (wildValues(route.query, take) as object)
  const pairs = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`
}

function initOf(route: Route, take: number): Init {
  const session = /^(?:identity|keys)\./.test(route.action) || take % 2 === 1
  if ('streams' in route && route.streams !== undefined) {
    const texts = ['a,b\n1,\u0000\n', '{"a":1}\n', '\ufeffid;name\n', '']
    const type = route.streams[take % route.streams.length]!
    return { session, type, raw: texts[take % texts.length]! }
  }
  return route.body === undefined ? { session } : { session, body: wildValues(route.body, take) }
}

/** What a SCIM service does not offer it answers with 501 (RFC 7644 §3.7, §3.11): an answer, and no fault. */
const isNotOffered = (body: string): boolean =>
  (JSON.parse(body) as { code?: unknown }).code === 'identity.scim-not-implemented'

/** Sends to every door the bodies of some takes, given its place among the doors; no answer may be a fault. */
export function testDoors(name: string, takesFor: (door: number) => readonly number[]): void {
  before(openAlder)
  after(async () => {
    agent.destroy()
    await house.close()
  })

  test(name, async () => {
    const faults: string[] = []
    const statuses = new Map<number, number>()
    const doors = routes.filter(({ action }) => !left.includes(action))
    for (const [door, route] of doors.entries())
      for (const take of takesFor(door)) {
        const [path, init] = [pathOf(route, take), initOf(route, take)]
        const { status, body } = await send(route.method, path, init)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (status < 500 || (status === 501 && isNotOffered(body))) continue
        const said = house.faults.map(({ error }) => (error as Error).message).join('; ')
        house.faults.length = 0
        faults.push(
          `${status} ${route.method} ${path} ${JSON.stringify(init).slice(0, 300)}: ${said} ${body}`,
        )
      }
    ok((statuses.get(200) ?? 0) > 30, `the walk got through doors: ${statuses.get(200)}`)
    deepEqual(faults, [])
  })
}
