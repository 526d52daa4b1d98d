import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { grantRole } from '#identity'
import type { Controller } from '#vault'
import { openHouse, type TestHouse, wideLimits } from './house.ts'
import { enrol, type Enrolled, inSession } from './identity-people.ts'
import { inController, takeIn } from './vault-people.ts'

const start = new Date('2026-11-20T08:00:00Z')
const minute = 60_000
let house: TestHouse
let clinic: Controller
let nadia: Enrolled
let olga: Enrolled
let sven: Enrolled
let cleo: Enrolled
let vera: Enrolled

before(async () => {
  house = await openHouse({ listen: true, now: start, limits: wideLimits })
  clinic = await takeIn(house)
  const rows = Array.from({ length: 4 }, (_, i) => ({
    subjectKey: `P-${i}`,
    category: 'contact',
    fields: { name: 'Ada Lovelace' },
  }))
  await inController(house, clinic).put(rows)
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  olga = await enrol(house, 'olga@customer.example', ['privacy'])
  sven = await enrol(house, 'sven@customer.example', ['privacy'])
  cleo = await enrol(house, 'cleo@customer.example', [])
  vera = await enrol(house, 'vera@customer.example', ['auditor'])
  const confined = { categories: null, purposes: null, expiresAt: null }
  await house.act({ action: 'identity.test' }, (act) =>
    grantRole(act, {
      ...confined,
      actorId: cleo.personId,
      role: 'privacy',
      controllers: [clinic.controllerId],
    }),
  )
})
after(() => house.close())

const send = async ({ cookie }: Enrolled, path: string, json: unknown = {}, method = 'POST') => {
  const answer = await house.request(path, {
    method,
    headers: {
      cookie,
      'holdfast-request': '1',
      'holdfast-purpose': 'care',
      'holdfast-reason': 'Move to another house',
    },
    json,
  })
  equal(answer.status, 200, answer.body)
  return answer.json
}
const noticesOf = async ({ cookie }: Enrolled) =>
  (await inSession(house, cookie, '/v1/self/notices')).json.items as {
    kind: string
    subject: string
    text: string
    about: string | null
    controllerId: string | null
    endsAt: string | null
  }[]
const kindsOf = async (who: Enrolled) => (await noticesOf(who)).map(({ kind }) => kind)
const exports = () => `/v1/controllers/${clinic.controllerId}/export-requests`

test('who may decide on an export is told that it waits, until one of them has decided', async () => {
  const { requestId } = await send(olga, exports())
  for (const decider of [sven, cleo]) {
    const told = (await noticesOf(decider)).find(({ kind }) => kind === 'export-asked')
    equal(told?.about, requestId)
    equal(told?.controllerId, clinic.controllerId)
    ok(told.text.includes('4 subjects') && !told.text.includes('Move'), told.text)
  }
  for (const other of [olga, vera]) ok(!(await kindsOf(other)).includes('export-asked'))
  await send(sven, `${exports()}/${requestId}/decide`, { approve: true })
  for (const decider of [sven, cleo]) ok(!(await kindsOf(decider)).includes('export-asked'))
  const yes = (await noticesOf(olga)).find(({ kind }) => kind === 'export-approved')
  equal(yes?.endsAt, '2026-11-21T08:00:00.000Z')
  const { requestId: declined } = await send(olga, exports())
  await send(cleo, `${exports()}/${declined}/decide`, { approve: false })
  ok((await kindsOf(olga)).includes('export-declined'))
})

test('a change that was proposed waits for everybody else who may decide on it, and then for nobody', async () => {
  const before = await kindsOf(nadia)
  ok(!before.includes('change-proposed'))
  const second = await enrol(house, 'omar@customer.example', ['administrator'])
  const change = {
    title: 'Turn a door',
    kind: 'configuration',
    plan: 'Turn it',
    rollbackPlan: 'Turn it back',
    owner: nadia.personId,
    due: '2026-12-01',
  }
  const answer = await inSession(house, nadia.cookie, '/v1/changes', {
    method: 'POST',
    json: change,
  })
  equal(answer.status, 200, answer.body)
  ok((await kindsOf(second)).includes('change-proposed'))
  ok(!(await kindsOf(nadia)).includes('change-proposed'))
  const { id } = answer.json
  await send(second, `/v1/changes/${id}/approval`, { approved: true, note: 'Good' })
  ok(!(await kindsOf(second)).includes('change-proposed'))
})

test('a request for access that was answered, withdrawn or has lapsed waits for nobody', async () => {
  const asking = { role: 'security', controllers: null, categories: null, purposes: null }
  const ask = () => send(vera, '/v1/self/access-requests', { ...asking, minutes: 30, reason: 'x' })
  const waits = async () => (await kindsOf(nadia)).filter((kind) => kind === 'request-asked').length
  const { requestId } = await ask()
  equal(await waits(), 1)
  await send(nadia, `/v1/access-requests/${requestId}/refuse`)
  equal(await waits(), 0)
  const { requestId: taken } = await ask()
  await send(vera, `/v1/self/access-requests/${taken}`, undefined, 'DELETE')
  equal(await waits(), 0)
})

test('break-glass that is over is told as a review that waits, and no longer to the two who took it', async () => {
  for (const { personId } of [vera, olga])
    await send(nadia, `/v1/break-glass/${personId}`, {}, 'PUT')
  const glass = { role: 'security', minutes: 10, reason: 'Nobody can be reached' }
  const { requestId } = await send(vera, '/v1/self/break-glass', glass)
  ok((await kindsOf(olga)).includes('break-glass-asked'))
  await send(olga, `/v1/self/break-glass/${requestId}/confirm`)
  ok(!(await kindsOf(olga)).includes('break-glass-asked'))
  ok((await kindsOf(vera)).includes('break-glass-opened'))
  house.setNow(new Date(start.getTime() + 11 * minute))
  ok(!(await kindsOf(vera)).includes('break-glass-opened'))
  const told = (await noticesOf(nadia)).filter(({ kind }) => kind === 'break-glass-opened')
  deepEqual(
    told.map(({ subject }) => subject),
    ['Break-glass access waits for its review'],
  )
  await send(nadia, `/v1/break-glass/requests/${requestId}/review`, { note: 'As it should be' })
  ok(!(await kindsOf(nadia)).includes('break-glass-opened'))
})
