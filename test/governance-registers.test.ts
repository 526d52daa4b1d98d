import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { declareNone } from '#governance'
import { newId } from '#ground'
import { createWorkload, grantRole, issueCredential } from '#identity'
import type { Actor, Evidence, Measure } from '#kernel'
import { allMeasures } from '#measures'
import { createController } from '#vault'
import { attestSite } from '../src/governance/place-acts.ts'
import { decideChange } from '../src/governance/change-acts.ts'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'

// The listener's certificate begins with the house's clock, and its clients go by the true one.
const start = new Date()
const dayMs = 86_400_000
const inDays = (count: number) =>
  new Date(start.getTime() + count * dayMs).toISOString().slice(0, 10)
const owner = newId()
const sha = 'ab'.repeat(32)

let house: TestHouse
let token: string
before(async () => {
  house = await openHouse({ listen: true, now: start })
  token = await house.act({ action: 'test.set-up' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: 'governance-test' })
    const scope = { controllers: null, categories: null, purposes: null, expiresAt: null }
    await grantRole(act, { actorId: workloadId, role: 'privacy', ...scope })
    const expiresAt = new Date(start.getTime() + 80 * dayMs)
    return (await issueCredential(act, workloadId, { label: 'test', expiresAt })).token
  })
})
after(() => house.close())

const post = (path: string, json?: unknown) =>
  house.request(path, { method: 'POST', token, ...(json === undefined ? {} : { json }) })
const get = (path: string) => house.request(path, { token })
const said = ({ status, json }: TestAnswer) => (status < 300 ? status : json.code)
const check = (id: string): Promise<Evidence> => {
  const measure = allMeasures.find((one) => one.id === id) as Measure
  ok(measure.check !== undefined, `${id} has a check`)
  return measure.check(house.threshold.asHouse, house.world, house.world.now())
}
const person = (): Actor => ({
  id: newId(),
  kind: 'person',
  assurance: 2,
  grants: [
    { id: 'g', actions: ['governance.*'], controllers: null, categories: null, purposes: null },
  ],
  label: 'A person of the test',
})

test('a vendor is activated only after assessment, contract and objection window', async () => {
  const proposed = await post('/v1/vendors', {
    name: 'Mail House',
    service: 'Delivers letters',
    country: 'DE',
    dataCategories: ['contact'],
    contact: { name: 'Ada Example', email: 'ada@mail-house.example' },
    owner,
    due: inDays(30),
  })
  equal(proposed.status, 200, proposed.body)
  const { id } = proposed.json
  const activate = () => post(`/v1/vendors/${id}/activation`)
  const first = await activate()
  equal(first.status, 409)
  deepEqual(
    [first.json.code, first.json.facts.missing],
    ['governance.vendor-not-ready', ['assessment', 'contract', 'notice']],
  )
  equal(
    said(await post(`/v1/vendors/${id}/notice`, { objectionDays: 14 })),
    'governance.vendor-wrong-state',
    'no notice of an unassessed vendor',
  )
  const assessment = { on: inDays(-1), acceptable: true, repeatBy: inDays(365) }
  equal(said(await post(`/v1/vendors/${id}/assessment`, assessment)), 200)
  equal(
    said(await post(`/v1/vendors/${id}/notice`, { objectionDays: 13 })),
    'governance.objection-window',
  )
  const notice = await post(`/v1/vendors/${id}/notice`, { objectionDays: 14 })
  equal(notice.json.objectionsUntil, `${inDays(15)}T00:00:00.000Z`)
  const contract = {
    kind: 'dpa',
    signedOn: inDays(-2),
    documentSha256: sha,
    owner,
    due: inDays(90),
  }
  equal(said(await post('/v1/contracts', { ...contract, vendorId: id, flowDown: false })), 200)
  deepEqual((await activate()).json.facts.missing, ['contract', 'objection-window'], 'no flow-down')
  equal(said(await post('/v1/contracts', { ...contract, vendorId: id, flowDown: true })), 200)
  deepEqual((await activate()).json.facts.missing, ['objection-window'])

  const { controllerId } = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name: 'Objecting Customer',
      categories: [{ name: 'contact', fields: [{ name: 'city', kind: 'text' }], retainDays: 30 }],
      purposes: [{ name: 'delivery', categories: ['contact'] }],
      breachContacts: [{ name: 'Security', email: 'security@customer.example' }],
    }),
  )
  const objected = await post(`/v1/controllers/${controllerId}/objections`, {
    vendorId: id,
    reason: 'We compete with them.',
  })
  equal(objected.status, 200, objected.body)
  house.setNow(new Date(`${inDays(15)}T00:00:00Z`))
  deepEqual((await activate()).json.facts.missing, ['objection'])
  equal(
    said(
      await post(`/v1/controllers/${controllerId}/objections`, { vendorId: id, reason: 'Late' }),
    ),
    'governance.objection-too-late',
  )
  const settle = `/v1/vendors/${id}/objections/${objected.json.id}/resolution`
  equal(said(await post(settle, { resolution: 'Their data is kept apart.' })), 200)
  equal(said(await activate()), 200)

  const listed = (await get('/v1/vendors')).json.items.find((v: { id: string }) => v.id === id)
  deepEqual(
    [listed.state, listed.missing, listed.contact.email],
    ['active', [], 'ada@mail-house.example'],
  )
  const stored = await house.owner.first<{ row: string }>({
    text: `select v::text || convert_from(decode(encode(contact, 'hex'), 'escape'), 'sql_ascii') as row
           from governance.vendor v where id = $1`,
    values: [id],
  })
  ok(!/Ada Example|ada@/.test(stored?.row ?? 'Ada Example'), 'the contact person lies sealed')

  const evidence = await check('governance.vendors')
  deepEqual([evidence.holds, evidence.n, evidence.of], [true, 1, 1])
  match(evidence.probe?.answer ?? '', /^governance\.vendor-not-ready/)
  equal(evidence.probe?.refused, true)
  const canaries = await house.owner.first<{ n: number }>({
    text: `select count(*) as n from governance.vendor where name = 'Canary vendor'`,
  })
  equal(canaries?.n, 0, 'the canary never commits')

  const failed = { on: inDays(14), acceptable: false, repeatBy: inDays(365) }
  equal(said(await post(`/v1/vendors/${id}/assessment`, failed)), 200)
  const after = (await get('/v1/vendors')).json.items.find((v: { id: string }) => v.id === id)
  equal(after.state, 'assessed', 'a failed reassessment takes it out')
  house.setNow(start)
})

test('a vulnerability has the deadline of its severity and closes only on a passed retest', async () => {
  const entered = await post('/v1/vulnerabilities', {
    identifier: 'CVE-2026-0001',
    title: 'A parser reads too far',
    system: 'gate',
    severity: 'critical',
    foundOn: inDays(0),
    owner,
  })
  const { id, due } = entered.json
  equal(due, inDays(7))
  const moved = await house.request(`/v1/registers/vulnerabilities/${id}`, {
    method: 'PATCH',
    token,
    json: { due: inDays(100) },
  })
  equal(said(moved), 'governance.deadline-fixed')
  const close = () => post(`/v1/vulnerabilities/${id}/closure`)
  const retest = (passed: boolean) =>
    post(`/v1/vulnerabilities/${id}/retests`, { testedOn: inDays(0), passed, method: 'Replayed' })
  equal(said(await close()), 'governance.retest-missing')
  equal(said(await retest(true)), 'governance.not-fixed')
  equal(
    said(await post(`/v1/vulnerabilities/${id}/fix`, { fixedOn: inDays(1) })),
    'governance.day-in-future',
  )
  equal(said(await post(`/v1/vulnerabilities/${id}/fix`, { fixedOn: inDays(0) })), 200)
  equal(said(await retest(false)), 200)
  equal(said(await close()), 'governance.retest-missing', 'a failed retest undoes the fix')
  equal(
    said(await post(`/v1/registers/vulnerabilities/${id}/end`, { reason: 'tired' })),
    'governance.ends-by-its-own-act',
  )
  equal((await check('governance.vulnerabilities')).holds, true, 'still within its days')
  house.setNow(new Date(start.getTime() + 8 * dayMs))
  const late = await check('governance.vulnerabilities')
  deepEqual([late.holds, late.n, late.of], [false, 0, 1])
  const obligations = (await get('/v1/obligations')).json.items
  equal(obligations[0].id, id, 'what is most overdue stands first')
  equal(obligations[0].overdue, true)
  house.setNow(start)
  equal(said(await post(`/v1/vulnerabilities/${id}/fix`, { fixedOn: inDays(0) })), 200)
  equal(said(await retest(true)), 200)
  equal(said(await close()), 200)
  equal(said(await close()), 'governance.unknown-item', 'closed is closed')
})

test('a change goes live by another person’s approval, staged and tested, and can be rolled back', async () => {
  const evidence = await check('governance.changes')
  equal(evidence.holds, false, 'no change brought the running release yet')
  equal(evidence.probe?.refused, true, evidence.probe?.answer)
  const { json } = await post('/v1/changes', {
    title: 'First release',
    kind: 'release',
    version: '0.1.0',
    plan: 'Start it.',
    rollbackPlan: 'Stop it.',
    owner,
    due: inDays(10),
  })
  const step = (name: string) => post(`/v1/changes/${json.id}/steps`, { step: name, note: 'done' })
  equal(said(await step('live')), 'governance.change-wrong-state')
  equal(
    said(await post(`/v1/changes/${json.id}/approval`, { approved: true, note: 'mine' })),
    'governance.approval-by-proposer',
  )
  await house.act({ action: 'governance.change.decide', actor: person() }, (act) =>
    decideChange(act, json.id, { approved: true, note: 'Read and understood.' }),
  )
  for (const name of ['staged', 'tested', 'live']) equal(said(await step(name)), 200, name)
  const live = await check('governance.changes')
  deepEqual([live.holds, live.n, live.of], [true, 1, 1])
  equal(said(await step('rolled-back')), 200)
  equal((await check('governance.changes')).holds, false, 'rolled back is not live')
  const change = (await get('/v1/changes')).json.items[0]
  deepEqual(
    change.steps.map((one: { step: string }) => one.step),
    ['approved', 'staged', 'tested', 'live', 'rolled-back'],
  )
})

test('an empty register is not green until a person says that there is nothing', async () => {
  equal((await check('governance.endpoints')).holds, false)
  const reason = 'Everybody works on the terminals of the hoster.'
  equal(said(await post('/v1/registers/endpoints/none', { reason })), 'governance.needs-person')
  const declare = (register: 'endpoints' | 'sites' | 'changes') =>
    house.act({ action: 'governance.register.declare-none', actor: person() }, (act) =>
      declareNone(act, register, reason),
    )
  await rejects(declare('sites'), { code: 'governance.register-cannot-be-empty' })
  await declare('endpoints')
  equal((await check('governance.endpoints')).holds, true)
  house.setNow(new Date(start.getTime() + 366 * dayMs))
  equal((await check('governance.endpoints')).holds, false, 'the word expires')
  house.setNow(start)
  const endpoint = { tag: 'LT-0042', platform: 'Debian 13', owner, due: inDays(7) }
  const { json } = await post('/v1/endpoints', endpoint)
  equal((await check('governance.endpoints')).holds, false, 'a device that has not reported')
  equal(said(await post('/v1/endpoints', endpoint)), 'governance.endpoint-exists')
  const report = { osVersion: '13.2', source: 'osquery', diskEncrypted: true, firewall: true }
  equal(said(await post(`/v1/endpoints/${json.id}/posture`, report)), 200)
  equal((await check('governance.endpoints')).holds, false, 'an answer left out is no yes')
  const full = { ...report, malwareProtection: true, osSupported: true }
  equal(said(await post(`/v1/endpoints/${json.id}/posture`, full)), 200)
  equal((await check('governance.endpoints')).holds, true)
  await rejects(declare('endpoints'), { code: 'governance.register-not-empty' })
  const registers = (await get('/v1/registers')).json.items
  equal(registers.find((r: { name: string }) => r.name === 'endpoints').open, 1)
})

test('a site counts while a person’s signature lasts', async () => {
  const { json } = await post('/v1/sites', {
    name: 'Frankfurt 2',
    country: 'DE',
    kind: 'hoster',
    owner,
    due: inDays(30),
  })
  const attest = (expiresOn: string) =>
    house.act({ action: 'governance.site.attest', actor: person() }, (act) =>
      attestSite(act, json.id, {
        expiresOn,
        biometricAccess: true,
        watched: true,
        statement: 'I have been there.',
      }),
    )
  equal((await check('governance.physical')).holds, false)
  await rejects(attest(inDays(400)), { code: 'governance.too-far-ahead' })
  await attest(inDays(100))
  equal((await check('governance.physical')).holds, true)
  house.setNow(new Date(start.getTime() + 101 * dayMs))
  equal((await check('governance.physical')).holds, false)
  house.setNow(start)
})

test('a release goes in only with review, clean scan and bill of materials', async () => {
  const scan = { version: '2.1.0', runs: [{ tool: { driver: { name: 'oxlint' } }, results: [] }] }
  const bill = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'pg' }] }
  const release = {
    version: '0.1.0',
    authorId: owner,
    reviewerId: newId(),
    review: 'https://git.example/reviews/1',
    scan,
    bill,
    owner,
    due: inDays(90),
  }
  equal((await check('governance.secure-development')).holds, false)
  const hand = async (gap: object) => said(await post('/v1/releases', { ...release, ...gap }))
  equal(await hand({ reviewerId: owner }), 'governance.review-by-author')
  equal(await hand({ scan: {} }), 'governance.scan-unreadable')
  equal(await hand({ bill: {} }), 'governance.bill-unreadable')
  const [run] = scan.runs
  const found = { version: '2.1.0', runs: [{ ...run, results: [{ level: 'error' }] }] }
  equal(await hand({ scan: found }), 'governance.scan-has-errors')
  equal(await hand({}), 200)
  equal(await hand({}), 'governance.release-exists')
  equal((await check('governance.secure-development')).holds, true)
})

test('training, contracts, penetration tests and software are shown as they are', async () => {
  const training = { personId: newId(), course: 'Data protection', owner, due: inDays(5) }
  const { json } = await post('/v1/trainings', training)
  const done = { completedOn: inDays(0), validUntil: inDays(365) }
  equal(said(await post(`/v1/trainings/${json.id}/completion`, done)), 200)
  const [listed] = (await get('/v1/trainings')).json.items
  deepEqual([listed.due, listed.overdue], [inDays(365), false], 'due again when it runs out')
  equal(
    said(await post('/v1/trainings', { ...training, due: '2026-02-30' })),
    'gate.invalid-request',
  )
  equal(said(await post('/v1/trainings', { ...training, surplus: 1 })), 'gate.invalid-request')

  equal((await check('governance.penetration-tests')).holds, false)
  const test = {
    engagement: 'Autumn',
    tester: 'Outside Ltd',
    fromOn: inDays(-20),
    untilOn: inDays(-10),
    findings: 2,
    reportSha256: sha,
    owner,
    due: inDays(300),
  }
  equal(
    said(await post('/v1/penetration-tests', { ...test, untilOn: inDays(-30) })),
    'governance.days-reversed',
  )
  equal(said(await post('/v1/penetration-tests', test)), 200)
  equal((await check('governance.penetration-tests')).holds, true)

  const contracts = await check('governance.contracts')
  equal(contracts.holds, false, 'the controller of this test has no contract in the register')
  const { json: both } = await post('/v1/contracts', {
    kind: 'dpa',
    signedOn: inDays(-1),
    documentSha256: sha,
    flowDown: true,
    owner,
    due: inDays(90),
  })
  equal(both.code, 'governance.contract-parties')

  const software = await check('governance.patching')
  const shown = await house.owner.first<{ server_version: string }>({ text: 'show server_version' })
  equal(software.facts['postgresql'], shown?.server_version.split(' ')[0])
  equal(software.of, 2)
})

test('registers page by id, and refuse what has no grant', async () => {
  for (const course of ['One', 'Two', 'Three'])
    await post('/v1/trainings', { personId: newId(), course, owner, due: inDays(5) })
  const first = (await get('/v1/trainings?limit=2')).json
  equal(first.items?.length, 2, JSON.stringify(first))
  const second = (await get(`/v1/trainings?limit=2&after=${first.next}`)).json
  equal(second.items.length, 2)
  equal(second.next, undefined)
  const due = (await get('/v1/obligations?limit=1')).json
  const next = (await get(`/v1/obligations?limit=1&after=${due.next}`)).json
  ok(due.items[0].due <= next.items[0].due && due.items[0].id !== next.items[0].id)
  equal(said(await get('/v1/obligations?after=nonsense')), 'governance.bad-cursor')
  equal((await house.request('/v1/vendors')).status, 401)
  deepEqual(house.faults, [])
})
