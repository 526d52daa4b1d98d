import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Static } from 'typebox'
import { hourMs } from '#ground'
import { markRestored } from '#trail'
import { putRecords, vault } from '#vault'
import { jobs, routes } from '../src/rooms.ts'
import { tellingActions } from '../src/vault/verification/record-states.ts'
import type { VerifiedRecords } from '../src/vault/verification/wire.ts'
import { ask, asCaller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'

// Whoever writes into the tables puts back an older row, whole: it opens, for its ciphertext belongs to
// its version. The trail's entries tell how many versions there have been.

const start = new Date()
const dayMs = 24 * hourMs
let house: TestHouse
let controllerId: string
let headers: Readonly<Record<string, string>>

before(async () => {
  house = await openHouse({ now: start })
  await house.listen(0)
  const expiresAt = new Date(start.getTime() + 100 * dayMs)
  headers = asCaller((await callerWith(house, { actions: ['vault.*'], expiresAt })).token)
  controllerId = await takeIn('Alder Clinic')
})
after(() => house.close())

async function takeIn(name: string): Promise<string> {
  const made = await send('POST', '/v1/controllers', {
    name,
    categories: [
      { name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 90 },
      {
        name: 'visit',
        fields: [{ name: 'ward', kind: 'choice', options: ['north', 'south'] }],
        retainDays: 30,
        anonymise: { k: 5, keep: [{ field: 'ward', method: 'keep' }] },
      },
    ],
    purposes: [{ name: 'care', categories: ['contact', 'visit'] }],
    breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
  })
  equal(made.status, 200, made.body)
  return made.json.controllerId
}

async function send(method: string, path: string, json?: unknown, more: object = {}) {
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const { port } = house.settings
  const answer = await ask({ port, ca: house.ca }, path, {
    method,
    headers: { ...headers, ...type },
    ...body,
    ...more,
  })
  return { status: answer.status, json: JSON.parse(answer.body), body: answer.body }
}
const of = (rest: string) => `/v1/controllers/${controllerId}${rest}`

async function put(subjectKey: string, category = 'contact'): Promise<string> {
  const fields = category === 'contact' ? { name: `Ada ${Math.random()}` } : { ward: 'north' }
  const stored = await send('PUT', of('/records'), { subjectKey, category, fields })
  equal(stored.status, 200, stored.body)
  return stored.json.subjectId
}

interface Row {
  readonly ordinal: number
  readonly version: number
}

/** The rows of a subject's records, whole, as whoever copies a table has them. */
const copyOf = (subjectId: string) =>
  house.owner.rows<Row>({
    text: 'select * from vault.record where subject_id = $1 order by category',
    values: [subjectId],
  })
async function putBack(row: Row): Promise<void> {
  const facts = Object.entries(row)
  await house.owner.run({
    text: `insert into vault.record (${facts.map(([name]) => name).join(', ')})
      values (${facts.map((_, i) => `$${i + 1}`).join(', ')})`,
    values: facts.map(([, value]) => value),
  })
}
const drop = (subjectId: string) =>
  house.owner.run({ text: 'delete from vault.record where subject_id = $1', values: [subjectId] })
const numberOf = async (subjectId: string) =>
  (await house.owner.first<{ ordinal: number }>({
    text: 'select ordinal from vault.subject where subject_id = $1',
    values: [subjectId],
  }))!.ordinal

const verify = async (): Promise<Static<typeof VerifiedRecords>> => {
  const { status, json, body } = await send('POST', of('/records/verify'))
  equal(status, 200, body)
  return json
}
const read = (subjectId: string) => send('GET', of(`/subjects/${subjectId}`))
const job = (action: string) =>
  vault
    .jobs!.find((one) => one.action === action)!
    .run(house.threshold.asHouse, undefined, house.world)
const measure = (now = start) =>
  vault.measures!.find(({ id }) => id === 'vault.record-integrity')!.check!(
    house.threshold.asHouse,
    house.world,
    now,
  )

test('each action that tells what became of a record is one of the house', () => {
  const known = new Set([...routes, ...jobs, ...vault.loops!].map(({ action }) => action))
  deepEqual(
    tellingActions.filter((action) => !known.has(action)),
    [],
  )
  ok(tellingActions.length > 10)
})

test('whatever the house itself does with records agrees with the trail', async () => {
  const ada = await put('A-1')
  await put('A-1')
  await put('A-1', 'visit')
  const many = Array.from({ length: 300 }, (_, i) => `I-${i % 200},Ada`)
  const mapping = JSON.stringify({
    subjectKey: 'id',
    category: 'contact',
    fields: { name: 'name' },
  })
  const imported = await send(
    'POST',
    of(`/imports?mapping=${encodeURIComponent(mapping)}`),
    undefined,
    { headers: { ...headers, 'content-type': 'text/csv' }, body: `id,name\n${many.join('\n')}\n` },
  )
  equal(imported.json.rowsStored, 300, imported.body)
  const path = of(`/subjects/${ada}/records/contact`)
  equal((await send('PATCH', path, { fields: { name: 'Ada King' } })).status, 200)
  // Read for a correction that is then refused: no version comes of it.
  equal((await send('PATCH', path, { fields: { name: null } })).status, 422)
  const file = { category: 'contact', name: 'scan.pdf', mediaType: 'application/pdf' }
  const keep = async () => {
    const { attachmentId } = (await send('POST', of(`/subjects/${ada}/attachments`), file)).json
    const kept = await send('PUT', of(`/attachments/${attachmentId}/content`), undefined, {
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: Buffer.from('bytes'),
    })
    equal(kept.status, 200, kept.body)
    return attachmentId as string
  }
  await keep()
  equal((await send('DELETE', of(`/attachments/${await keep()}`))).status, 200)
  equal((await send('DELETE', of(`/subjects/${await put('A-2')}`))).status, 200)
  const asked = { kind: 'erasure', asked: 'all of it', subjectId: await put('A-3') }
  const { requestId } = (await send('POST', of('/subject-requests'), asked)).json
  const request = of(`/subject-requests/${requestId}`)
  await send('POST', `${request}/instruct`, { comply: true, instruction: 'do' })
  equal((await send('POST', `${request}/carry-out`, {})).status, 200)
  await read(ada)
  await house.integrate()
  // What may remain of a record is counted, and the record erased.
  await put('A-4', 'visit')
  house.setNow(new Date(start.getTime() + 31 * dayMs))
  const anonymised = await send('POST', of('/anonymise'), { category: 'visit', drop: true })
  equal(anonymised.status, 200, anonymised.body)
  house.setNow(start)
  await put('A-1', 'visit')
  // Erased when its time comes, and put anew: another record, with a number of its own.
  house.setNow(new Date(start.getTime() + 31 * dayMs))
  await job('vault.erase-due')
  house.setNow(start)
  await put('A-1', 'visit')
  const report = await verify()
  deepEqual(report.discrepancies, [])
  equal(report.sound, true)
  const live = await house.owner.first<{ count: number }>({
    text: `select (select count(*) from vault.record) + (select count(*) from vault.attachment
      where state = 'kept') as count`,
  })
  equal(report.records, live!.count)
  ok(report.records > 200)
  const evidence = await measure()
  deepEqual([evidence.holds, evidence.n, evidence.of], [true, 1, 1], evidence.finding)
})

test('an older row put back whole is found, named, and read by nobody until it is settled', async () => {
  const subjectId = await put('B-1')
  const [older] = await copyOf(subjectId)
  await put('B-1')
  const [newer] = await copyOf(subjectId)
  deepEqual([older!.version, newer!.version], [1, 2])
  await drop(subjectId)
  await putBack(older!)
  // It opens: in itself it is as sound as on its day.
  equal((await read(subjectId)).json.records[0].version, 1)

  const { sound, discrepancies, restricted } = await verify()
  const named = {
    record: older!.ordinal,
    subject: await numberOf(subjectId),
    category: 'contact',
    kind: 'older',
    told: 2,
    found: 1,
  }
  deepEqual([sound, discrepancies, restricted], [false, [named], 1])
  equal((await read(subjectId)).json.code, 'vault.subject-restricted')
  const row = { subjectKey: 'B-1', category: 'contact', fields: { name: 'x' } }
  equal((await send('PUT', of('/records'), row)).json.code, 'vault.subject-restricted')
  const { items } = (await send('GET', of('/discrepancies'))).json
  deepEqual(items, [{ ...named, subjectId, foundAt: start.toISOString() }])
  const evidence = await measure()
  equal(evidence.holds, false)
  match(evidence.finding, /^1 records of 1 controllers are not what/)

  // The right row is back: nothing is left of it but the restriction, which a person lifts.
  await drop(subjectId)
  await putBack(newer!)
  equal((await verify()).sound, true)
  deepEqual((await send('GET', of('/discrepancies'))).json.items, [])
  await send('PATCH', of(`/subjects/${subjectId}`), { restricted: false })
  equal((await read(subjectId)).json.records[0].version, 2)
})

test('a row that vanished, came back after its erasure, or has another’s number is found', async () => {
  const [gone, back, one, other] = await Promise.all(
    ['C-1', 'C-2', 'C-3', 'C-4'].map((k) => put(k)),
  )
  await put('C-2', 'visit')
  const [lost] = await copyOf(gone!)
  const [, visit] = await copyOf(back!)
  house.setNow(new Date(start.getTime() + 31 * dayMs))
  await job('vault.erase-due')
  house.setNow(start)
  equal((await copyOf(back!)).length, 1)
  await drop(gone!)
  await putBack(visit!)
  const [[a], [b]] = [await copyOf(one!), await copyOf(other!)]
  const renumber = (subjectId: string, ordinal: number) =>
    house.owner.run({
      text: 'update vault.record set ordinal = $2 where subject_id = $1',
      values: [subjectId, ordinal],
    })
  await renumber(one!, b!.ordinal)
  await renumber(other!, a!.ordinal)
  const { discrepancies } = await verify()
  deepEqual(
    new Map(discrepancies.map(({ record, kind }) => [record, kind] as const)),
    new Map([
      [lost!.ordinal, 'missing'],
      [visit!.ordinal, 'returned'],
      [a!.ordinal, 'moved'],
      [b!.ordinal, 'moved'],
    ]),
  )
  // The numbers are put right; of the others somebody says that they stand as they are.
  await renumber(one!, a!.ordinal)
  await renumber(other!, b!.ordinal)
  for (const { ordinal } of [lost!, visit!]) {
    const settled = await send('POST', of(`/discrepancies/${ordinal}/settle`))
    equal(settled.status, 200, settled.body)
  }
  equal((await send('POST', of(`/discrepancies/${lost!.ordinal}/settle`))).status, 404)
  deepEqual((await verify()).discrepancies, [])
  // Settled is the row that stood there, and no other.
  await drop(back!)
  const found = (await verify()).discrepancies.map(({ record, kind }) => [record, kind] as const)
  ok(found.some(([record, kind]) => record === visit!.ordinal && kind === 'missing'))
  for (const [record] of found)
    equal((await send('POST', of(`/discrepancies/${record}/settle`))).status, 200)
  equal((await verify()).sound, true)
})

test('a row that was written without an entry is found', async () => {
  const subjectId = await put('D-1')
  await house.owner.run({
    text: 'update vault.record set version = version + 1 where subject_id = $1',
    values: [subjectId],
  })
  const { discrepancies } = await verify()
  deepEqual(
    discrepancies.map(({ kind, told, found }) => [kind, told, found]),
    [['newer', 1, 2]],
  )
  await house.owner.run({
    text: 'update vault.record set version = version - 1 where subject_id = $1',
    values: [subjectId],
  })
  equal((await verify()).sound, true)
})

test('records that change while they are verified are no finding', async () => {
  const ended = new AbortController()
  const writer = async (name: string) => {
    for (let i = 0; !ended.signal.aborted; i += 1) await put(`${name}-${i % 5}`)
  }
  const writers = ['E', 'F'].map(writer)
  for (let i = 0; i < 8; i += 1) {
    const { discrepancies } = await verify()
    deepEqual(discrepancies, [])
    if (i % 3 === 0) await house.integrate()
  }
  ended.abort()
  await Promise.all(writers)
})

test('what a restore undid is not held against the records', async () => {
  const kept = await put('G-1')
  await house.integrate()
  const [before] = await copyOf(kept)
  const backedUp = await house.owner.first<{ position: number }>({
    text: 'select position from trail.state',
  })
  await put('G-1')
  await house.integrate()
  equal((await verify()).sound, true)
  // As a restore does: rows of the backup, entries of after it brought back, and the mark after them.
  await drop(kept)
  await putBack(before!)
  equal((await verify()).discrepancies[0]!.kind, 'older')
  const state = (set: string, value: unknown) =>
    house.owner.run({ text: `update trail.state set ${set} = $1`, values: [value] })
  const head = await house.owner.first<{ position: number }>({
    text: 'select position from trail.state',
  })
  await state('position', backedUp!.position)
  await house.act({ action: 'continuity.restore.mark' }, (act) => markRestored(act, 'b-1'))
  await state('position', head!.position)
  await house.owner.run({
    text: `update trail.state set restored_at = null, restored_from = null, refused_at = null,
      refused_because = null`,
  })
  await house.integrate()
  deepEqual((await verify()).discrepancies, [])
  // And it goes on from there.
  await send('PATCH', of(`/subjects/${kept}`), { restricted: false })
  await put('G-1')
  equal((await verify()).sound, true)
})

test('counters that lie behind numbers in the entries are past them after a verification', async () => {
  const later = await copyOf(await put('H-1'))
  const counters = (set: string) =>
    house.owner.first<{ subject: number; record: number }>({
      text: `update vault.controller set ${set} where controller_id = $1
        returning next_subject as subject, next_record as record`,
      values: [controllerId],
    })
  const before = (await counters('next_record = next_record'))!
  equal(before.record, later[0]!.ordinal + 1)
  await counters('next_record = next_record - 3, next_subject = next_subject - 2')
  equal((await verify()).sound, true)
  deepEqual(await counters('next_record = next_record'), before)
  const stated = await house.owner.rows<{ statement: string }>({
    text: `select convert_from(statement, 'UTF8') as statement from trail.entry
      where log = $1 and action = 'vault.record.verify' and statement is not null`,
    values: [controllerId],
  })
  deepEqual(
    stated.map(({ statement }) => JSON.parse(statement)),
    [{ numbers: before, v: 1 }],
  )
})

test('progress comes line by line, and in the end the report', async () => {
  const { body } = await (async () => {
    const { port } = house.settings
    return ask({ port, ca: house.ca }, of('/records/verify'), {
      method: 'POST',
      headers: { ...headers, accept: 'application/x-ndjson' },
    })
  })()
  const lines = body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  deepEqual([...new Set(lines.slice(0, -1).map(({ stage }) => stage))], ['entries', 'records'])
  equal(lines.at(-1).report.sound, true)
})

/** A correction as releases before the verification wrote it: both its acts look alike. */
async function correctAlike(subjectKey: string, subjectId: string): Promise<void> {
  const [row] = await copyOf(subjectId)
  const touch = { subject: await numberOf(subjectId), record: row!.ordinal, category: 0 }
  const asked = {
    action: 'vault.record.rectify',
    scope: { controllerId },
    purpose: 'care',
    reason: 'a misspelt name',
  }
  await house.act(asked, async (act) => act.touch(touch))
  await house.act(asked, (act) =>
    putRecords(act, [{ subjectKey, category: 'contact', fields: { name: 'Ada King' } }]),
  )
}

test('corrections of an earlier release are no discrepancy, but what they leave open is told', async () => {
  controllerId = await takeIn('Birch Bank')
  const [old, both, plain] = await Promise.all(['L-1', 'L-2', 'L-3'].map((key) => put(key)))
  await correctAlike('L-1', old!)
  await correctAlike('L-2', both!)
  // Since the upgrade, and before anything was verified: these say which act wrote.
  const rename = (subjectId: string) =>
    send('PATCH', of(`/subjects/${subjectId}/records/contact`), { fields: { name: 'Grace' } })
  for (const subjectId of [both!, plain!]) equal((await rename(subjectId)).status, 200)
  equal((await copyOf(both!))[0]!.version, 3)
  const report = await verify()
  deepEqual(report.discrepancies, [])
  deepEqual([report.sound, report.restricted, report.uncertain, report.records], [true, 0, 2, 3])
  match((await measure()).finding, /Of 2, entries of an earlier release leave open/)
  // Neither goes beyond what may have been, nor below what is certain.
  const setVersion = (subjectId: string, version: number) =>
    house.owner.run({
      text: 'update vault.record set version = $2 where subject_id = $1',
      values: [subjectId, version],
    })
  const wrong = [
    [old!, 3, 'newer'],
    [both!, 1, 'older'],
    [both!, 4, 'newer'],
    [plain!, 3, 'newer'],
  ] as const
  for (const [subjectId, version, kind] of wrong) {
    const [row] = await copyOf(subjectId)
    await setVersion(subjectId, version)
    deepEqual(
      (await verify()).discrepancies.map((one) => one.kind),
      [kind],
    )
    await setVersion(subjectId, row!.version)
    await send('PATCH', of(`/subjects/${subjectId}`), { restricted: false })
  }
  // A correction of today that comes to nothing leaves nothing open.
  for (let i = 0; i < 2; i += 1)
    equal(
      (
        await send('PATCH', of(`/subjects/${plain!}/records/contact`), {
          fields: { name: null },
        })
      ).status,
      422,
    )
  await setVersion(plain!, 3)
  equal((await verify()).discrepancies[0]!.kind, 'newer')
  // Whoever settles it says which version it is.
  const [{ ordinal }] = (await copyOf(plain!)) as [Row]
  equal((await send('POST', of(`/discrepancies/${ordinal}/settle`))).status, 200)
  equal((await verify()).sound, true)
})

test('what an earlier release restored is no discrepancy, but told as uncertain', async () => {
  controllerId = await takeIn('Cedar Care')
  const [kept, erased] = [await put('M-1'), await put('M-2')]
  const [before] = await copyOf(kept)
  await put('M-1')
  const lost = await put('M-3')
  await house.integrate()
  await drop(kept)
  await putBack(before!)
  await drop(lost)
  deepEqual(
    (await verify()).discrepancies.map(({ kind }) => kind),
    ['older', 'missing'],
  )
  // That release marked a restore, and did not say how far its backup had come.
  await house.act({ action: 'continuity.restore.mark' }, async () => {})
  await house.integrate()
  const after = await put('M-4')
  const report = await verify()
  deepEqual([report.discrepancies, report.uncertain, report.records], [[], 2, 3])
  // Of what was put since, all is known; and whoever is erased is gone.
  await send('PATCH', of(`/subjects/${kept}`), { restricted: false })
  equal((await send('DELETE', of(`/subjects/${erased}`))).status, 200)
  const [row] = await copyOf(after)
  await put('M-4')
  await drop(after)
  await putBack(row!)
  deepEqual(
    (await verify()).discrepancies.map(({ kind }) => kind),
    ['older'],
  )
})
