import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { actionBook, createWorkload, grantRole, identity, issueCredential, may } from '#identity'
import { newId } from '#ground'
import { watch } from '#watch'
import { openHouse, type TestHouse, wideLimits } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'

const day = 86_400_000
const minute = 60_000
const start = new Date('2026-11-20T08:00:00Z')
const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }
let house: TestHouse
let nadia: Enrolled
let omar: Enrolled
let vera: Enrolled
before(async () => {
  house = await openHouse({ listen: true, now: start, limits: wideLimits })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  omar = await enrol(house, 'omar@customer.example', ['administrator'])
  vera = await enrol(house, 'vera@customer.example', ['auditor'])
})
after(() => house.close())

const as =
  (who: () => Enrolled) =>
  (path: string, json?: unknown, method = json === undefined ? 'GET' : 'POST') =>
    inSession(house, who().cookie, path, {
      method,
      ...(json === undefined ? {} : { json }),
    })
const byNadia = as(() => nadia)
const byOmar = as(() => omar)
const byVera = as(() => vera)

async function workload(name: string) {
  return house.act({ action: 'identity.test' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name })
    const expiresAt = new Date(act.now.getTime() + 300 * day)
    return { workloadId, ...(await issueCredential(act, workloadId, { label: 'a', expiresAt })) }
  })
}

const role = (name: string, actions: string[]) => ({ name, description: 'Of a test.', actions })

test('the actions are a closed set: each is a door of the house, and a role cannot name another', async () => {
  const { json } = await byNadia('/v1/actions')
  const names = json.items.map(({ action }: { action: string }) => action)
  ok(names.length > 120 && names.includes('vault.record.reveal'))
  deepEqual(new Set(names).size, names.length)
  ok(!names.some((name: string) => name.startsWith('identity.self.')))
  equal(
    told(await byNadia('/v1/roles', role('typo', ['vault.record.raed']))),
    '422 identity.unknown-action',
  )
  equal(told(await byNadia('/v1/roles', role('typo', ['valut.*']))), '422 identity.unknown-action')
  equal(
    told(await byNadia('/v1/access/who?action=vault.record.raed')),
    '422 identity.unknown-action',
  )
})

test('a preview says who gains and who loses what, and changes nothing', async () => {
  const { workloadId } = await workload('previewed')
  equal((await byNadia('/v1/roles', role('reader', ['vault.record.read']))).status, 200)
  const grant = { ...unconfined, actorId: workloadId, role: 'reader' }
  const gained = await byNadia('/v1/grants/preview', grant)
  deepEqual(gained.json, {
    differences: [
      { actorId: workloadId, actorKind: 'workload', gains: ['vault.record.read'], losses: [] },
    ],
    broken: [],
    conflicts: [],
  })
  deepEqual((await byNadia(`/v1/actors/${workloadId}/access`)).json, { items: [], actions: [] })
  equal((await byNadia('/v1/grants', grant)).status, 200)
  deepEqual((await byNadia('/v1/grants/preview', grant)).json.differences, [], 'nothing new')
  const changed = await byNadia('/v1/roles/preview', role('reader', ['vault.record.put']))
  deepEqual(changed.json.differences, [
    {
      actorId: workloadId,
      actorKind: 'workload',
      gains: ['vault.record.put'],
      losses: ['vault.record.read'],
    },
  ])
  // Rights over people count for nothing in a workload's hands.
  const none = await byNadia('/v1/roles/preview', role('reader', ['identity.grant.create']))
  deepEqual(none.json.differences[0].gains, [])
})

test('a policy test blocks a grant and a role that would break it, and names itself', async () => {
  const { workloadId } = await workload('shop')
  const never = {
    sentence: 'The shop may never export',
    subjectKind: 'actor',
    subject: workloadId,
    may: false,
    action: 'vault.record.export',
    controllerId: null,
  }
  const made = await byNadia('/v1/policy-tests', never)
  equal(made.status, 200, made.body)
  equal((await byNadia('/v1/roles', role('exporter', ['vault.record.export']))).status, 200)
  const grant = { ...unconfined, actorId: workloadId, role: 'exporter' }
  const blocked = await byNadia('/v1/grants', grant)
  equal(told(blocked), '409 identity.policy-broken')
  equal(blocked.json.facts.policyTestId, made.json.policyTestId)
  deepEqual(
    (await byNadia('/v1/grants/preview', grant)).json.broken.map(
      ({ sentence }: { sentence: string }) => sentence,
    ),
    ['The shop may never export'],
  )
  equal((await byNadia('/v1/roles', role('harmless', ['vault.record.put']))).status, 200)
  equal((await byNadia('/v1/grants', { ...grant, role: 'harmless' })).status, 200)
  const { name: _name, ...wider } = role('harmless', ['vault.record.*'])
  equal(
    told(await byNadia('/v1/roles/harmless', wider, 'PUT')),
    '409 identity.policy-broken',
    'by the back door of its role',
  )
  const { json: tests } = await byNadia('/v1/policy-tests')
  deepEqual([tests.items.length, tests.items[0].holds], [1, true])
  const untrue = { ...never, sentence: 'The shop may never put', action: 'vault.record.put' }
  equal(told(await byNadia('/v1/policy-tests', untrue)), '409 identity.policy-untrue')
  equal(
    told(await byNadia('/v1/policy-tests', { ...never, action: 'vault.nothing.*' })),
    '422 identity.unknown-action',
  )
  const all = { ...never, sentence: 'x', subjectKind: 'workloads' }
  equal(told(await byNadia('/v1/policy-tests', all)), '422 identity.policy-subject')
  const gone = await byNadia(`/v1/policy-tests/${made.json.policyTestId}`, undefined, 'DELETE')
  equal(gone.status, 200)
  equal((await byNadia('/v1/grants', grant)).status, 200)
})

test('two roles that conflict never come into one hand, by grant or by invitation', async () => {
  const pair = { roles: ['support', 'auditor'], why: 'Nobody audits their own work.' }
  equal((await byNadia('/v1/role-conflicts', pair)).status, 200)
  const both = { ...unconfined, actorId: vera.personId, role: 'support' }
  equal(told(await byNadia('/v1/grants', both)), '409 identity.roles-conflict')
  const invited = await byNadia('/v1/enrolments', { roleNames: ['support', 'auditor'] })
  equal(told(invited), '409 identity.roles-conflict')
  const asked = await byVera('/v1/self/access-requests', {
    role: 'support',
    controllers: null,
    categories: null,
    purposes: null,
    minutes: 30,
    reason: 'curious',
  })
  const refused = await byNadia(`/v1/access-requests/${asked.json.requestId}/approve`, {})
  equal(told(refused), '409 identity.roles-conflict')
  const held = { roles: ['administrator', 'harmless'], why: 'x' }
  equal((await byNadia('/v1/role-conflicts', held)).status, 200, 'nobody holds both')
  equal(told(await byNadia('/v1/role-conflicts', pair)), '409 identity.conflict-taken')
  equal((await byNadia('/v1/role-conflicts/auditor/support', undefined, 'DELETE')).status, 200)
})

test('who can do this, and what can somebody do, is answered exactly as the threshold decides', async () => {
  const controllerId = newId()
  const { workloadId } = await workload('asked')
  for (const [name, confined] of [
    ['reader', { controllers: [controllerId] }],
    ['administrator', {}],
  ] as const)
    await house.act({ action: 'identity.test' }, (act) =>
      grantRole(act, { ...unconfined, ...confined, actorId: workloadId, role: name }),
    )
  const people = [nadia, omar, vera].map(({ personId }) => [personId, 'person'] as const)
  const actors = [...people, [workloadId, 'workload'] as const]
  for (const scope of ['house', { controllerId }] as const) {
    const where = scope === 'house' ? '' : `&controllerId=${controllerId}`
    for (const { action } of actionBook.all().filter((_, i) => i % 7 === 0)) {
      const who = await byNadia(`/v1/access/who?action=${action}${where}`)
      const said = new Set(who.json.items.map(({ actorId }: { actorId: string }) => actorId))
      for (const [id, kind] of actors) {
        const { json } = await byNadia(`/v1/actors/${id}/access`)
        const grants = json.items.map((grant: { grantId: string }) => ({
          ...grant,
          id: grant.grantId,
        }))
        const actor = { id, kind, assurance: 2 as const, grants, label: '' }
        const { allowed } = may(actor, { action, scope, assurance: 2 })
        equal(said.has(id), allowed, `${action} ${kind} ${JSON.stringify(scope)}`)
        const listed = json.actions.some((each: { action: string }) => each.action === action)
        if (allowed) ok(listed, `${action} is listed for ${kind}`)
      }
    }
  }
})

const asking = (name: string, minutes = 30) => ({
  role: name,
  controllers: null,
  categories: null,
  purposes: null,
  minutes,
  reason: 'Ticket 4711',
})

test('access asked for in time is approved by somebody else, counts at once, and ends by itself', async () => {
  equal(told(await byVera('/v1/persons')), '403 identity.not-permitted')
  const asked = await byVera('/v1/self/access-requests', asking('security'))
  equal(asked.status, 200, asked.body)
  const path = `/v1/access-requests/${asked.json.requestId}`
  equal(told(await byVera(`${path}/approve`, {})), '403 identity.not-permitted')
  const { json: list } = await byNadia('/v1/access-requests')
  equal(list.items[0].reason, 'Ticket 4711')
  equal(list.items[0].personName, 'Nadia Okonkwo')
  const { json: notices } = await byNadia('/v1/self/notices')
  ok(notices.items.some(({ kind }: { kind: string }) => kind === 'request-asked'))
  equal((await byNadia(`${path}/approve`, {})).status, 200)
  equal(told(await byNadia(`${path}/approve`, {})), '409 identity.request-not-open')
  equal((await byVera('/v1/persons')).status, 200)
  const report = await byNadia('/v1/access/privilege')
  equal(report.json.privileged.inTime, 1)
  house.setNow(new Date(start.getTime() + 30 * minute - 1))
  equal((await byVera('/v1/persons')).status, 401, 'idle meanwhile')
  house.setNow(new Date(start.getTime() + 14 * minute))
  equal((await byVera('/v1/persons')).status, 200)
  house.setNow(new Date(start.getTime() + 28 * minute))
  equal((await byVera('/v1/persons')).status, 200)
  house.setNow(new Date(start.getTime() + 30 * minute))
  equal(told(await byVera('/v1/persons')), '403 identity.not-permitted')
  house.setNow(start)
})

test('nobody approves their own request, nor one for a role they made; it can be refused, withdrawn, and lapses', async () => {
  const own = await byNadia('/v1/self/access-requests', asking('privacy'))
  const approve = (id: string) => `/v1/access-requests/${id}/approve`
  equal(told(await byNadia(approve(own.json.requestId), {})), '403 identity.own-request')
  equal((await byOmar(`/v1/access-requests/${own.json.requestId}/refuse`, {})).status, 200)
  equal((await byNadia('/v1/roles', role('made-by-nadia', ['trail.entry.list']))).status, 200)
  const made = await byVera('/v1/self/access-requests', asking('made-by-nadia'))
  equal(told(await byNadia(approve(made.json.requestId), {})), '403 identity.changed-and-approves')
  equal((await byOmar(approve(made.json.requestId), {})).status, 200)
  const back = await byVera('/v1/self/access-requests', asking('support'))
  const mine = `/v1/self/access-requests/${back.json.requestId}`
  equal(told(await byOmar(mine, undefined, 'DELETE')), '404 identity.unknown-request')
  equal((await byVera(mine, undefined, 'DELETE')).status, 200)
  const late = await byVera('/v1/self/access-requests', asking('support'))
  const after = new Date(start.getTime() + 73 * 3_600_000)
  house.setNow(after)
  const job = identity.jobs!.find(({ action }) => action === 'identity.lapse-requests')!
  await job.run(house.threshold.asHouse, {}, house.world)
  house.setNow(start)
  const { json } = await byVera('/v1/self/access-requests')
  const one = json.items.find(
    ({ requestId }: { requestId: string }) => requestId === late.json.requestId,
  )
  equal(one.decision, 'lapsed')
  equal(
    told(await byVera('/v1/self/access-requests', asking('nobody'))),
    '404 identity.unknown-role',
  )
})

test('the glass opens for two who were designated, tells everybody, and stays a task until a third has looked', async () => {
  const ines = await enrol(house, 'ines@customer.example', ['auditor'])
  const byInes = as(() => ines)
  equal(
    told(await byVera('/v1/self/break-glass', { role: 'administrator', minutes: 30, reason: 'x' })),
    '403 identity.not-glass-holder',
  )
  for (const { personId } of [vera, ines])
    equal((await byNadia(`/v1/break-glass/${personId}`, {}, 'PUT')).status, 200)
  equal(
    told(await byNadia(`/v1/break-glass/${nadia.personId}`, {}, 'PUT')),
    '403 identity.own-rights',
  )
  const asked = await byVera('/v1/self/break-glass', {
    role: 'administrator',
    minutes: 30,
    reason: 'Nobody else can be reached',
  })
  equal(asked.status, 200, asked.body)
  const { requestId } = asked.json
  const confirm = `/v1/self/break-glass/${requestId}/confirm`
  equal(told(await byVera(confirm, {})), '403 identity.own-request')
  equal(told(await byOmar(confirm, {})), '403 identity.not-glass-holder', 'rights do not help')
  equal(
    told(await byVera('/v1/enrolments')),
    '403 identity.not-permitted',
    'one alone opens nothing',
  )
  equal((await byInes('/v1/self/break-glass')).json.items[0].reason, 'Nobody else can be reached')
  equal((await byInes(confirm, {})).status, 200)
  equal((await byVera('/v1/enrolments')).status, 200)
  for (const by of [byNadia, byOmar, byVera]) {
    const { json } = await by('/v1/self/notices')
    ok(json.items.some(({ kind }: { kind: string }) => kind === 'break-glass-opened'))
  }
  await house.integrate()
  await watch
    .loops!.find(({ action }) => action === 'watch.evaluate')!
    .turn(house.threshold.asHouse, house.world)
  const findings = (await byNadia('/v1/findings')).json.items as {
    rule: string
    sentence: string
  }[]
  deepEqual(
    findings.filter(({ rule }) => rule === 'break-glass').map(({ sentence }) => sentence),
    [
      `Person ${ines.personId} confirmed break-glass access: a role is held for an hour that nobody approved.`,
    ],
  )
  const review = `/v1/break-glass/requests/${requestId}/review`
  const note = { note: 'All as it should be.' }
  equal(told(await byNadia(review, note)), '409 identity.review-not-due', 'while it is open')
  house.setNow(new Date(start.getTime() + 14 * minute))
  equal((await byNadia('/v1/self')).status, 200)
  equal((await byVera('/v1/self')).status, 200)
  house.setNow(new Date(start.getTime() + 28 * minute))
  equal((await byNadia('/v1/self')).status, 200)
  equal((await byVera('/v1/self')).status, 200)
  house.setNow(new Date(start.getTime() + 30 * minute))
  equal(told(await byVera('/v1/enrolments')), '403 identity.not-permitted', 'it ended by itself')
  equal((await byNadia(review, note)).status, 200)
  equal(told(await byNadia(review, note)), '409 identity.review-not-due')
  house.setNow(start)
})

test('rights are held against their use, and one act removes what nobody used', async () => {
  const { workloadId, token } = await workload('measured')
  const grants: string[] = []
  for (const name of ['auditor', 'support'])
    grants.push(
      (
        await house.act({ action: 'identity.test' }, (act) =>
          grantRole(act, { ...unconfined, actorId: workloadId, role: name }),
        )
      ).grantId,
    )
  house.setNow(new Date(start.getTime() + 100 * day))
  for (let i = 0; i < 3; i += 1) equal((await house.request('/v1/roles', { token })).status, 200)
  await house.integrate()
  const job = identity.jobs!.find(({ action }) => action === 'identity.note-use')!
  await job.run(house.threshold.asHouse, {}, house.world)
  const uses = await house.owner.rows({
    text: 'select action, uses::int from identity.grant_use where grant_id = $1',
    values: [grants[0]],
  })
  deepEqual(uses, [{ action: 'identity.role.list', uses: 3 }])
  const report = await house.act(
    { action: 'identity.privilege.read', effect: 'read' },
    async (act) => {
      const { privilegeReport } = await import('../src/identity/rights/privilege-acts.ts')
      return privilegeReport(act, 90)
    },
  )
  const unused = report.unused.filter(({ actorId }) => actorId === workloadId)
  deepEqual(
    unused.map(({ grantId }) => grantId),
    [grants[1]],
  )
  const auditor = report.roles.find((each) => each.role === 'auditor')!
  ok(auditor.overBroad && auditor.used >= 1 && auditor.granted > 10)
  const { removeUnused } = await import('../src/identity/rights/privilege-acts.ts')
  const remove = (ids: string[]) =>
    house.act({ action: 'identity.privilege.remove' }, (act) =>
      removeUnused(act, { grantIds: ids, unusedDays: 90 }),
    )
  await remove(grants).then(
    () => ok(false, 'a grant in use was removed'),
    (error: { code: string }) => equal(error.code, 'identity.grant-in-use'),
  )
  deepEqual(await remove([grants[1]!]), { removed: 1 })
  equal((await house.request('/v1/roles', { token })).status, 200)
  house.setNow(start)
  deepEqual(house.faults, [])
})

test('a role for programs comes into no person’s hands, by no way there is', async () => {
  const { json } = await byNadia('/v1/roles')
  const forWorkloads = json.items
    .filter((each: { forWorkloads: boolean }) => each.forWorkloads)
    .map(({ name }: { name: string }) => name)
  deepEqual(forWorkloads.toSorted(), ['canary', 'directory'])
  const no = '422 identity.role-for-workloads'
  for (const name of forWorkloads) {
    equal(told(await byNadia('/v1/enrolments', { roleNames: ['auditor', name] })), no)
    const grant = { ...unconfined, actorId: omar.personId, role: name }
    equal(told(await byNadia('/v1/grants', grant)), no)
    const asking = { role: name, controllers: null, categories: null, purposes: null }
    const asked = { ...asking, minutes: 30, reason: 'curious' }
    equal(told(await byVera('/v1/self/access-requests', asked)), no)
    const provider = {
      name: `Company ${name}`,
      issuer: 'https://login.customer.example',
      clientId: 'holdfast',
      groupRoles: { staff: [name] },
    }
    equal(told(await byNadia('/v1/providers', provider)), no)
  }
  const { workloadId } = await workload('sync')
  const given = await byNadia('/v1/grants', {
    ...unconfined,
    actorId: workloadId,
    role: 'directory',
  })
  equal(given.status, 200, given.body)
})
