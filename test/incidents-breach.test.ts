import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '#ground'
import { createWorkload, grantRole, issueCredential } from '#identity'
import { type Actor } from '#kernel'
import { type Controller, createController, putRecords } from '#vault'
import { plantCanaries } from '#watch'
import { openHouse, type TestHouse } from './house.ts'

// One breach from the first stolen read to the withheld notice, over real TLS, loops turning.

const people = 400
let house: TestHouse
let [alder, birch, cedar]: Controller[] = []
let thief: { workloadId: string; token: string }
/** What the thief truly took: subject ids by controller. */
const truth = new Map<string, Set<string>>()

const officer: Actor = {
  id: newId(),
  kind: 'person',
  assurance: 2,
  grants: [{ id: newId(), actions: ['incidents.*', 'watch.*'], controllers: null, categories: null, purposes: null }],
  label: 'officer',
}

before(async () => {
  house = await openHouse({ listen: true, work: true })
  ;[alder, birch, cedar] = await Promise.all(['Alder', 'Birch', 'Cedar'].map(seeded))
  thief = await house.act({ action: 'identity.workload.create' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: 'billing' })
    const confined = { categories: null, purposes: null, expiresAt: null }
    const controllers = [alder!.controllerId, birch!.controllerId, cedar!.controllerId]
    await grantRole(act, { actorId: workloadId, role: 'support', controllers, ...confined })
    const expiresAt = new Date(act.now.getTime() + 3_600_000)
    const { token } = await issueCredential(act, workloadId, { label: 'stolen', expiresAt })
    return { workloadId, token }
  })
})
after(() => house.close())

async function seeded(name: string): Promise<Controller> {
  const controller = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name,
      categories: [
        { name: 'contact', fields: [{ name: 'email', kind: 'email' }], retainDays: 90 },
        { name: 'health', fields: [{ name: 'diagnosis', kind: 'text', special: true }], retainDays: 90 },
      ],
      purposes: [{ name: 'care', categories: ['contact', 'health'] }],
      noticeHours: 36,
      subjectKinds: ['patients'],
      breachContacts: [],
      synthetic: true,
    }),
  )
  const ask = { scope: { controllerId: controller.controllerId }, purpose: 'care', reason: 'set-up' }
  await house.act({ action: 'vault.record.put', ...ask }, (act) =>
    putRecords(
      act,
      Array.from({ length: people }, (_, i) => [
        { subjectKey: `${name} ${i}`, category: 'contact', fields: { email: `p${i}@example.com` } },
        { subjectKey: `${name} ${i}`, category: 'health', fields: { diagnosis: `d${i}` } },
      ]).flat(),
    ),
  )
  await house.act({ action: 'watch.canary.plant', ...ask }, (act) => plantCanaries(act, 5))
  return controller
}

const why = { 'holdfast-purpose': 'care', 'holdfast-reason': 'invoice run' }

/** Reads subjects one by one, as the stolen credential is let; true while it is. */
async function steal(controller: Controller, subjectId: string): Promise<boolean> {
  const path = `/v1/controllers/${controller.controllerId}/subjects/${subjectId}`
  const answer = await house.request(path, { token: thief.token, headers: why })
  if (answer.status !== 200) return false
  const taken = truth.get(controller.controllerId) ?? new Set()
  truth.set(controller.controllerId, taken.add(subjectId))
  return true
}

/** Every subject of a controller, canaries too: an attacker cannot tell them apart. */
const subjectsOf = async ({ controllerId }: Controller) =>
  (
    await house.owner.rows<{ id: string }>({
      text: 'select subject_id as id from vault.subject where controller_id = $1 order by ordinal',
      values: [controllerId],
    })
  ).map(({ id }) => id)

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 40; tries += 1) {
    const seen = await look()
    if (seen !== undefined) return seen
    await sleep(200)
  }
  throw new Error(`waited in vain for ${what}: ${house.faults.map(({ about, error }) => `${about}: ${String(error instanceof Error ? (error.stack ?? error) : error)}`).join('\n')}`)
}

const incidentRow = () =>
  house.owner.first<{ id: string; state: string }>({
    text: `select incident_id as id, state from incidents.incident where origin = 'finding'`,
  })

const perform = async (method: string, path: string, body?: unknown) => {
  const response = await house.app.inject({
    method: method as 'GET',
    url: path,
    ...(body === undefined ? {} : { payload: body as object }),
  })
  return { status: response.statusCode, json: response.json() as any }
}
void perform

test('a stolen credential is found by a canary, cut off, counted, and only those it reached are drafted a notice', async () => {
  const [first, second] = [await subjectsOf(alder!), await subjectsOf(birch!)]
  for (const id of second.slice(0, 30)) ok(await steal(birch!, id))
  // Canaries were planted last, so they have the highest ordinals: the sweep ends on one.
  for (const id of [...first.slice(0, 50), first.at(-1)!]) await steal(alder!, id)
  await until('the cut', async () => ((await steal(alder!, first[60]!)) ? undefined : true))
  const { id } = await until('containment', async () => {
    const row = await incidentRow()
    return row?.state === 'contained' ? row : undefined
  })
  await until('drafts', async () => {
    const rows = await house.owner.rows({
      text: `select from incidents.notice where incident_id = $1 and state = 'draft'`,
      values: [id],
    })
    return rows.length >= 2 ? rows : undefined
  })
  const whole = await read(id)
  equal(whole.severity, 'certain')
  deepEqual(
    whole.containment.map(({ step, held }: { step: string; held: boolean }) => [step, held]),
    [
      ['snapshot', true],
      ['probe-before', true],
      ['cut', true],
      ['probe-after', true],
    ],
  )
  ok(whole.evidence.length >= 5 && whole.evidence.every((one: { intact: boolean }) => one.intact))
  const counted = new Map(
    whole.scope.controllers.map((one: any) => [one.controllerId, one.certain.subjects]),
  )
  deepEqual(counted, new Map([...truth].map(([controller, ids]) => [controller, ids.size])))
  deepEqual(
    whole.notices.map((one: any) => one.controllerId).sort(),
    [alder!.controllerId, birch!.controllerId].sort(),
  )
  equal(whole.synthetic, true)
  deepEqual(
    whole.clocks.filter((one: any) => one.controllerId === alder!.controllerId).map((one: any) => [one.kind, one.hours]).sort(),
    [
      ['bound', 72],
      ['contract', 36],
      ['target', 24],
    ],
  )
})

const route = (action: string, effect: 'read' | 'write' = 'write') => ({ action, effect, actor: officer })

/** The incident as the API answers it. */
async function read(incidentId: string): Promise<any> {
  const handler = (await import('../src/incidents/index.ts')).incidents.routes!.find(
    ({ action, url }) => action === 'incidents.incident.read' && url.endsWith(':incidentId'),
  )!
  if ('flow' in handler) throw new Error('unexpected flow')
  return house.act(route('incidents.incident.read', 'read'), (act) =>
    handler.handle(act, { params: { incidentId } } as never) as Promise<never>,
  )
}
match('', /(?:)/)
