import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import { doorTally } from '#gate'
import { lockActor, revokeCredential } from '#identity'
import { type Ask, ask, asCaller, type Caller, callerWith, type Heard } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { cookieOf, enrol, signIn } from './identity-people.ts'

/** Stands in every value that is refused; no answer may hand it back. */
const marker = 'Qzxrefused3n'

let house: TestHouse
let alder: string
let birch: string
let subjectId: string
/** Everything of the vault, everywhere. */
let caller: Caller
/** The same, of `alder` alone. */
let confined: Caller
let person: { cookie: string; email: string }

const contract = (name: string) => ({
  name,
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: true },
      ],
      retainDays: 30,
    },
    { name: 'health', fields: [{ name: 'diagnosis', kind: 'text' }], retainDays: 30 },
  ],
  purposes: [
    { name: 'care', categories: ['contact', 'health'] },
    { name: 'billing', categories: ['contact'] },
  ],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
})

before(async () => {
  house = await openHouse({ listen: true })
  caller = await callerWith(house, { actions: ['vault.*', 'continuity.*', 'incidents.alert.take'] })
  const create = async (name: string) => {
    const made = await send('POST', '/v1/controllers', { json: contract(name) })
    return JSON.parse(made.body).controllerId as string
  }
  alder = await create('Alder Clinic')
  birch = await create('Birch Shop')
  confined = await callerWith(house, { actions: ['vault.*'], controllers: [alder] })
  const stored = await send('PUT', of('/records'), { json: record({}) })
  equal(stored.status, 200, stored.body)
  subjectId = JSON.parse(stored.body).subjectId as string
  person = await enrol(house, 'nadia@house.example', ['administrator'])
  await spoilCredentials()
})
after(() => house.close())

interface Init {
  readonly json?: unknown
  readonly body?: Ask['body']
  readonly type?: string
  /** Replaces the usual headers where it names one; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

function send(method: string, path: string, { json, body, type, headers }: Init = {}) {
  const all: Record<string, string | undefined> = {
    ...asCaller(caller.token),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(type === undefined ? {} : { 'content-type': type }),
    ...headers,
  }
  const given = Object.entries(all).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  const sent = json === undefined ? body : JSON.stringify(json)
  return ask({ port: house.settings.port, ca: house.ca }, path, {
    method,
    headers: Object.fromEntries(given),
    ...(sent === undefined ? {} : { body: sent }),
  })
}

const of = (rest: string, controllerId = alder) => `/v1/controllers/${controllerId}${rest}`
const record = (more: object) => ({
  subjectKey: 'A-1',
  category: 'contact',
  fields: { name: 'Ada Alder' },
  ...more,
})
const put = (more: object, init: Init = {}) =>
  send('PUT', of('/records'), { json: record(more), ...init })
const mapping = (more: object = {}) =>
  encodeURIComponent(
    JSON.stringify({ subjectKey: 'id', category: 'contact', fields: { name: 'name' }, ...more }),
  )
const importing = (body: Ask['body'], more: object = {}, type = 'text/csv') =>
  send('POST', of(`/imports?mapping=${mapping(more)}`), { ...(body && { body }), type })
const as = (shown: string | undefined): Init => ({ headers: { authorization: shown } })
const nowhere = '01890000-0000-7000-8000-00000000dead'
const long = (n: number) => marker.repeat(Math.ceil(n / marker.length)).slice(0, n)

async function* pieces(bytes: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"subjectKey":"')
  for (let sent = 0; sent < bytes; sent += 65_536) yield Buffer.from(long(65_536))
}

/** What is asked, and what it must be answered: status, code, and the action the entry names. */
type Case = readonly [
  what: string,
  ask: () => Promise<Heard>,
  status: number,
  code: string,
  action: string,
]

const putting = 'vault.record.put'
const streaming = 'vault.record.import'
const reading = 'vault.record.read'
const nothing = 'gate.request'
const shape = 'gate.invalid-request'

const files: readonly Case[] = [
  [
    'a quotation that never ends',
    () => importing(`id,name\nA,"${marker}\nB,`),
    422,
    'vault.import-malformed',
    streaming,
  ],
  [
    'a header without the column the mapping names',
    () => importing(`id,${marker}\nA,b`),
    422,
    'vault.import-column-missing',
    streaming,
  ],
  [
    'a header with one name twice',
    () => importing(`id,name,name\nA,b,c`),
    422,
    'vault.import-malformed',
    streaming,
  ],
  ['no rows and no header', () => importing(''), 422, 'vault.import-malformed', streaming],
  [
    'bytes that are no text',
    () => importing(Buffer.from([0x69, 0x64, 0x2c, 0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28])),
    422,
    'vault.import-malformed',
    streaming,
  ],
  [
    'a mapping that is no JSON',
    () => send('POST', of(`/imports?mapping=${marker}`), { body: 'id\n1', type: 'text/csv' }),
    422,
    'vault.mapping-malformed',
    streaming,
  ],
  [
    'no mapping',
    () => send('POST', of('/imports'), { body: 'id\n1', type: 'text/csv' }),
    422,
    'vault.mapping-malformed',
    streaming,
  ],
  [
    'an import that begins in the middle of its file',
    () =>
      send('PUT', of(`/imports/${nowhere}?offset=7&mapping=${mapping()}`), {
        body: `id,name\nA,${marker}`,
        type: 'text/csv',
      }),
    409,
    'vault.import-offset',
    streaming,
  ],
  [
    'an archive that is none',
    () => importing(`{"records":["${marker}"]}`, {}, 'application/vnd.holdfast.archive+json'),
    422,
    'vault.import-malformed',
    streaming,
  ],
  [
    'an archive without its end',
    () =>
      importing(
        `{"format":"holdfast-archive","version":1,"records":[\n{"subjectKey":7,"category":"${marker}"}\n`,
        {},
        'application/vnd.holdfast.archive+json',
      ),
    422,
    'vault.archive-incomplete',
    streaming,
  ],
  [
    'a mapping to an unknown category',
    () => importing('id,name\n1,a', { category: marker }),
    422,
    'vault.unknown-category',
    streaming,
  ],
  [
    'a mapping to an unknown field',
    () => importing('id,name\n1,a', { fields: { [marker]: 'name' } }),
    422,
    'vault.unknown-field',
    streaming,
  ],
  [
    'a file of another type',
    () => importing(`{"id":"${marker}"}`, {}, 'application/json'),
    415,
    'gate.media-type',
    streaming,
  ],
  [
    'a file without a type',
    () => send('POST', of(`/imports?mapping=${mapping()}`), { body: marker }),
    415,
    'gate.media-type',
    streaming,
  ],
]

const bodies: readonly Case[] = [
  [
    'JSON that is cut off',
    () =>
      send('PUT', of('/records'), { body: `{"subjectKey":"${marker}`, type: 'application/json' }),
    400,
    shape,
    putting,
  ],
  [
    'an empty body',
    () => send('PUT', of('/records'), { type: 'application/json' }),
    400,
    shape,
    putting,
  ],
  [
    'a body that is a list',
    () => send('PUT', of('/records'), { json: [marker] }),
    400,
    shape,
    putting,
  ],
  [
    'a prototype in disguise',
    () =>
      send('PUT', of('/records'), {
        body: `{"__proto__":{"x":"${marker}"}}`,
        type: 'application/json',
      }),
    400,
    shape,
    putting,
  ],
  ['a number where text belongs', () => put({ subjectKey: 4711 }), 400, shape, putting],
  [
    'an object as a value',
    () => put({ fields: { name: { [marker]: marker } } }),
    400,
    shape,
    putting,
  ],
  [
    'a yes where a text belongs',
    () => put({ fields: { name: true } }),
    422,
    'vault.value-malformed',
    putting,
  ],
  ['a field of the body that is not known', () => put({ misspelt: marker }), 400, shape, putting],
  [
    'a value where a name belongs',
    () => put({ [`${marker}@example.org`]: 1 }),
    400,
    shape,
    putting,
  ],
  [
    'a field the contract does not name',
    () => put({ fields: { [marker]: marker } }),
    422,
    'vault.unknown-field',
    putting,
  ],
  [
    'a category the contract does not name',
    () => put({ category: marker }),
    422,
    'vault.unknown-category',
    putting,
  ],
  [
    'a value that is no e-mail',
    () => put({ fields: { email: marker } }),
    422,
    'vault.value-malformed',
    putting,
  ],
  ['a record without a value', () => put({ fields: {} }), 422, 'vault.record-empty', putting],
  [
    'a subject key with a line break',
    () => put({ subjectKey: `${marker}\n` }),
    422,
    'vault.subject-key-malformed',
    putting,
  ],
  ['half a character', () => put({ fields: { name: `${marker}\ud800` } }), 400, shape, putting],
  [
    'a text with an end in its middle',
    () => put({ subjectKey: `${marker}\0` }),
    400,
    shape,
    putting,
  ],
  [
    'a body as deep as it is long',
    () =>
      send('POST', '/v1/alerts', {
        body: `{"event_action":"trigger","payload":{"summary":"a","source":"b","severity":"info","x":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
        type: 'application/json',
      }),
    400,
    shape,
    'incidents.alert.take',
  ],
  [
    'text longer than any',
    () => put({ fields: { name: long(20_001) } }),
    422,
    'vault.value-malformed',
    putting,
  ],
  [
    'one bad row among good ones',
    () =>
      send('POST', of('/records/batch'), {
        json: { records: [record({}), record({ fields: { email: marker } })] },
      }),
    422,
    'vault.batch-rejected',
    putting,
  ],
  [
    'more rows than a batch takes',
    () =>
      send('POST', of('/records/batch'), {
        json: { records: Array.from({ length: 1001 }, () => record({})) },
      }),
    400,
    shape,
    putting,
  ],
  [
    'a body of another type',
    () =>
      send('PUT', of('/records'), { body: `<record>${marker}</record>`, type: 'application/xml' }),
    415,
    'gate.media-type',
    putting,
  ],
  [
    'a body of plain text',
    () => send('PUT', of('/records'), { body: marker, type: 'text/plain' }),
    415,
    'gate.media-type',
    putting,
  ],
  [
    'a table where a record belongs',
    () => send('PUT', of('/records'), { body: `id\n${marker}`, type: 'text/csv' }),
    415,
    'gate.media-type',
    putting,
  ],
  [
    'a form',
    () =>
      send('PUT', of('/records'), {
        body: `a=${marker}`,
        type: 'application/x-www-form-urlencoded',
      }),
    415,
    'gate.media-type',
    putting,
  ],
  [
    'a body said to be too large',
    () =>
      send('PUT', of('/records'), {
        body: '{',
        type: 'application/json',
        headers: { 'content-length': '1048577' },
      }),
    413,
    'gate.body-too-large',
    putting,
  ],
  [
    'a body that turns out too large',
    () => send('PUT', of('/records'), { body: pieces(2_097_152), type: 'application/json' }),
    413,
    'gate.body-too-large',
    putting,
  ],
  [
    'a batch that is too large',
    () =>
      send('POST', of('/records/batch'), {
        body: '{',
        type: 'application/json',
        headers: { 'content-length': String(16 * 1_048_576 + 1) },
      }),
    413,
    'gate.body-too-large',
    putting,
  ],
  [
    'a retention of no days',
    () =>
      send('POST', '/v1/controllers', {
        json: {
          ...contract('Cedar'),
          categories: [{ ...contract('Cedar').categories[0], retainDays: 0 }],
        },
      }),
    422,
    'vault.retention-not-positive',
    'vault.controller.create',
  ],
  [
    'a contract without categories',
    () => send('POST', '/v1/controllers', { json: { ...contract(marker), categories: [] } }),
    422,
    'vault.contract-malformed',
    'vault.controller.create',
  ],
]

const places: readonly Case[] = [
  [
    'a controller nobody knows',
    () => send('PUT', of('/records', nowhere), { json: record({}) }),
    404,
    'vault.unknown-controller',
    putting,
  ],
  [
    'a controller of somebody else',
    () =>
      send('PUT', of('/records', birch), { json: record({}), ...as(`Bearer ${confined.token}`) }),
    403,
    'identity.not-permitted',
    putting,
  ],
  [
    'an unknown controller, to whom it is nothing',
    () =>
      send('PUT', of('/records', nowhere), { json: record({}), ...as(`Bearer ${confined.token}`) }),
    403,
    'identity.not-permitted',
    putting,
  ],
  [
    'an id that is none',
    () => send('PUT', of('/records', marker), { json: record({}) }),
    400,
    shape,
    putting,
  ],
  [
    'an id in capitals',
    () => send('PUT', of('/records', nowhere.toUpperCase()), { json: record({}) }),
    400,
    shape,
    putting,
  ],
  [
    'a statement for an id',
    () => send('GET', of(`/subjects/${encodeURIComponent("' or 1=1 --")}`)),
    400,
    shape,
    reading,
  ],
  [
    'an unknown subject',
    () => send('GET', of(`/subjects/${nowhere}`)),
    404,
    'vault.unknown-subject',
    reading,
  ],
  [
    'a subject of another controller',
    () => send('GET', of(`/subjects/${subjectId}`, birch)),
    404,
    'vault.unknown-subject',
    reading,
  ],
  [
    'a filter that is not known',
    () => send('GET', of(`/subjects/${subjectId}?misspelt=${marker}`)),
    400,
    shape,
    reading,
  ],
  [
    'a limit that is no number',
    () => send('GET', of(`/subjects?limit=${marker}`)),
    400,
    shape,
    'vault.subject.list',
  ],
  ['a limit of none', () => send('GET', of('/subjects?limit=0')), 400, shape, 'vault.subject.list'],
  [
    'a cursor nobody gave',
    () => send('GET', of(`/subjects?after=${marker.slice(0, 9)}`)),
    422,
    'vault.cursor-malformed',
    'vault.subject.list',
  ],
  ['an unknown address', () => send('GET', `/v1/${marker}`), 404, 'gate.not-found', nothing],
  [
    'an address too long for any',
    () => send('GET', of(`/subjects/${long(2000)}`)),
    414,
    'gate.address-too-long',
    nothing,
  ],
  [
    'a known address by another method',
    () => send('DELETE', '/v1/controllers'),
    404,
    'gate.not-found',
    nothing,
  ],
  [
    'a method nobody uses',
    () => send('PROPFIND', '/v1/controllers'),
    404,
    'gate.not-found',
    nothing,
  ],
  [
    'an address that cannot be read',
    () => send('GET', `/v1/controllers/%zz${marker}`),
    400,
    shape,
    nothing,
  ],
]

const reasons: readonly Case[] = [
  [
    'no purpose',
    () => put({}, { headers: { 'holdfast-purpose': undefined } }),
    400,
    'gate.purpose-missing',
    putting,
  ],
  [
    'a blank purpose',
    () => put({}, { headers: { 'holdfast-purpose': '   ' } }),
    400,
    'gate.purpose-missing',
    putting,
  ],
  [
    'no reason',
    () => put({}, { headers: { 'holdfast-reason': undefined } }),
    400,
    'gate.reason-missing',
    putting,
  ],
  [
    'a reason that tells a novel',
    () => put({}, { headers: { 'holdfast-reason': long(501) } }),
    400,
    shape,
    putting,
  ],
  [
    'a purpose the contract does not name',
    () => put({}, { headers: { 'holdfast-purpose': marker } }),
    403,
    'vault.purpose-not-agreed',
    putting,
  ],
  [
    'a category outside the purpose',
    () =>
      put(
        { category: 'health', fields: { diagnosis: marker } },
        { headers: { 'holdfast-purpose': 'billing' } },
      ),
    403,
    'vault.category-outside-purpose',
    putting,
  ],
  [
    'an erasure without a reason',
    () =>
      send('DELETE', of(`/subjects/${subjectId}`), { headers: { 'holdfast-reason': undefined } }),
    403,
    'vault.reason-required',
    'vault.subject.erase',
  ],
]

const cookie = (value: string, more: Readonly<Record<string, string>> = {}): Init => ({
  headers: { authorization: undefined, cookie: value, ...more },
})

const callers: readonly Case[] = [
  ['nobody', () => put({}, as(undefined)), 401, 'identity.not-signed-in', putting],
  [
    'a credential that is none',
    () => put({}, as(`Bearer ${marker}`)),
    401,
    'identity.credential-unknown',
    putting,
  ],
  [
    'a password where a credential belongs',
    () => put({}, as(`Basic ${Buffer.from(`a:${marker}`).toString('base64')}`)),
    401,
    'identity.credential-unknown',
    putting,
  ],
  [
    'a credential with another secret',
    () => put({}, as(`Bearer ${caller.token.slice(0, -6)}aaaaaa`)),
    401,
    'identity.credential-unknown',
    putting,
  ],
  [
    'an expired credential',
    () => put({}, as(`Bearer ${shown.expired}`)),
    401,
    'identity.credential-expired',
    putting,
  ],
  [
    'a revoked credential',
    () => put({}, as(`Bearer ${shown.revoked}`)),
    401,
    'identity.credential-revoked',
    putting,
  ],
  [
    'a locked workload',
    () => put({}, as(`Bearer ${shown.locked}`)),
    403,
    'identity.locked',
    putting,
  ],
  [
    'a right that was not granted',
    () =>
      send('POST', '/v1/controllers', {
        json: contract(marker),
        ...as(`Bearer ${confined.token}`),
      }),
    403,
    'identity.not-permitted',
    'vault.controller.create',
  ],
  [
    'a workload that would change rights',
    () =>
      send('POST', '/v1/workloads', { json: { name: marker }, ...as(`Bearer ${shown.meddler}`) }),
    403,
    'identity.persons-only',
    'identity.workload.create',
  ],
  [
    'a session that is none',
    () => send('GET', '/v1/controllers', cookie(`__Host-holdfast=${marker}`)),
    401,
    'identity.session-expired',
    'vault.controller.list',
  ],
  [
    'half a session',
    () => send('GET', '/v1/controllers', cookie(shown.half)),
    403,
    'identity.second-factor-required',
    'vault.controller.list',
  ],
  [
    'a page of somebody else, in a session',
    () => send('POST', '/v1/controllers', { json: contract(marker), ...cookie(person.cookie) }),
    403,
    'gate.cross-site',
    'vault.controller.create',
  ],
  [
    'another page, in half a session',
    () =>
      send('POST', '/v1/controllers', {
        json: contract(marker),
        ...cookie(shown.half, { 'holdfast-request': 'yes' }),
      }),
    403,
    'gate.cross-site',
    'vault.controller.create',
  ],
  [
    'a wrong password',
    () =>
      send('POST', '/v1/sessions', {
        json: { email: person.email, password: marker },
        ...as(undefined),
      }),
    401,
    'identity.sign-in-refused',
    'identity.session.open',
  ],
  [
    'an e-mail nobody has',
    () =>
      send('POST', '/v1/sessions', {
        json: { email: `${marker}@example.org`, password: marker },
        ...as(undefined),
      }),
    401,
    'identity.sign-in-refused',
    'identity.session.open',
  ],
  [
    'a link nobody sent',
    () =>
      send('POST', '/v1/enrolments/open', {
        json: { token: 'x'.repeat(43), email: `${marker}@example.org` },
        ...as(undefined),
      }),
    404,
    'identity.enrolment-not-open',
    'identity.enrolment.open',
  ],
]

/** Credentials that no longer, or not yet, count for what they are shown for. */
const shown = { expired: '', revoked: '', locked: '', meddler: '', half: '' }

async function spoilCredentials(): Promise<void> {
  const vault = { actions: ['vault.*'] }
  const expired = await callerWith(house, vault)
  await house.owner.run({
    text: `update identity.credential set created_at = now() - interval '2 d',
      expires_at = now() - interval '1 d' where id = $1`,
    values: [expired.credentialId],
  })
  const revoked = await callerWith(house, vault)
  await house.act({ action: 'identity.credential.revoke' }, (act) =>
    revokeCredential(act, revoked.credentialId),
  )
  const locked = await callerWith(house, vault)
  await house.act({ action: 'identity.lock.set' }, (act) =>
    lockActor(act, { kind: 'workload', id: locked.workloadId }, 'a test'),
  )
  const meddler = await callerWith(house, { actions: ['identity.*'] })
  const half = cookieOf(await signIn(house, person.email))
  Object.assign(shown, {
    expired: expired.token,
    revoked: revoked.token,
    locked: locked.token,
    meddler: meddler.token,
    half,
  })
}

/** Every row that somebody could have wanted stored. Uses and ends of credentials are not. */
async function everything(): Promise<string> {
  const tables = [
    'vault.controller',
    'vault.contract',
    'vault.subject',
    'vault.record',
    'vault.field_index',
    'keys.subject_key',
    'keys.erasure',
    'incidents.incident',
    'continuity.backup',
  ]
  const counted = ['identity.person', 'identity.role', 'identity.grant', 'identity.workload']
  const of = (table: string, what: string) =>
    `select '${table}' as name, ${what} as state from ${table} t`
  const rows = await house.owner.rows<{ name: string; state: string }>({
    text: [
      ...tables.map((table) =>
        of(table, `coalesce(md5(string_agg(t::text, ',' order by t::text)), '')`),
      ),
      ...counted.map((table) => of(table, 'count(*)::text')),
    ].join(' union all '),
  })
  return JSON.stringify(rows)
}

const entryIds = async () =>
  (await house.owner.rows<{ id: string }>({ text: 'select id from trail.entry' })).map(
    ({ id }) => id,
  )

/** Entries that were not there before, as `action outcome code`. */
const toldSince = async (known: readonly string[]) =>
  (
    await house.owner.rows<{ told: string }>({
      text: `select concat_ws(' ', action, outcome, code) as told from trail.entry
        where id <> all($1::uuid[]) order by id`,
      values: [known],
    })
  ).map(({ told }) => told)

/** What an answer may never give away. */
function demandDiscreet(answer: Heard): void {
  const all = `${JSON.stringify(answer.headers)}${answer.body}`
  ok(!all.toLowerCase().includes(marker.toLowerCase()), `echoes the value: ${all}`)
  ok(
    !/\bat .*[:(]\d|node_modules|node:internal|\.ts\b|\/src\/|Error\b|select |FST_|ERR_/.test(
      answer.body,
    ),
    answer.body,
  )
}

function demandRefusal(answer: Heard, status: number, code: string): void {
  equal(`${answer.status} ${JSON.parse(answer.body).code}`, `${status} ${code}`, answer.body)
  const { message, ...rest } = JSON.parse(answer.body) as {
    message: string
    code: string
    facts?: object
  }
  match(message, /^\S[^\n]{8,200}\.$/)
  deepEqual(
    Object.keys(rest).filter((key) => key !== 'code' && key !== 'facts'),
    [],
  )
  match(String(answer.headers['content-type']), /^application\/json/)
  equal(answer.headers['x-content-type-options'], 'nosniff')
  equal(answer.headers['cache-control'], 'no-store')
  demandDiscreet(answer)
}

for (const [about, cases] of Object.entries({ files, bodies, places, reasons, callers }))
  describe(`refused, told, and nothing stored: ${about}`, () => {
    for (const [what, ask, status, code, action] of cases)
      test(what, async () => {
        const [rows, known] = [await everything(), await entryIds()]
        const answer = await ask()
        demandRefusal(answer, status, code)
        const told = await toldSince(known)
        ok(
          told.includes(`${action} refused ${code}`),
          `no entry of ${action} among: ${told.join(', ')}`,
        )
        equal(await everything(), rows)
      })
  })

test('a row that does not fit is reported, and the others are stored', async () => {
  const csv = `id,name\nA-2,Ada\nA-3,${marker},too many\n,${marker}\nA-4,\nA-5,Eve`
  const answer = await importing(csv)
  equal(answer.status, 200, answer.body)
  demandDiscreet(answer)
  const { rowsRead, rowsStored, rowsRejected, errors } = JSON.parse(answer.body)
  deepEqual([rowsRead, rowsStored, rowsRejected], [5, 2, 3])
  deepEqual(
    errors.map(({ row, code }: { row: number; code: string }) => `${row} ${code}`),
    ['2 vault.row-columns', '3 vault.subject-key-malformed', '4 vault.record-empty'],
  )
})

test('a fault of ours shows nothing but that it is one, and is told as such', async () => {
  const known = await entryIds()
  await house.owner.run({ text: 'alter table vault.record rename to record_gone' })
  try {
    const answer = await put({ fields: { name: marker } })
    equal(answer.status, 500)
    deepEqual(JSON.parse(answer.body), {
      code: 'fault',
      message: 'This is our fault; it has been logged.',
    })
    demandDiscreet(answer)
  } finally {
    await house.owner.run({ text: 'alter table vault.record_gone rename to record' })
  }
  deepEqual(await toldSince(known), [`${putting} failed fault`])
  equal(house.faults.length, 1)
  house.faults.length = 0
})

/** Bytes that are no HTTP, after a handshake that is one. */
async function raw(bytes: string): Promise<Heard> {
  const socket = connect({ port: house.settings.port, ca: house.ca, servername: 'localhost' })
  await once(socket, 'secureConnect')
  const heard: Buffer[] = []
  socket.on('data', (piece: Buffer) => heard.push(piece))
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  const [head = '', body = ''] = Buffer.concat(heard).toString().split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => line.split(': ') as [string, string])
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body }
}

test('what is no request at all is answered like one, and counted', async () => {
  const malformed: readonly (readonly [string, number, string])[] = [
    [`${marker}\r\n\r\n`, 400, 'gate.malformed-request'],
    [`GET / HTTP/1.1\r\nHost: localhost\r\n${marker}\r\n\r\n`, 400, 'gate.malformed-request'],
    [
      `GET / HTTP/1.1\r\nHost: localhost\r\na: ${long(20_000)}\r\n\r\n`,
      431,
      'gate.header-too-large',
    ],
    [
      `POST /v1/controllers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'gate.malformed-request',
    ],
  ]
  doorTally.take()
  for (const [bytes, status, code] of malformed) demandRefusal(await raw(bytes), status, code)
  deepEqual(
    doorTally.take().map(({ code, count }) => `${code} ${count}`),
    ['gate.malformed-request 3', 'gate.header-too-large 1'],
  )
})

test('nothing that was refused was a fault', () => deepEqual(house.faults, []))
