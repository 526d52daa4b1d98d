import { deepEqual, equal, ok } from 'node:assert/strict'
import { request as call } from 'node:https'
import { after, before, test } from 'node:test'
import { createWorkload, issueCredential, lockTarget, underWay, unlockTarget } from '#identity'
import { newId } from '#ground'
import { createController } from '#vault'
import { asCaller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'
import { stallMeter } from './spent.ts'

let house: TestHouse
let nadia: Enrolled
let omar: Enrolled
before(async () => {
  house = await openHouse({ listen: true, work: true })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  omar = await enrol(house, 'omar@customer.example', ['administrator'])
})
after(() => house.close())

const lock = (kind: string, id: string, by = nadia) =>
  inSession(house, by.cookie, '/v1/locks', {
    method: 'POST',
    json: { kind, id, reason: 'a test' },
  })
const lift = (kind: string, id: string, by = omar) =>
  inSession(house, by.cookie, `/v1/locks/${kind}/${encodeURIComponent(id)}`, { method: 'DELETE' })

const contract = (name: string) => ({
  name,
  categories: [{ name: 'note', retainDays: 30, fields: [{ name: 'text', kind: 'text' as const }] }],
  purposes: [{ name: 'support', categories: ['note'] }],
  breachContacts: [],
  synthetic: true,
})
const controller = (name: string) =>
  house.act({ action: 'vault.controller.create' }, (act) => createController(act, contract(name)))

const mapping = encodeURIComponent(
  JSON.stringify({ subjectKey: 'k', category: 'note', fields: { text: 't' } }),
)

/** An import whose body never ends: a request under way that asks nothing of the threshold meanwhile. */
function unending(token: string, controllerId: string, localAddress = '127.0.0.1') {
  const broken = Promise.withResolvers<number>()
  const { port } = house.settings
  const request = call({
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    localAddress,
    ca: house.ca,
    agent: false,
    method: 'POST',
    path: `/v1/controllers/${controllerId}/imports?mapping=${mapping}`,
    headers: { ...asCaller(token, 'support'), 'content-type': 'application/x-ndjson' },
  })
  request.on('error', () => broken.resolve(performance.now()))
  request.on('close', () => broken.resolve(performance.now()))
  const timer = setInterval(() => request.write('{"k":"s1","t":"x"}\n'), 50)
  void broken.promise.then(() => clearInterval(timer))
  return { ended: broken.promise, stop: () => request.destroy() }
}

const rest = (ms: number) => new Promise((go) => setTimeout(go, ms))

/** Waits until the house has known for a while that a request of this caller is under way. */
async function grown(actorId: string): Promise<void> {
  const isThere = () => underWay.grownFor(200).some(({ actor }) => actor.id === actorId)
  for (const until = performance.now() + 20_000; !isThere();) {
    ok(performance.now() < until, 'it never began')
    await rest(20)
  }
}

test('a lock on whatever a running request stands on breaks it off within a second, and says what it cut', async () => {
  const { controllerId } = await controller('Alder')
  for (const kind of ['workload', 'controller', 'network', 'role'] as const) {
    const { workloadId, token } = await callerWith(house, { actions: ['vault.*'] })
    const role = await house.owner.first<{ name: string }>({
      text: 'select role_name as name from identity.grant where actor_id = $1',
      values: [workloadId],
    })
    const ids = {
      workload: workloadId,
      controller: controllerId,
      network: '127.0.0.9/32',
      role: role!.name,
    }
    const running = unending(token, controllerId, kind === 'network' ? '127.0.0.9' : '127.0.0.1')
    await grown(workloadId)
    const stalls = stallMeter()
    const from = performance.now()
    const set = await lock(kind, ids[kind])
    equal(set.status, 200, set.body)
    const took = (await running.ended) - from - stalls.stop()
    ok(took < 1000, `${kind}: cut after ${Math.round(took)} ms`)
    // The entry that tells of the cut is committed a moment after the connection broke.
    let cut: { actorId: string; ranMs: number }[] = []
    for (let tries = 0; cut.length === 0 && tries < 200; tries += 1) {
      const list = await inSession(house, nadia.cookie, '/v1/locks')
      cut = list.json.items.find((item: { id: string }) => item.id === ids[kind]).requests
      if (cut.length === 0) await new Promise((go) => setTimeout(go, 50))
    }
    deepEqual(
      cut.map(({ actorId }) => actorId),
      [workloadId],
      kind,
    )
    ok(cut[0]!.ranMs >= 150, kind)
    equal(told(await lift(kind, ids[kind], nadia)), '403 identity.own-lock', 'not who locked it')
    equal((await lift(kind, ids[kind])).status, 200, kind)
  }
  const entries = await house.owner.rows<{ n: number }>({
    text: `select count(*)::int as n from trail.entry where action = 'identity.cut-under-way' and outcome = 'done'`,
  })
  equal(entries[0]!.n, 4)
})

test('a request that stands on nothing locked goes on', async () => {
  const { controllerId } = await controller('Birch')
  const mine = await callerWith(house, { actions: ['vault.*'] })
  const other = await callerWith(house, { actions: ['vault.*'] })
  const running = unending(mine.token, controllerId)
  await grown(mine.workloadId)
  for (const [kind, id] of [
    ['workload', other.workloadId],
    ['controller', newId()],
    ['network', '127.0.0.9/32'],
    ['role', 'support'],
  ] as const)
    equal((await lock(kind, id)).status, 200)
  let over = false
  void running.ended.then(() => (over = true))
  await rest(800)
  equal(over, false)
  for (const [kind, id] of [
    ['network', '127.0.0.9/32'],
    ['role', 'support'],
  ] as const)
    equal((await lift(kind, id)).status, 200)
  running.stop()
})

test('a locked role allows nothing, ends the sessions of who holds it, and comes back with the lifting', async () => {
  const eve = await enrol(house, 'eve@customer.example', ['auditor'])
  const { token } = await callerWith(house, { actions: ['identity.role.list'] })
  const set = await lock('role', 'auditor')
  equal(set.json.sessions.length, 1)
  equal(told(await inSession(house, eve.cookie, '/v1/self')), '401 identity.session-expired')
  equal((await house.request('/v1/roles', { token })).status, 200, 'another role')
  equal((await lift('role', 'auditor')).status, 200)
  equal(told(await lock('role', 'nobody-has-this')), '404 identity.unknown-lock-target')
})

test('a locked network lets nobody in and nobody sign in, and ends what was opened from it', async () => {
  const { token } = await callerWith(house, { actions: ['identity.role.list'] })
  const from = (localAddress: string) => house.request('/v1/roles', { token, localAddress })
  equal((await from('127.0.0.7')).status, 200)
  equal((await lock('network', '127.0.0.6/31')).status, 200)
  equal(told(await from('127.0.0.7')), '403 identity.locked')
  equal((await from('127.0.0.1')).status, 200)
  const entering = await house.request('/v1/sessions', {
    method: 'POST',
    localAddress: '127.0.0.7',
    json: { email: omar.email, password: 'velvet tram harvest ninety' },
  })
  equal(told(entering), '403 identity.locked')
  equal(told(await lock('network', '127.0.0.0/24')), '409 identity.own-network')
  equal(told(await lock('network', '127.0.0/8')), '422 identity.network-not-valid')
  equal((await lift('network', '127.0.0.6/31')).status, 200)
  equal((await from('127.0.0.7')).status, 200)
})

test('a locked session ends, and another of the same person goes on', async () => {
  const lena = await enrol(house, 'lena@customer.example', ['auditor'])
  const { json } = await inSession(house, lena.cookie, '/v1/self/sessions')
  const { sessionId } = json.items[0]
  deepEqual((await lock('session', sessionId)).json.sessions, [sessionId])
  equal(told(await inSession(house, lena.cookie, '/v1/self')), '403 identity.locked')
  equal(told(await lock('session', newId())), '404 identity.unknown-lock-target')
})

test('a locked controller is closed to everybody but the house, and others stay open', async () => {
  const [cedar, dogwood] = [await controller('Cedar'), await controller('Dogwood')]
  const { token } = await callerWith(house, { actions: ['vault.*'] })
  const read = (id: string) => house.request(`/v1/controllers/${id}`, { token })
  equal((await read(cedar.controllerId)).status, 200)
  equal((await lock('controller', cedar.controllerId)).status, 200)
  equal(told(await read(cedar.controllerId)), '403 identity.controller-locked')
  equal((await read(dogwood.controllerId)).status, 200)
  equal((await lift('controller', cedar.controllerId)).status, 200)
  equal((await read(cedar.controllerId)).status, 200)
})

test('a credential of another environment, or from outside its networks, is refused with its code', async () => {
  const { token } = await house.act({ action: 'identity.workload.create' }, async (act) => {
    const made = await createWorkload(act, { name: 'stage', environment: 'staging' })
    const expiresAt = new Date(act.now.getTime() + 3_600_000)
    return issueCredential(act, made.workloadId, { label: 'a', expiresAt })
  })
  equal(told(await house.request('/v1/self', { token })), '403 identity.wrong-environment')
  const bound = await callerWith(house, { actions: ['identity.role.list'] })
  await house.owner.run({
    text: `update identity.workload set networks = '{127.0.0.4/32}' where id = $1`,
    values: [bound.workloadId],
  })
  const from = (localAddress: string) =>
    house.request('/v1/roles', { token: bound.token, localAddress })
  equal(told(await from('127.0.0.1')), '403 identity.outside-network')
  equal((await from('127.0.0.4')).status, 200)
})

test('what the house locked by itself, any other person may lift', async () => {
  const { workloadId, token } = await callerWith(house, { actions: ['identity.role.list'] })
  const target = { kind: 'workload', id: workloadId } as const
  await house.act({ action: 'identity.lock.set' }, (act) => lockTarget(act, target, 'contained'))
  equal(told(await house.request('/v1/roles', { token })), '403 identity.locked')
  await house.act({ action: 'identity.lock.lift' }, (act) => unlockTarget(act, target))
  deepEqual(house.faults, [])
})
