import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { request as httpsRequest } from 'node:https'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createWorkload, grantRole, issueCredential } from '#identity'
import { countsOf } from '#vault'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'

let house: TestHouse
let port: number
let controllerId: string
/** Puts, imports, reads, finds, exports and erases; sees everything. */
let token: string
/** Reads and exports; sees masks. */
let maskedToken: string
/** Finds and reads. */
let supportToken: string

const why = { 'holdfast-purpose': 'care', 'holdfast-reason': 'ticket 4711' }
const alder = {
  name: 'Alder Clinic',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: true },
        { name: 'born', kind: 'date' },
      ],
      retainDays: 30,
    },
    { name: 'payment', fields: [{ name: 'iban', kind: 'identifier' }], retainDays: 90 },
  ],
  purposes: [{ name: 'care', categories: ['contact', 'payment'] }],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
}

before(async () => {
  house = await openHouse()
  port = (await house.listen(0)).port
  const operator = await workload('operator', ['administrator', 'privacy'])
  const created = await call('POST', '/v1/controllers', { token: operator, json: alder })
  equal(created.status, 200)
  controllerId = created.json.controllerId
  token = operator
  maskedToken = await workload('reader', ['administrator'])
  supportToken = await workload('support', ['support'])
})
after(() => house.close())

async function workload(name: string, roles: string[]): Promise<string> {
  return house.act({ action: 'identity.workload.create' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name })
    const everywhere = { controllers: null, categories: null, purposes: null, expiresAt: null }
    for (const role of roles) await grantRole(act, { actorId: workloadId, role, ...everywhere })
    const expiresAt = new Date(act.now.getTime() + 86_400_000)
    return (await issueCredential(act, workloadId, { label: 'test', expiresAt })).token
  })
}

interface Init {
  readonly token?: string
  readonly json?: unknown
  readonly body?: string
  readonly type?: string
}

const call = (method: string, path: string, init: Init = {}): Promise<TestAnswer> =>
  house.request(path, {
    method,
    token: init.token ?? token,
    headers: { ...why, ...(init.type === undefined ? {} : { 'content-type': init.type }) },
    ...(init.json === undefined ? {} : { json: init.json }),
    ...(init.body === undefined ? {} : { body: init.body }),
  })

const of = (rest: string) => `/v1/controllers/${controllerId}${rest}`
const mapping = (more: object = {}) =>
  encodeURIComponent(
    JSON.stringify({
      subjectKey: 'id',
      category: 'contact',
      fields: { name: 'name', email: 'mail', born: 'born' },
      ...more,
    }),
  )
const csv = (body: string, query = '', more: object = {}) =>
  call('POST', of(`/imports?mapping=${mapping(more)}${query}`), { body, type: 'text/csv' })
const counts = () => countsOf(house.owner, controllerId)

/** 5,000 rows; the bad ones are known. */
const bad = new Map([
  [17, 'vault.value-malformed'],
  [1500, 'vault.row-columns'],
  [1501, 'vault.subject-key-malformed'],
  [4999, 'vault.record-empty'],
])
function line(row: number): string {
  const code = bad.get(row)
  if (code === 'vault.row-columns') return `I-${row},too few`
  if (code === 'vault.subject-key-malformed') return `,Name ${row},p${row}@example.org,1980-01-01`
  if (code === 'vault.record-empty') return `I-${row},,,`
  const born = code === undefined ? '1980-01-01' : 'in spring'
  return `I-${row},"Name, ${row}",p${row}@example.org,${born}`
}
const head = 'id,name,mail,born\n'
const file = `${head}${Array.from({ length: 5000 }, (_, i) => line(i + 1)).join('\n')}\n`

test('a dry run tells what an import would do, and stores nothing', async () => {
  const answer = await csv(file, '&check=true')
  equal(answer.status, 200, answer.body)
  const { check, rowsRead, rowsStored, rowsRejected, errors } = answer.json
  deepEqual(
    { check, rowsRead, rowsStored, rowsRejected },
    {
      check: true,
      rowsRead: 5000,
      rowsStored: 4996,
      rowsRejected: 4,
    },
  )
  deepEqual(
    errors.map(({ row, code }: { row: number; code: string }) => [row, code]),
    [...bad],
  )
  deepEqual(await counts(), { subjects: 0, records: 0 })
  deepEqual((await call('GET', of('/imports'))).json, { items: [] })
})

test('5,000 rows are imported, bad ones named by row and reason, and a second time changes no count', async () => {
  const answer = await csv(file)
  equal(answer.status, 200, answer.body)
  const { importId, state, rowsRead, rowsStored, rowsReplaced, rowsRejected } = answer.json
  deepEqual(
    { state, rowsRead, rowsStored, rowsReplaced, rowsRejected },
    { state: 'finished', rowsRead: 5000, rowsStored: 4996, rowsReplaced: 0, rowsRejected: 4 },
  )
  deepEqual(await counts(), { subjects: 4996, records: 4996 })
  const later = await call('GET', of(`/imports/${importId}`))
  deepEqual(later.json, answer.json)
  deepEqual(
    later.json.errors.map(({ row, code }: { row: number; code: string }) => [row, code]),
    [...bad],
  )
  ok(!JSON.stringify(later.json.errors).includes('in spring'))
  equal(later.json.bytesRead, Buffer.byteLength(file))
  equal(later.json.bytesTotal, Buffer.byteLength(file))
  const again = await csv(file)
  deepEqual([again.json.rowsStored, again.json.rowsReplaced], [4996, 4996])
  deepEqual(await counts(), { subjects: 4996, records: 4996 })
})

test('each batch of an import and of an export has an entry of its own', async () => {
  const entries = async (action: string) =>
    house.owner.rows<{ subjects: number; records: number }>({
      text: `select subjects, records from trail.entry
        where action = $1 and outcome = 'done' and controller_id = $2 order by id`,
      values: [action, controllerId],
    })
  const before = (await entries('vault.record.export')).length
  const answer = await call('GET', of('/export?format=ndjson'))
  equal(answer.status, 200)
  const told = (await entries('vault.record.export')).slice(before)
  // One for each five hundred, and one for beginning at all.
  equal(told.length, 11)
  equal(
    told.reduce((sum, { records }) => sum + records, 0),
    answer.body.trimEnd().split('\n').length,
  )
  const imports = (await entries('vault.record.import')).filter(({ records }) => records > 0)
  equal(imports.length, 20)
})

test('what is exported can be imported again and is the same, as CSV and as NDJSON', async () => {
  const create = async (name: string) => {
    const { json } = await call('POST', '/v1/controllers', { json: { ...alder, name } })
    return (rest: string) => `/v1/controllers/${json.controllerId}${rest}`
  }
  const source = await create('Source')
  const target = await create('Target')
  const send = async (path: string, map: object, body: string, type: string) =>
    (await call('POST', `${path}/imports?mapping=${mapping(map)}`, { body, type })).json
  const plain = async (path: string) =>
    (await call('GET', path)).body
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
      .map(({ subjectKey, category, fields }) => JSON.stringify({ subjectKey, category, fields }))
      .sort()
  const first = await send(source(''), {}, file.split('\n').slice(0, 701).join('\n'), 'text/csv')
  equal(first.rowsStored, 699)
  const before = await plain(source('/export'))
  equal(before.length, 699)

  const names = ['name', 'email', 'born']
  const columns = (prefix: string) =>
    Object.fromEntries(names.map((name) => [name, `${prefix}${name}`]))
  const table = await call('GET', source('/export?format=csv'))
  match(table.headers['content-type']!, /^text\/csv/)
  const asCsv = {
    subjectKey: '_subjectKey',
    category: { column: '_category' },
    fields: columns(''),
  }
  equal((await send(target(''), asCsv, table.body, 'text/csv')).rowsStored, 699)
  deepEqual(await plain(target('/export')), before)

  const asJson = {
    subjectKey: 'subjectKey',
    category: { column: 'category' },
    fields: columns('fields.'),
  }
  const lines = (await call('GET', target('/export'))).body
  const again = await send(target(''), asJson, lines, 'application/x-ndjson')
  deepEqual([again.rowsStored, again.rowsReplaced], [699, 699])
  deepEqual(await plain(target('/export')), before)
})

test('an export without the right to reveal is masked throughout', async () => {
  const answer = await call('GET', of('/export?format=ndjson'), { token: maskedToken })
  const rows = answer.body
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  ok(rows.every(({ masked, subjectKey }) => masked === true && subjectKey === '•••'))
  ok(!answer.body.includes('Name, '))
  match(rows[0].fields.email, /^p•••@•••\.org$/)
})

test('a CSV that turns malformed after full batches says how many rows stand, and they do', async () => {
  const rows = Array.from({ length: 2300 }, (_, i) => `M-${i},Name,m${i}@example.org,1980-01-01`)
  const before = await counts()
  const answer = await csv(`${head}${rows.join('\n')}\nM-x,"open quote\n`)
  equal(answer.status, 422)
  equal(answer.json.code, 'vault.import-malformed')
  const { importId, state, rowsRead, rowsStored } = answer.json.facts
  deepEqual({ state, rowsRead, rowsStored }, { state: 'failed', rowsRead: 2000, rowsStored: 2000 })
  equal((await counts()).subjects, before.subjects + 2000)
  const seen = (await call('GET', of(`/imports/${importId}`))).json
  deepEqual([seen.state, seen.code, seen.rowsStored], ['failed', 'vault.import-malformed', 2000])
  const whole = await csv(`${head}${rows.join('\n')}\n`)
  deepEqual([whole.json.rowsStored, whole.json.rowsReplaced], [2300, 2000])
  equal((await counts()).subjects, before.subjects + 2300)
})

test('a stream that breaks off leaves an interrupted import with an exact count', async () => {
  const before = await counts()
  const sending = httpsRequest({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: house.ca,
    method: 'POST',
    path: of(`/imports?mapping=${mapping()}`),
    headers: { ...why, 'content-type': 'text/csv', authorization: `Bearer ${token}` },
  })
  sending.on('error', () => {})
  sending.write(head)
  const rows = Array.from({ length: 1200 }, (_, i) => `B-${i},Name,b${i}@example.org,1980-01-01\n`)
  sending.write(rows.join(''))
  const newest = async () => (await call('GET', of('/imports'))).json.items[0]
  while ((await newest()).rowsStored !== 1000) await pause(20)
  equal((await newest()).state, 'running')
  sending.destroy()
  while ((await newest()).state === 'running') await pause(20)
  const { state, code, rowsStored, rowsRejected } = await newest()
  deepEqual(
    { state, code, rowsStored, rowsRejected },
    {
      state: 'interrupted',
      code: 'vault.import-interrupted',
      rowsStored: 1000,
      rowsRejected: 0,
    },
  )
  equal((await counts()).subjects, before.subjects + 1000)
})

test('what cannot be an import is refused with a code before a row is stored', async () => {
  const before = await counts()
  const refused = async (answer: Promise<TestAnswer>, status: number, code: string) => {
    const { json, ...rest } = await answer
    deepEqual([rest.status, json.code], [status, code])
  }
  await refused(csv('id,name\n1,a\n'), 422, 'vault.import-column-missing')
  await refused(csv(head, '', { category: 'nowhere' }), 422, 'vault.unknown-category')
  await refused(csv(head, '', { fields: { shoe: 'name' } }), 422, 'vault.unknown-field')
  await refused(csv(head, '', { fields: {} }), 422, 'vault.mapping-malformed')
  await refused(csv(''), 422, 'vault.import-malformed')
  await refused(
    call('POST', of(`/imports?mapping=${mapping()}`), { body: '<a/>', type: 'text/xml' }),
    415,
    'gate.media-type',
  )
  await refused(
    call('POST', of(`/imports?mapping=${mapping()}`), {
      body: file,
      type: 'text/csv',
      token: supportToken,
    }),
    403,
    'identity.not-permitted',
  )
  deepEqual(await counts(), before)
})

test('rows of a category by column keep to the category they name', async () => {
  const more = { category: { column: 'kind' }, fields: { email: 'mail', iban: 'iban' } }
  const answer = await csv(
    [
      'id,kind,mail,iban',
      'K-1,contact,k1@example.org,',
      'K-1,payment,,DE00',
      'K-2,payment,k2@example.org,DE01',
      'K-3,health,,DE02',
      '',
    ].join('\n'),
    '',
    more,
  )
  deepEqual(
    answer.json.errors.map(({ row, code }: { row: number; code: string }) => [row, code]),
    [
      [3, 'vault.unknown-field'],
      [4, 'vault.unknown-category'],
    ],
  )
  equal(answer.json.rowsStored, 2)
})

test('the routes of one subject: put, find, read, restrict, hold, export, erase', async () => {
  const put = await call('PUT', of('/records'), {
    json: {
      subjectKey: 'W-1',
      category: 'contact',
      fields: { name: 'Wanda', email: 'wanda@example.org', born: null },
    },
  })
  equal(put.status, 200, put.body)
  const { subjectId } = put.json
  const one = of(`/subjects/${subjectId}`)
  const found = await call('POST', of('/subjects/find'), {
    json: { field: 'email', value: 'WANDA@example.org' },
  })
  deepEqual(
    found.json.items.map((item: { subjectId: string }) => item.subjectId),
    [subjectId],
  )
  const read = await call('GET', `${one}?categories=contact`)
  deepEqual(read.json.records[0].fields, { name: 'Wanda', email: 'wanda@example.org' })
  const noWhy = await house.request(one, { token })
  deepEqual([noWhy.status, noWhy.json.code], [400, 'gate.purpose-missing'])

  const flag = (json: object) => call('PATCH', one, { json })
  deepEqual((await flag({ restricted: true, held: true })).json, {
    subjectId,
    restricted: true,
    held: true,
  })
  equal((await call('GET', one)).json.code, 'vault.subject-restricted')
  const rows = [{ subjectKey: 'W-1', category: 'contact', fields: { name: 'Wanda' } }]
  const batch = await call('POST', of('/records/batch'), { json: { records: rows } })
  equal(batch.json.code, 'vault.subject-restricted')
  const whole = await call('GET', of('/export'))
  match(whole.body, new RegExp(`{"subjectId":"${subjectId}","restricted":true}`))
  const own = await call('GET', of(`/export?subjectId=${subjectId}`))
  match(own.body, /"email":"wanda@example\.org"/)
  equal((await call('DELETE', one)).json.code, 'vault.legal-hold')
  await flag({ restricted: false, held: false })

  const erased = await call('DELETE', one)
  equal(erased.status, 200, erased.body)
  deepEqual([erased.json.records, erased.json.keys.length], [1, 1])
  const gone = await call('GET', one)
  deepEqual([gone.status, gone.json.code], [410, 'vault.subject-erased'])
})

test('pages of subjects hold everybody once', async () => {
  const { subjects } = await counts()
  const seen = new Set<string>()
  let next: string | undefined
  do {
    const page: TestAnswer = await call(
      'GET',
      of(`/subjects?limit=1000${next ? `&after=${next}` : ''}`),
    )
    equal(page.status, 200, page.body)
    for (const { subjectId } of page.json.items) seen.add(subjectId)
    next = page.json.next
  } while (next !== undefined)
  equal(seen.size, subjects)
  equal((await call('GET', of('/subjects?after=x'))).json.code, 'vault.cursor-malformed')
})

test('a controller leaves only by its typed name, and then nothing of it opens or comes in', async () => {
  const created = await call('POST', '/v1/controllers', { json: { ...alder, name: 'Leaver' } })
  const id = created.json.controllerId
  const at = (rest: string) => `/v1/controllers/${id}${rest}`
  const row = { subjectKey: 'L-1', category: 'contact', fields: { name: 'Lea' } }
  const put = () => call('PUT', at('/records'), { json: row })
  equal((await put()).status, 200)
  const wrong = await call('POST', at('/leave'), { json: { name: 'leaver' } })
  deepEqual([wrong.status, wrong.json.code], [422, 'vault.name-not-confirmed'])
  const owed = await call('POST', at('/leave'), { json: { name: 'Leaver' } })
  deepEqual([owed.status, owed.json.code], [409, 'vault.not-returned'])
  const waiver = 'Letter of 3 May: the controller chose deletion.'
  const left = await call('POST', at('/leave'), { json: { name: 'Leaver', waiver } })
  deepEqual([left.status, left.json.state], [200, 'left'])
  deepEqual(await countsOf(house.owner, id), { subjects: 0, records: 0 })
  deepEqual(
    await house.owner.rows({
      text: 'select from keys.subject_key where controller_id = $1',
      values: [id],
    }),
    [],
  )
  equal((await put()).json.code, 'vault.controller-left')
  equal((await call('GET', at('/export'))).json.code, 'vault.controller-left')
  const again = await call('POST', at('/leave'), { json: { name: 'Leaver' } })
  equal(again.json.state, 'left')
  const listed = await call('GET', '/v1/controllers')
  const states = listed.json.items.map((c: { name: string; state: string }) => [c.name, c.state])
  deepEqual(states, [
    ['Alder Clinic', 'active'],
    ['Leaver', 'left'],
    ['Source', 'active'],
    ['Target', 'active'],
  ])
})

test('nothing of all this was a fault', () => {
  deepEqual(house.faults, [])
})
