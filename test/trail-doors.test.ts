import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { wrongInOcsf } from './ocsf-judge.ts'
import { type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { readerOf, readSubject, seededController, subjectIdsOf } from './incidents-people.ts'

let house: TestHouse
let controllerId: string
let subjectIds: readonly string[]
let auditor: Caller
let reader: Awaited<ReturnType<typeof readerOf>>
const why = { 'holdfast-reason': 'for the auditors, ticket 12' }

before(async () => {
  house = await openHouse({ listen: true })
  const controller = await seededController(house, 'Birch', { people: 40, canaries: 0 })
  controllerId = controller.controllerId
  subjectIds = await subjectIdsOf(house, controller)
  reader = await readerOf(house, 'reader', [controller])
  auditor = await callerWith(house, {
    actions: ['trail.*', 'vault.subject.trail', 'vault.subject.find', 'incidents.*'],
  })
  for (const index of [3, 3, 35])
    await readSubject(house, reader.token, controller, subjectIds[index]!)
  await house
    .act({ action: 'vault.record.read', scope: { controllerId }, reason: '=cmd()' }, async () => {
      throw new Error('planned')
    })
    .catch(() => {})
  await house.integrate()
})
after(() => house.close())

const get = (path: string, headers = {}) =>
  house.request(path, { token: auditor.token, headers: { ...headers } })
const actionsOf = (items: readonly { action: string }[]) => items.map(({ action }) => action)

test('who touched a subject is found by its id and by its key, exactly', async () => {
  const base = `/v1/controllers/${controllerId}/subjects`
  const byId = await get(`${base}/${subjectIds[3]}/entries`)
  deepEqual(actionsOf(byId.json.items), [
    'vault.record.read',
    'vault.record.read',
    'vault.record.put',
  ])
  ok(
    byId.json.items
      .slice(0, 2)
      .every(({ actorId }: { actorId: string }) => actorId === reader.workloadId),
  )
  const asked = { subjectKey: 'Birch 35' }
  const headers = { 'holdfast-purpose': 'care', 'holdfast-reason': 'request of the person' }
  const byKey = await house.request(`${base}/entries`, {
    method: 'POST',
    token: auditor.token,
    json: asked,
    headers,
  })
  equal(byKey.status, 200, byKey.body)
  equal(actionsOf(byKey.json.items).filter((action) => action === 'vault.record.read').length, 1)
  const unknown = await get(`${base}/${randomUUID()}/entries`)
  deepEqual([unknown.status, unknown.json.code], [404, 'vault.unknown-subject'])
})

test('a key is not met without the right to find, nor without a purpose', async () => {
  const onlyTrail = await callerWith(house, { actions: ['vault.subject.trail'] })
  const ask = (token: string, headers = {}) =>
    house.request(`/v1/controllers/${controllerId}/subjects/entries`, {
      method: 'POST',
      token,
      json: { subjectKey: 'Birch 3' },
      headers,
    })
  const given = { 'holdfast-purpose': 'care', 'holdfast-reason': 'request' }
  deepEqual((await ask(onlyTrail.token, given)).json.code, 'identity.not-permitted')
  equal((await ask(auditor.token)).status, 400)
  equal((await ask(auditor.token, given)).status, 200)
})

test('a number within a log without the log is refused by name', async () => {
  for (const query of ['subject=3', 'fromIndex=1', 'toIndex=4']) {
    const { status, json } = await get(`/v1/trail/entries?${query}`)
    deepEqual([status, json.code], [400, 'trail.needs-log'])
  }
  equal((await get(`/v1/trail/entries?kinds=person,king`)).status, 400)
  const placed = await get(`/v1/trail/entries?log=${controllerId}&fromIndex=1&toIndex=2`)
  deepEqual(
    placed.json.items.map(({ index }: { index: number }) => index),
    [2, 1],
  )
})

test('the entries of an incident are its suspects’ entries in its window', async () => {
  const incident = await house.request('/v1/incidents', {
    method: 'POST',
    token: auditor.token,
    json: { text: 'A reader that reads too much', severity: 'high' },
  })
  equal(incident.status, 200, incident.body)
  const path = `/v1/incidents/${incident.json.incidentId}`
  deepEqual((await get(`${path}/entries`)).json.items, [])
  await house.request(`${path}/suspects`, {
    method: 'POST',
    token: auditor.token,
    json: { kind: 'workload', id: reader.workloadId },
  })
  const { json, body } = await get(`${path}/entries`)
  deepEqual(
    actionsOf(json.items ?? []),
    Array.from({ length: 3 }, () => 'vault.record.read'),
    body,
  )
})

test('an export wants a reason, and each format says the same of the same entries', async () => {
  const bare = await get('/v1/trail/export')
  deepEqual([bare.status, bare.json.code], [400, 'trail.reason-required'])
  const query = `log=${controllerId}`
  const [csv, ndjson, ocsf] = await Promise.all(
    ['csv', 'ndjson', 'ocsf'].map((format) =>
      get(`/v1/trail/export?format=${format}&${query}`, why),
    ),
  )
  match(csv!.headers['content-type']!, /^text\/csv/)
  match(ocsf!.headers['content-disposition']!, /trail\.ocsf\.ndjson/)
  const rows = parse(csv!.body, { columns: true }) as Record<string, string>[]
  const lines = (text: string): any[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const whole = lines(ndjson!.body)
  const events = lines(ocsf!.body)
  ok(rows.length >= 5)
  const seen = (each: [unknown, unknown, unknown][]) =>
    each.map(([log, index, leaf]) => [log, Number(index), leaf])
  deepEqual(
    seen(
      rows.map((row) => [
        row['log'],
        row['index'],
        Buffer.from(row['leafHex']!, 'hex').toString('base64'),
      ]),
    ),
    seen(whole.map(({ log, index, leaf }) => [log, index, leaf])),
  )
  deepEqual(
    seen(events.map(({ unmapped: { trail } }) => [trail.log, trail.index, trail.leaf])),
    seen(whole.map(({ log, index, leaf }) => [log, index, leaf])),
  )
  deepEqual(
    events.map((event) => [event.metadata.uid, wrongInOcsf(event)]),
    whole.map(({ entryId }) => [entryId, []]),
  )
  deepEqual(
    whole.map(({ index }) => index),
    whole.map((_, i) => i),
    'oldest first, without a gap',
  )
  equal(rows.find(({ outcome }) => outcome === 'failed')?.['reason'], "'=cmd()")
})

test('an export tells of itself, batch by batch, as an OCSF event of the event log', async () => {
  const many = Array.from({ length: 620 }, () =>
    house.act({ action: 'trail.test.many', effect: 'read' }, async () => {}),
  )
  await Promise.all(many)
  await house.integrate()
  const { body } = await get('/v1/trail/export?action=trail.test.many', why)
  equal(body.trim().split('\n').length, 620)
  await house.integrate()
  const told = await get('/v1/trail/entries?action=trail.entry.export&outcome=done&limit=2')
  const [last, first] = told.json.items
  deepEqual(first.event.unmapped.details, {
    format: 'ndjson',
    asked: { action: 'trail.test.many' },
    after: 0,
    entries: 500,
  })
  deepEqual([last.event.class_uid, last.event.activity_id], [1008, 3])
  equal(last.event.unmapped.details.entries, 120)
  deepEqual(wrongInOcsf(last.event), [])
})

test('a saved search is its owner’s, seen by others when shared, and changed by nobody else', async () => {
  const other = await callerWith(house, { actions: ['trail.*'] })
  const ask = (token: string, method: string, path = '', json?: object) =>
    house.request(`/v1/trail/searches${path}`, { method, token, ...(json && { json }) })
  const made = await ask(auditor.token, 'POST', '', {
    name: 'Exports of Ömer',
    asked: { action: 'vault.record.export', kinds: 'person' },
  })
  equal(made.status, 200, made.body)
  const path = `/${made.json.searchId}`
  const namesFor = async (token: string) =>
    (await ask(token, 'GET')).json.items.map(({ name, own }: any) => [name, own])
  deepEqual(await namesFor(auditor.token), [['Exports of Ömer', true]])
  deepEqual(await namesFor(other.token), [])
  equal((await ask(auditor.token, 'PATCH', path, { shared: true })).status, 200)
  deepEqual(await namesFor(other.token), [['Exports of Ömer', false]])
  for (const [method, json] of [
    ['PATCH', { name: 'mine' }],
    ['DELETE', undefined],
  ] as const)
    deepEqual((await ask(other.token, method, path, json)).json.code, 'trail.unknown-search')
  deepEqual(
    (await ask(auditor.token, 'POST', '', { name: 'x', asked: { subject: 3 } })).json.code,
    'trail.needs-log',
  )
  equal((await ask(auditor.token, 'DELETE', path)).status, 200)
  deepEqual(await namesFor(auditor.token), [])
})
