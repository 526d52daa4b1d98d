import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  administratorsExist,
  createWorkload,
  disableActor,
  grantRole,
  issueCredential,
  lockActor,
  revokeGrant,
  unlockActor,
} from '#identity'
import { newId } from '#ground'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'

const day = 86_400_000
const start = new Date('2026-11-20T08:00:00Z')
const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }
let house: TestHouse
let nadia: Enrolled
let omar: Enrolled

before(async () => {
  house = await openHouse({ listen: true, now: start })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  omar = await enrol(house, 'omar@customer.example', ['administrator'])
})
after(() => house.close())

const byHouse = { action: 'identity.test' }
const asNadia = (path: string, init?: { method?: string; json?: unknown }) =>
  inSession(house, nadia.cookie, path, init)

/** A workload with a credential for a day, and with a grant where a role is named. */
async function workload(name: string, role?: string) {
  return house.act(byHouse, async (act) => {
    const { workloadId } = await createWorkload(act, { name })
    const expiresAt = new Date(act.now.getTime() + day)
    const issued = await issueCredential(act, workloadId, { label: 'main', expiresAt })
    if (role !== undefined) await grantRole(act, { actorId: workloadId, role, ...unconfined })
    return { workloadId, ...issued }
  })
}

const roles = (token: string) => house.request('/v1/roles', { token })

test('a new workload may nothing but see itself, and a role it gets counts at once', async () => {
  const { workloadId, token } = await workload('shop')
  equal(told(await roles(token)), '403 identity.not-permitted')
  const self = await house.request('/v1/self', { token })
  deepEqual([self.status, self.json.kind, self.json.grants], [200, 'workload', []])
  const granted = await asNadia('/v1/grants', {
    method: 'POST',
    json: { actorId: workloadId, role: 'auditor', ...unconfined },
  })
  equal(granted.status, 200, granted.body)
  equal((await roles(token)).status, 200)
  const revoked = await asNadia(`/v1/grants/${granted.json.grantId}`, { method: 'DELETE' })
  equal(revoked.status, 200, revoked.body)
  equal(told(await roles(token)), '403 identity.not-permitted')
})

test('a grant confined to a controller, or past its end, does not reach the house', async () => {
  const { workloadId } = await workload('confined')
  const { token } = await house.act(byHouse, (act) =>
    issueCredential(act, workloadId, {
      label: 'outlives its rights',
      expiresAt: new Date(start.getTime() + 3 * day),
    }),
  )
  const grant = { ...unconfined, actorId: workloadId, role: 'auditor' }
  await house.act(byHouse, (act) => grantRole(act, { ...grant, controllers: [newId()] }))
  equal(told(await roles(token)), '403 identity.not-permitted')
  const expiresAt = new Date(start.getTime() + day)
  await house.act(byHouse, (act) => grantRole(act, { ...grant, expiresAt }))
  equal((await roles(token)).status, 200)
  house.setNow(expiresAt)
  equal(told(await roles(token)), '403 identity.not-permitted')
  house.setNow(start)
})

test('a credential that is revoked, expired, foreign or mistyped is refused, each with its code', async () => {
  const { workloadId, credentialId, token } = await workload('billing', 'auditor')
  equal((await roles(token)).status, 200)
  const other = await asNadia(`/v1/workloads/${workloadId}/credentials`, {
    method: 'POST',
    json: { label: 'next', expiresAt: new Date(start.getTime() + 1000).toISOString() },
  })
  equal(other.status, 200, other.body)
  equal((await roles(other.json.token)).status, 200, 'two live side by side')
  equal((await asNadia(`/v1/credentials/${credentialId}`, { method: 'DELETE' })).status, 200)
  equal(told(await roles(token)), '401 identity.credential-revoked')
  house.setNow(new Date(start.getTime() + 1000))
  equal(told(await roles(other.json.token)), '401 identity.credential-expired')
  house.setNow(start)
  equal(told(await roles('hf_production_x')), '401 identity.credential-unknown')
  const { token: right } = await workload('mistyped')
  const wrong = right.slice(0, -8) + (right.at(-8) === 'A' ? 'B' : 'A') + right.slice(-7)
  equal(told(await roles(wrong)), '401 identity.credential-unknown')
  const basic = await house.request('/v1/roles', {
    headers: { authorization: 'Basic bmFkaWE6eA==' },
  })
  equal(told(basic), '401 identity.credential-unknown')
  const forever = await asNadia(`/v1/workloads/${workloadId}/credentials`, {
    method: 'POST',
    json: { label: 'forever', expiresAt: new Date(start.getTime() + 400 * day).toISOString() },
  })
  equal(told(forever), '422 identity.credential-lifetime')
})

test('a lock cuts every credential and session, says which, and holds until another lifts it', async () => {
  const { workloadId, credentialId, token } = await workload('leaky', 'auditor')
  const ref = { kind: 'workload', id: workloadId } as const
  const cut = await house.act(byHouse, (act) => lockActor(act, ref, 'token seen in a log'))
  deepEqual(cut, { sessions: [], credentials: [credentialId] })
  equal(told(await roles(token)), '403 identity.locked')
  const fresh = await house.act(byHouse, (act) =>
    issueCredential(act, workloadId, { label: 'new', expiresAt: new Date(start.getTime() + day) }),
  )
  equal(told(await roles(fresh.token)), '403 identity.locked', 'nothing new helps')
  const again = await house.act(byHouse, (act) => lockActor(act, ref, 'seen again'))
  deepEqual(again.credentials, [fresh.credentialId])
  const list = await asNadia('/v1/locks')
  const lock = list.json.items.find(({ id }: { id: string }) => id === workloadId)
  deepEqual(lock.credentials, [credentialId, fresh.credentialId])
  equal(lock.reason, 'token seen in a log')
  equal((await asNadia(`/v1/locks/workload/${workloadId}`, { method: 'DELETE' })).status, 200)
  equal(told(await roles(fresh.token)), '401 identity.credential-revoked')
  equal(
    told(await asNadia(`/v1/locks/workload/${workloadId}`, { method: 'DELETE' })),
    '409 identity.not-locked',
  )
})

test('a locked person is out within the request, and cannot lift the lock themselves', async () => {
  const eve = await enrol(house, 'eve@customer.example', ['security'])
  const cut = await asNadia('/v1/locks', {
    method: 'POST',
    json: { kind: 'person', id: eve.personId, reason: 'phone stolen' },
  })
  equal(cut.json.sessions.length, 1)
  equal(told(await inSession(house, eve.cookie, '/v1/self')), '403 identity.locked')
  const ref = { kind: 'person', id: eve.personId } as const
  const eveActor = {
    id: eve.personId,
    kind: 'person',
    assurance: 2,
    grants: [],
    label: 'eve',
  } as const
  const actor = {
    ...eveActor,
    grants: [
      { id: 'g', actions: ['identity.*'], controllers: null, categories: null, purposes: null },
    ],
  }
  await rejects(
    house.act({ action: 'identity.lock.lift', actor }, (act) => unlockActor(act, ref)),
    { code: 'identity.own-rights' },
  )
  await house.act(byHouse, (act) => unlockActor(act, ref))
  equal(told(await inSession(house, eve.cookie, '/v1/self')), '401 identity.session-expired')
})

test('nobody gives rights to themselves, by grant or by a role they hold', async () => {
  const own = await asNadia('/v1/grants', {
    method: 'POST',
    json: { actorId: nadia.personId, role: 'privacy', ...unconfined },
  })
  equal(told(own), '403 identity.own-rights')
  const role = { name: 'clerk', description: 'Enters records.', actions: ['vault.record.put'] }
  const made = await asNadia('/v1/roles', { method: 'POST', json: role })
  deepEqual([made.status, made.json.privileged, made.json.builtIn], [200, true, false])
  equal(told(await asNadia('/v1/roles', { method: 'POST', json: role })), '409 identity.role-taken')
  await house.act(byHouse, (act) =>
    grantRole(act, { actorId: nadia.personId, role: 'clerk', ...unconfined }),
  )
  const { name: _, ...change } = { ...role, actions: ['vault.*'] }
  equal(
    told(await asNadia('/v1/roles/clerk', { method: 'PUT', json: change })),
    '403 identity.own-rights',
  )
  const byOmar = await inSession(house, omar.cookie, '/v1/roles/clerk', {
    method: 'PUT',
    json: change,
  })
  equal(byOmar.status, 200, byOmar.body)
  const self = await asNadia('/v1/self')
  ok(self.json.grants.some((grant: { actions: string[] }) => grant.actions.includes('vault.*')))
  equal(
    told(await asNadia('/v1/roles/auditor', { method: 'PUT', json: change })),
    '409 identity.role-built-in',
  )
  const bad = { ...change, actions: ['*'] }
  equal(
    told(await inSession(house, omar.cookie, '/v1/roles/clerk', { method: 'PUT', json: bad })),
    '422 identity.role-not-valid',
  )
})

test('the house is never left without an administrator', async () => {
  equal((await asNadia(`/v1/persons/${omar.personId}/disable`, { method: 'POST' })).status, 200)
  const self = await asNadia(`/v1/persons/${nadia.personId}/disable`, { method: 'POST' })
  equal(told(self), '403 identity.own-rights')
  const access = await asNadia(`/v1/actors/${nadia.personId}/access`)
  const grant = access.json.items.find(({ role }: { role: string }) => role === 'administrator')
  const last = { kind: 'person', id: nadia.personId } as const
  await rejects(
    house.act(byHouse, (act) => disableActor(act, last, 'by hand')),
    { code: 'identity.last-administrator' },
  )
  await rejects(
    house.act(byHouse, (act) => revokeGrant(act, grant.grantId, 'by hand')),
    { code: 'identity.last-administrator' },
  )
  ok(await administratorsExist(house.owner))
  equal((await asNadia(`/v1/persons/${omar.personId}/enable`, { method: 'POST' })).status, 200)
})

test('who can do an action is answered with names, grants and confinement, and nobody disabled', async () => {
  const controllerId = newId()
  const { workloadId } = await workload('reader')
  await house.act(byHouse, (act) =>
    grantRole(act, {
      ...unconfined,
      actorId: workloadId,
      role: 'support',
      controllers: [controllerId],
    }),
  )
  const who = async (query: string) => {
    const answer = await asNadia(`/v1/access/who?${query}`)
    equal(answer.status, 200, answer.body)
    return answer.json.items.map((item: { actorId: string }) => item.actorId)
  }
  const here = await who(`action=vault.record.read&controllerId=${controllerId}`)
  ok(here.includes(workloadId) && here.includes(nadia.personId) && here.includes(omar.personId))
  ok(!(await who(`action=vault.record.read&controllerId=${newId()}`)).includes(workloadId))
  ok(!(await who('action=vault.record.read')).includes(workloadId))
  deepEqual(await who('action=vault.record.reveal'), [nadia.personId], 'by the clerk role alone')
  const list = await asNadia('/v1/persons')
  const names = list.json.items.map(({ name, factors }: { name: string; factors: string[] }) => [
    name,
    factors,
  ])
  deepEqual(names[0], ['Nadia Okonkwo', ['totp']])
  equal(told(await asNadia(`/v1/actors/${newId()}/access`)), '404 identity.unknown-actor')
})

test('the token is nowhere in the tables, and the tables hold its hash', async () => {
  const { token } = await workload('stored')
  const row = await house.owner.first<{ text: string }>({
    text: `select string_agg(c::text, ' ') as text from identity.credential c`,
  })
  ok(!row!.text.includes(token.split('_')[3]!))
  ok(!row!.text.includes(Buffer.from(token).toString('hex')))
  deepEqual(house.faults, [])
})

test('whoever decides as second person sees by name who asks, and what program', async () => {
  const olga = await enrol(house, 'olga@customer.example', ['privacy'])
  for (const path of ['/v1/persons', '/v1/workloads'])
    equal((await inSession(house, olga.cookie, path)).status, 200, path)
})
