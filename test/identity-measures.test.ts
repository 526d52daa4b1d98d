import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { argon2Sync, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createWorkload, grantRole, identity, issueCredential } from '#identity'
import type { Evidence, World } from '#kernel'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, password, signIn, told } from './identity-people.ts'

const day = 86_400_000
const start = new Date('2026-11-20T08:00:00Z')
const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }
let house: TestHouse
let nadia: Enrolled
let omar: Enrolled
let now = start

before(async () => {
  house = await openHouse({ listen: true, now: start })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  omar = await enrol(house, 'omar@customer.example', ['support'])
})
after(() => house.close())

function passDays(days: number): void {
  now = new Date(now.getTime() + days * day)
  house.setNow(now)
}

function check(id: string, world: World = house.world): Promise<Evidence> {
  const measure = identity.measures!.find((candidate) => candidate.id === id)
  return measure!.check!(house.threshold.asHouse, world, house.world.now())
}

const job = (action: string) =>
  identity
    .jobs!.find((candidate) => candidate.action === action)!
    .run(house.threshold.asHouse, {}, house.world)

const enforced = [
  'identity.least-privilege',
  'identity.strong-authentication',
  'identity.credential-quality',
  'identity.dormant-accounts',
  'identity.ended-access',
  'identity.environments',
] as const

test('each enforced promise holds in a fresh house, by a probe that was refused', async () => {
  for (const id of enforced) {
    const evidence = await check(id)
    equal(evidence.holds, true, `${id}: ${evidence.finding} ${evidence.probe?.answer}`)
    equal(evidence.probe?.refused, true)
    equal(evidence.n, evidence.of, id)
    ok(evidence.of > 0, id)
  }
})

test('a door that let the probe through is never green', async () => {
  for (const id of [...enforced, 'identity.access-review']) {
    const open: World = {
      ...house.world,
      fetch: async () => ({ status: 200, headers: {}, body: '{}' }),
    }
    const { holds, probe } = await check(id, open)
    deepEqual([holds, probe?.refused], [false, false], id)
  }
})

test('a check leaves no canary behind, and canaries are in no list', async () => {
  const left = await house.owner.first<{ n: number }>({
    text: `select (select count(*) from identity.actor where canary)
             + (select count(*) from identity.enrolment where canary)
             + (select count(*) from identity.session where person_id not in ($1, $2)) as n`,
    values: [nadia.personId, omar.personId],
  })
  equal(left?.n, 0)
})

test('a listener that cannot be reached is an error, not a verdict', async () => {
  const cut: World = {
    ...house.world,
    fetch: () => Promise.reject(new Error('connection refused')),
  }
  await check('identity.least-privilege', cut).then(
    () => ok(false, 'a verdict was given'),
    (error: Error) => match(error.message, /connection refused/),
  )
})

test('a privileged person without a second factor fails strong authentication', async () => {
  const factor = await house.owner.first<{ id: string }>({
    text: 'select id from identity.factor where person_id = $1',
    values: [omar.personId],
  })
  const giveTo = (personId: string) =>
    house.owner.run({
      text: 'update identity.factor set person_id = $2 where id = $1',
      values: [factor!.id, personId],
    })
  await giveTo(nadia.personId)
  const { holds, n, of } = await check('identity.strong-authentication')
  deepEqual([holds, n, of], [false, 1, 2])
  await giveTo(omar.personId)
  equal((await check('identity.strong-authentication')).holds, true)
})

test('a password under old parameters fails credential quality until its owner signs in', async () => {
  const [nonce, passes] = [randomBytes(16), 1]
  const old = { message: password, nonce, passes, memory: 9216, parallelism: 1, tagLength: 32 }
  const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const tag = bare(Buffer.from(argon2Sync('argon2id', old)))
  await house.owner.run({
    text: 'update identity.person set password_hash = $2 where id = $1',
    values: [omar.personId, `$argon2id$v=19$m=9216,t=1,p=1$${bare(nonce)}$${tag}`],
  })
  const { holds, n, of } = await check('identity.credential-quality')
  deepEqual([holds, n, of], [false, 1, 2])
  equal((await signIn(house, omar.email)).status, 200)
  equal((await check('identity.credential-quality')).holds, true)
  equal((await signIn(house, omar.email)).status, 200, 'under the new hash too')
})

test('which grant was used is read from the trail; the others are proposed for removal', async () => {
  const { workloadId, token } = await house.act({ action: 'identity.test' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: 'lister' })
    const expiresAt = new Date(act.now.getTime() + 300 * day)
    return { workloadId, ...(await issueCredential(act, workloadId, { label: 'a', expiresAt })) }
  })
  const grants: string[] = []
  for (const role of ['auditor', 'support']) {
    const made = await house.act({ action: 'identity.test' }, (act) =>
      grantRole(act, { actorId: workloadId, role, ...unconfined }),
    )
    grants.push(made.grantId)
  }
  passDays(80)
  equal((await house.request('/v1/roles', { token })).status, 200)
  passDays(11)
  await house.integrate()
  await job('identity.note-use')
  const rows = await house.owner.rows<{ id: string; used: Date | null }>({
    text: 'select id, last_used_at as used from identity.grant where actor_id = $1 order by id',
    values: [workloadId],
  })
  deepEqual(rows, [
    { id: grants[0], used: new Date(start.getTime() + 80 * day) },
    { id: grants[1], used: null },
  ])
  const { facts, holds } = await check('identity.least-privilege')
  equal(holds, true)
  ok(Number(facts['unusedGrants']) >= 1)
})

test('accounts asleep for ninety days are found, disabled and cut off; the last administrator stays', async () => {
  passDays(2)
  const before = await check('identity.dormant-accounts')
  deepEqual([before.holds, before.of - before.n], [false, 2])
  await job('identity.disable-dormant')
  const early = await house.owner.first<{ n: number }>({
    text: 'select count(*)::int as n from identity.actor where disabled_at is not null',
  })
  equal(early?.n, 0, 'nobody is disabled who was not warned')
  passDays(7)
  await job('identity.disable-dormant')
  const rows = await house.owner.rows<{ id: string; because: string | null }>({
    text: `select a.id, a.disabled_because as because from identity.actor a
           join identity.person p on p.id = a.id order by a.id`,
  })
  deepEqual(rows, [
    { id: nadia.personId, because: null },
    { id: omar.personId, because: 'dormant' },
  ])
  equal(told(await inSession(house, omar.cookie, '/v1/self')), '403 identity.disabled')
  const after = await check('identity.dormant-accounts')
  deepEqual(
    [after.holds, after.of - after.n],
    [false, 1],
    'the sleeping administrator is still told',
  )
})

test('access review is not green before one was completed, and a revocation counts at once', async () => {
  const never = await check('identity.access-review')
  deepEqual([never.holds, never.n, never.probe?.refused], [false, 0, true])
  match(never.finding, /No access review has been completed/)
})

test('a review freezes its grants, nobody answers for their own, and revoking revokes in that act', async () => {
  const zoe = await enrol(house, 'zoe@customer.example', ['administrator'])
  const started = await inSession(house, zoe.cookie, '/v1/access-reviews', {
    method: 'POST',
    json: { title: 'Winter', dueAt: new Date(now.getTime() + 7 * day).toISOString() },
  })
  equal(started.status, 200, started.body)
  const { reviewId, items } = started.json
  const path = `/v1/access-reviews/${reviewId}`
  const shown = await inSession(house, zoe.cookie, path)
  equal(shown.json.items.length, items)
  match(shown.json.review.populationSha256, /^[0-9a-f]{64}$/)
  const of = (actorId: string) =>
    shown.json.items.find((item: { actorId: string }) => item.actorId === actorId)
  equal(of(nadia.personId).actorName, 'Nadia Okonkwo')
  const decide = (grantId: string, decision: string) =>
    inSession(house, zoe.cookie, `${path}/decisions`, {
      method: 'POST',
      json: { grantId, decision },
    })
  equal(told(await decide(of(zoe.personId).grantId, 'keep')), '403 identity.own-rights')
  equal((await decide(of(nadia.personId).grantId, 'keep')).status, 200)
  equal((await decide(of(omar.personId).grantId, 'revoke')).status, 200)
  equal(told(await decide(of(omar.personId).grantId, 'keep')), '409 identity.review-item-not-open')
  const gone = await house.owner.first<{ because: string }>({
    text: 'select revoked_because as because from identity.grant where actor_id = $1',
    values: [omar.personId],
  })
  equal(gone?.because, 'access review')
  equal((await check('identity.access-review')).holds, false, 'an open review is no review')
})

test('what nobody answers by the deadline is revoked, and only then is the review complete', async () => {
  passDays(7.2)
  const late = await check('identity.access-review')
  ok(Number(late.facts['overdue']) > 0)
  await job('identity.revoke-unanswered')
  const rows = await house.owner.rows<{ decision: string; revoked: boolean; n: number }>({
    text: `select i.decision, g.revoked_at is not null as revoked, count(*)::int as n
           from identity.review_item i join identity.grant g on g.id = i.grant_id
           group by 1, 2 order by 1, 2`,
  })
  deepEqual(rows, [
    { decision: 'keep', revoked: false, n: 1 },
    { decision: 'revoke', revoked: true, n: 1 },
    { decision: 'unanswered', revoked: true, n: 3 },
  ])
  const { holds, finding } = await check('identity.access-review')
  equal(holds, true, finding)
  passDays(184)
  equal((await check('identity.access-review')).holds, false, 'half a year later it is not')
  deepEqual(house.faults, [])
})
