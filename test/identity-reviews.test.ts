import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createWorkload, grantRole, identity, issueCredential } from '#identity'
import { newId } from '#ground'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'

const day = 86_400_000
const start = new Date('2026-11-20T08:00:00Z')
const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }
let house: TestHouse
let nadia: Enrolled
let vera: Enrolled
before(async () => {
  house = await openHouse({ listen: true, now: start })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  vera = await enrol(house, 'vera@customer.example', ['auditor'])
})
after(() => house.close())

const byNadia = (path: string, json?: unknown, method = json === undefined ? 'GET' : 'POST') =>
  inSession(house, nadia.cookie, path, {
    method,
    ...(json === undefined ? {} : { json }),
  })

const job = (action: string) =>
  identity
    .jobs!.find((candidate) => candidate.action === action)!
    .run(house.threshold.asHouse, {}, house.world)

const dueAt = new Date(start.getTime() + 7 * day).toISOString()

async function workload(name: string, role: string, controllers: string[] | null = null) {
  return house.act({ action: 'identity.test' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name })
    const expiresAt = new Date(act.now.getTime() + 300 * day)
    const { grantId } = await grantRole(act, {
      ...unconfined,
      actorId: workloadId,
      role,
      controllers,
    })
    const issued = await issueCredential(act, workloadId, { label: 'a', expiresAt })
    return { workloadId, grantId, ...issued }
  })
}

test('a review over a controller holds every grant that reaches it, and none that does not', async () => {
  const [alder, birch] = [newId(), newId()]
  const there = await workload('alder', 'support', [alder])
  const elsewhere = await workload('birch', 'support', [birch])
  const started = await byNadia('/v1/access-reviews', {
    title: 'Alder',
    dueAt,
    controllers: [alder],
  })
  equal(started.status, 200, started.body)
  const { json } = await byNadia(`/v1/access-reviews/${started.json.reviewId}`)
  const ids = json.items.map(({ actorId }: { actorId: string }) => actorId)
  ok(ids.includes(there.workloadId) && ids.includes(vera.personId), 'who reaches all, reaches it')
  ok(!ids.includes(elsewhere.workloadId))
  deepEqual(json.review.controllers, [alder])
})

test('limiting puts a narrower grant in the place of the old one, in that act, and never a wider one', async () => {
  const [alder, birch] = [newId(), newId()]
  const { grantId, workloadId } = await workload('both', 'controller-reader', [alder, birch])
  const started = await byNadia('/v1/access-reviews', {
    title: 'Limits',
    dueAt,
    roles: ['controller-reader'],
  })
  const path = `/v1/access-reviews/${started.json.reviewId}`
  const limit = (to: object) =>
    byNadia(`${path}/decisions`, { grantId, decision: 'limit', limit: to })
  equal(told(await limit({})), '422 identity.limit-not-narrower')
  equal(told(await limit({ controllers: [alder, newId()] })), '422 identity.limit-not-narrower')
  equal((await limit({ controllers: [alder] })).status, 200)
  const { json } = await byNadia(`/v1/actors/${workloadId}/access`)
  deepEqual(
    json.items.map((each: { grantId: string; controllers: string[] }) => each.controllers),
    [[alder]],
  )
  const { json: shown } = await byNadia(path)
  const item = shown.items.find((each: { grantId: string }) => each.grantId === grantId)
  deepEqual([item.decision, item.successorId], ['limit', json.items[0].grantId])
})

test('what a review revoked is tried over the listener with its holder’s own proof, and refused', async () => {
  const zoe = await enrol(house, 'zoe@customer.example', ['auditor'])
  const { grantId, token, workloadId } = await workload('revoked', 'auditor')
  const started = await byNadia('/v1/access-reviews', {
    title: 'Auditors',
    dueAt,
    roles: ['auditor'],
  })
  const path = `/v1/access-reviews/${started.json.reviewId}`
  const { json: before } = await byNadia(path)
  const ofZoe = before.items.find((each: { actorId: string }) => each.actorId === zoe.personId)
  equal((await house.request('/v1/roles', { token })).status, 200)
  for (const id of [grantId, ofZoe.grantId])
    equal((await byNadia(`${path}/decisions`, { grantId: id, decision: 'revoke' })).status, 200)
  equal(told(await house.request('/v1/roles', { token })), '403 identity.not-permitted')
  const queued = await house.owner.first<{ n: number }>({
    text: `select count(*)::int as n from graphile_worker.jobs where task_identifier = 'identity.try-revocations'`,
  })
  equal(queued?.n, 1, 'the trial is queued in the act itself')
  await job('identity.try-revocations')
  const { json: after } = await byNadia(path)
  for (const id of [grantId, ofZoe.grantId]) {
    const item = after.items.find((each: { grantId: string }) => each.grantId === id)
    equal(item.probeRefused, true, item.probeAnswer)
    match(item.probeAnswer, /^[a-z.-]+: 403 identity\.not-permitted$/)
  }
  const left = await house.owner.first<{ n: number }>({
    text: `select (select count(*) from identity.session where person_id = $1 and ended_at is null
               and started_at = $3)::int
             + (select count(*) from identity.credential where workload_id = $2
               and label like 'probe%' and revoked_at is null)::int as n`,
    values: [zoe.personId, workloadId, house.world.now()],
  })
  equal(left?.n, 1, 'the proofs ended; her own session of today goes on')
})

test('a revocation that gets through is told, and the measure is not green', async () => {
  const { grantId } = await workload('leaky', 'auditor')
  const started = await byNadia('/v1/access-reviews', { title: 'Leak', dueAt, roles: ['auditor'] })
  const path = `/v1/access-reviews/${started.json.reviewId}`
  equal((await byNadia(`${path}/decisions`, { grantId, decision: 'revoke' })).status, 200)
  const open = { ...house.world, fetch: async () => ({ status: 200, headers: {}, body: '{}' }) }
  await identity
    .jobs!.find(({ action }) => action === 'identity.try-revocations')!
    .run(house.threshold.asHouse, {}, open)
  const measure = identity.measures!.find(({ id }) => id === 'identity.access-review')!
  const { holds, facts } = await measure.check!(house.threshold.asHouse, house.world, start)
  deepEqual([holds, facts['leaked']], [false, 1])
})

test('a review is printed with its population, its answers and what was tried', async () => {
  const { json } = await byNadia('/v1/access-reviews')
  const { reviewId } = json.items.find((each: { title: string }) => each.title === 'Auditors')
  const pdf = await byNadia(`/v1/access-reviews/${reviewId}/report`)
  equal(pdf.status, 200)
  equal(pdf.headers['content-type'], 'application/pdf')
  ok(pdf.body.startsWith('%PDF-'))
  equal(told(await byNadia(`/v1/access-reviews/${newId()}/report`)), '404 identity.unknown-review')
})

test('a schedule starts reviews again and again, one for all that were missed', async () => {
  const made = await byNadia('/v1/access-review-schedules', {
    title: 'Quarterly',
    everyDays: 90,
    dueDays: 14,
    firstAt: start.toISOString(),
  })
  equal(made.status, 200, made.body)
  const started = async () => {
    await job('identity.start-reviews')
    const rows = await house.owner.rows<{ title: string }>({
      text: 'select title from identity.review where schedule_id = $1 order by id',
      values: [made.json.scheduleId],
    })
    return rows.map(({ title }) => title)
  }
  deepEqual(await started(), ['Quarterly 2026-11-20'])
  deepEqual(await started(), ['Quarterly 2026-11-20'], 'once a turn')
  house.setNow(new Date(start.getTime() + 200 * day))
  deepEqual(await started(), ['Quarterly 2026-11-20', 'Quarterly 2027-06-08'])
  house.setNow(start)
  const path = `/v1/access-review-schedules/${made.json.scheduleId}`
  equal((await byNadia(path, undefined, 'DELETE')).status, 200)
  equal(told(await byNadia(path, undefined, 'DELETE')), '404 identity.unknown-review-schedule')
})

test('a sleeping account is warned, then disabled; one that may open the glass is not, and is shown to be ready', async () => {
  const ines = await enrol(house, 'ines@customer.example', ['support'])
  const glass = await enrol(house, 'glass@customer.example', ['support'])
  equal((await byNadia(`/v1/break-glass/${glass.personId}`, {}, 'PUT')).status, 200)
  const { workloadId } = await workload('asleep', 'support')
  house.setNow(new Date(start.getTime() + 77 * day))
  await job('identity.disable-dormant')
  const notices = await house.owner.rows<{ person: string; kind: string; workload: string }>({
    text: `select person_id as person, kind, facts->>'workload' as workload from identity.notice
           where kind like '%dormant-soon' order by id`,
  })
  ok(notices.some(({ person, kind }) => person === ines.personId && kind === 'dormant-soon'))
  ok(notices.some((each) => each.person === nadia.personId && each.workload === 'asleep'))
  ok(!notices.some(({ person }) => person === glass.personId))
  const warned = notices.length
  house.setNow(new Date(start.getTime() + 78 * day))
  await job('identity.disable-dormant')
  const again = await house.owner.first<{ n: number }>({
    text: `select count(*)::int as n from identity.notice where kind like '%dormant-soon'`,
  })
  equal(again?.n, warned, 'once, not daily')
  house.setNow(new Date(start.getTime() + 91 * day))
  await job('identity.disable-dormant')
  const rows = await house.owner.rows<{ id: string }>({
    text: 'select id from identity.actor where disabled_at is not null',
  })
  const off = new Set(rows.map(({ id }) => id))
  ok(off.has(ines.personId) && off.has(workloadId))
  ok(!off.has(glass.personId) && !off.has(nadia.personId), 'nor the last administrator')
  const measure = identity.measures!.find(({ id }) => id === 'identity.dormant-accounts')!
  const check = () => measure.check!(house.threshold.asHouse, house.world, house.world.now())
  deepEqual((await check()).facts['ready'], 1)
  house.setNow(new Date(start.getTime() + 184 * day))
  const late = await check()
  deepEqual([late.holds, late.facts['ready'], late.facts['exempt']], [false, 0, 1])
  house.setNow(start)
  deepEqual(house.faults, [])
})
