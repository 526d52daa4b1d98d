import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { identity } from '#identity'
import type { Route } from '#kernel'
import { isFresh } from '../src/identity/factors/fresh.ts'
import { freshActions } from '../src/identity/factors/fresh-routes.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'
import { wildValues } from './wild-values.ts'

// Whoever finds an administrator's session open gives nobody rights with it.

/** Changes something for others, and asks for no second factor again: it takes away, or asks in its act. */
const withoutAsking = [
  'identity.authority.read',
  'identity.break-glass.review',
  'identity.break-glass.undesignate',
  'identity.breach-list.import',
  'identity.certificate.revoke',
  'identity.conflict.add',
  'identity.credential.revoke',
  'identity.enrolment.withdraw',
  'identity.grant.revoke',
  'identity.lock.set',
  'identity.person.disable',
  'identity.policy.add',
  'identity.privilege.remove',
  'identity.provider.remove',
  'identity.recovery.approve',
  'identity.recovery.begin',
  'identity.recovery.issue',
  'identity.recovery.withdraw',
  'identity.request.refuse',
  'identity.review.decide',
  'identity.review.start',
  'identity.review-schedule.add',
  'identity.review-schedule.stop',
  'identity.workload.create',
  'identity.workload.disable',
  'identity.workload-key.revoke',
]

const nobody = '01890000-0000-7000-8000-0000000000aa'

/** Bodies that are looked at before the act begins. */
const bodies: Readonly<Record<string, object>> = {
  'identity.provider.add': {
    name: 'Elsewhere',
    issuer: 'https://login.elsewhere.example',
    clientId: 'house',
    clientSecret: 'x',
  },
  'identity.enrolment.create': { roleNames: ['support'] },
  'identity.grant.create': {
    actorId: nobody,
    role: 'support',
    controllers: null,
    categories: null,
    purposes: null,
    expiresAt: null,
  },
  'identity.workload-key.register': { label: 'x', jwk: {}, expiresAt: '2100-01-01T00:00:00Z' },
  'identity.workload.bind': { networks: null, purposes: null },
}

let house: TestHouse
let root: Enrolled
let now = new Date()

before(async () => {
  house = await openHouse({ listen: true, now })
  root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
})
after(() => house.close())

const routes = identity.routes!
const writes = (route: Route) =>
  'flow' in route ? route.method !== 'GET' : route.effect === 'write'

test('each door that changes something for others either wants a fresh second factor or is known not to', () => {
  const others = routes.filter(
    (route) =>
      writes(route) &&
      route.assurance === undefined &&
      !/^identity\.(?:self|scim-\w+|session)\./.test(route.action),
  )
  const actions = [...new Set(others.map(({ action }) => action))]
  deepEqual(actions.toSorted(), [...freshActions, ...withoutAsking].toSorted())
})

test('rights are given, widened and opened only ten minutes after a second factor', async () => {
  const tried = async () => {
    const answers = new Map<string, string>()
    for (const route of routes.filter(({ action }) => freshActions.has(action))) {
      const path = route.url
        .replace(/:kind/, 'person')
        .replace(/:(?:name|role[AB])/g, 'looker')
        .replace(/:\w+/g, root.personId)
      const made = route.body === undefined ? undefined : wildValues(route.body, 0)
      const json = bodies[route.action] ?? made
      const answer = await inSession(house, root.cookie, path, { method: route.method, json })
      answers.set(route.action, told(answer))
    }
    return answers
  }
  const no = '403 identity.fresh-factor-required'
  const before = await tried()
  equal(before.size, freshActions.size)
  const malformed = [...before].filter(([, answer]) => answer === '400 gate.invalid-request')
  deepEqual(malformed, [], 'the door was not reached')
  for (const [action, answer] of before) notEqual(answer, no, action)
  now = new Date(now.getTime() + 11 * 60_000)
  house.setNow(now)
  for (const [action, answer] of await tried()) equal(answer, no, action)
  // Each no has its entry; and what takes away goes on as it did.
  const entries = await house.owner.rows<{ action: string }>({
    text: `select distinct action from trail.entry where code = 'identity.fresh-factor-required'`,
  })
  deepEqual(entries.map(({ action }) => action).toSorted(), [...freshActions].toSorted())
  const lock = { kind: 'person', id: nobody, reason: 'stolen' }
  const locked = await inSession(house, root.cookie, '/v1/locks', { method: 'POST', json: lock })
  notEqual(told(locked), no)
})

test('the operator on the host, who has no second factor to show, goes on as before', async () => {
  const role = { name: 'looker', description: 'Looks.', actions: ['keys.overview.read'] }
  equal(await overSocket('/v1/roles', role), 200)
})

test('nor has a program one: what it may is for its grants to say', () => {
  const grants = { grants: [], label: 'importer', id: root.personId, assurance: 1 as const }
  ok(isFresh({ now, actor: { ...grants, kind: 'workload' } }))
  ok(!isFresh({ now, actor: { ...grants, kind: 'person' } }))
})

function overSocket(path: string, json: unknown): Promise<number | undefined> {
  const socketPath = join(house.settings.dataDir, 'run', 'holdfast.sock')
  return new Promise((resolve, reject) => {
    request(
      { socketPath, path, method: 'POST', headers: { 'content-type': 'application/json' } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
      .on('error', reject)
      .end(JSON.stringify(json))
  })
}
