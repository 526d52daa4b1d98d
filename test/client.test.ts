import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Agent, fetch as undiciFetch } from 'undici'
import { operationsText } from '../client/generate.ts'
import {
  exportRecords,
  type ExportedRecord,
  Holdfast,
  importRecords,
  isRefused,
  putAttachment,
  readAttachment,
  recordSource,
} from '../client/src/index.ts'
import { callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'

const examples = join(import.meta.dirname, '../client/examples')
let house: TestHouse
let url: string
let token: string
let controllerId: string
let client: Holdfast
/** Requests whose answers are lost on the way back, by method and the end of their path. */
const lost: string[] = []
/** How often each request was sent. */
const sent: string[] = []
const why = { purpose: 'care', reason: 'Zoës ticket 4711' }
const contract = {
  name: 'Alder Clinic',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' as const },
        { name: 'email', kind: 'email' as const, searchable: true },
      ],
      retainDays: 30,
    },
  ],
  purposes: [{ name: 'care', categories: ['contact'] }],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
}

before(async () => {
  house = await openHouse()
  const { port } = await house.listen(0)
  url = `https://localhost:${port}`
  token = (await callerWith(house, { actions: ['vault.*'] })).token
  client = new Holdfast({ url, token, fetch: trusting(), pauses: [1, 1, 1] })
  const made = await client.call('POST /v1/controllers', { body: contract })
  controllerId = made.value.controllerId
})
after(() => house.close())

/** A fetch that trusts the house's CA, and loses what it is told to lose. */
function trusting(): typeof fetch {
  const dispatcher = new Agent({ connect: { ca: house.ca } })
  return (async (address: string, init: RequestInit) => {
    const name = `${init.method} ${new URL(address).pathname.split('/').at(-1)}`
    sent.push(name)
    const answer = await undiciFetch(address, { ...init, dispatcher } as never)
    const at = lost.indexOf(name)
    if (at < 0) return answer
    lost.splice(at, 1)
    await answer.text()
    throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })
  }) as never
}

test('the client’s operations are those of the OpenAPI document', () => {
  const written = readFileSync(join(import.meta.dirname, '../client/src/operations.ts'), 'utf8')
  ok(written === operationsText(), 'they drifted apart: run `node client/generate.ts`')
  ok((written.match(/why: true/g) ?? []).length > 5, 'some demand a purpose')
})

test('without a purpose and a reason it does not compile, and the house refuses', async () => {
  const path = { controllerId }
  const record = { subjectKey: 'A', category: 'contact', fields: { name: 'Ada' } }
  // @ts-expect-error: a purpose and a reason are wanted
  const refused = client.call('PUT /v1/controllers/{controllerId}/records', { path, body: record })
  await rejects(refused, { code: 'gate.purpose-missing', status: 400 })
  // @ts-expect-error: there is no such operation
  void (() => client.call('GET /v1/nothing', {}))
})

test('an answer brings its entry and a receipt that the house knows', async () => {
  const path = { controllerId }
  const put = await client.call('PUT /v1/controllers/{controllerId}/records', {
    path,
    body: { subjectKey: 'A-1', category: 'contact', fields: { name: 'Ada' } },
    why,
  })
  const read = await client.call('GET /v1/controllers/{controllerId}/subjects/{subjectId}', {
    path: { ...path, subjectId: put.value.subjectId },
    why,
  })
  deepEqual(read.value.records[0]?.fields, { name: 'Ada' })
  const known = await house.owner.first<{ action: string }>({
    text: 'select action from trail.entry where id = $1',
    values: [read.entryId],
  })
  equal(known?.action, 'vault.record.read')
  ok((read.receipt ?? '').length > 100)
})

test('a refusal has the house’s code, sentence and facts', async () => {
  const path = { controllerId }
  const error = await client
    .call('PUT /v1/controllers/{controllerId}/records', {
      path,
      body: { subjectKey: 'A-2', category: 'contact', fields: { email: 'none' } },
      why,
    })
    .catch((caught: unknown) => caught)
  ok(isRefused(error, 'vault.value-malformed'))
  deepEqual([error.status, error.facts['field']], [422, 'email'])
  ok(!isRefused(error, 'vault.unknown-field'))
})

test('an answer that is lost is asked for again where twice is once, and nowhere else', async () => {
  const path = { controllerId }
  const body = { subjectKey: 'L-1', category: 'contact', fields: { name: 'Lost' } }
  sent.length = 0
  lost.push('PUT records', 'PUT records')
  const put = await client.call('PUT /v1/controllers/{controllerId}/records', { path, body, why })
  equal(put.value.version, 3)
  equal(sent.filter((name) => name === 'PUT records').length, 3)
  lost.push('POST batch')
  await rejects(
    client.call('POST /v1/controllers/{controllerId}/records/batch', {
      path,
      body: { records: [body] },
      why,
    }),
    TypeError,
  )
  equal(sent.filter((name) => name === 'POST batch').length, 1)
})

test('an import whose connection breaks goes on, and an export gives every record once', async () => {
  const total = 2500
  const made = await client.call('POST /v1/controllers', { body: { ...contract, name: 'Birch' } })
  const own = made.value.controllerId
  let runs = 0
  const source = recordSource(async function* () {
    runs += 1
    const breaks = runs === 1
    for (let n = 0; n < total; n += 1) {
      // Past the first batches the source of the first run fails, as a connection does.
      if (breaks && n === 2200) {
        await until(async () => (await standing(own)) >= 2000)
        throw new TypeError('fetch failed')
      }
      yield { id: `R-${n}`, name: `Zoë ${n}`, mail: `r${n}@example.org` }
    }
  })
  const { value: report } = await importRecords(client, {
    controllerId: own,
    source,
    format: 'ndjson',
    mapping: { subjectKey: 'id', category: 'contact', fields: { name: 'name', email: 'mail' } },
    why,
    pauses: [50, 50, 50, 50],
  })
  ok(runs > 1, 'it broke')
  deepEqual(
    [report.state, report.rowsRead, report.rowsStored, report.rowsReplaced],
    ['finished', total, total, 0],
  )
  const seen: ExportedRecord[] = []
  for await (const record of exportRecords(client, { controllerId: own, why })) seen.push(record)
  equal(seen.length, total)
  equal(new Set(seen.map(({ subjectId }) => subjectId)).size, total)
})

test('a file goes up and comes down as a stream', async () => {
  const path = { controllerId }
  const { value: subject } = await client.call('PUT /v1/controllers/{controllerId}/records', {
    path,
    body: { subjectKey: 'F-1', category: 'contact', fields: { name: 'Faye' } },
    why,
  })
  const kept = await putAttachment(client, {
    controllerId,
    subjectId: subject.subjectId,
    category: 'contact',
    name: 'Zoës letter.txt',
    mediaType: 'text/plain',
    content: new Blob(['Dear Ada, ', 'yours Zoë']),
    why,
  })
  equal(kept.value.sizeBytes, 20)
  const { attachmentId } = kept.value
  const read = await readAttachment(client, { controllerId, attachmentId }, why)
  equal(await new Response(read.value).text(), 'Dear Ada, yours Zoë')
  ok(read.entryId !== undefined)
})

async function standing(id: string): Promise<number> {
  const { value } = await client.call('GET /v1/controllers/{controllerId}/imports', {
    path: { controllerId: id },
  })
  return value.items[0]?.rowsRead ?? 0
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((go) => setTimeout(go, 20))
}

const expected: readonly (readonly [string, RegExp])[] = [
  [
    'put-and-read',
    /^Ada Lovelace\ntold in the trail as entry [\da-f-]{36}\nreceipt: signed\nrefused: [^\n]+\.\n$/,
  ],
  [
    'import-and-export',
    /^2 of 3 rows stored\nrow 3: The value of email is not a valid email\.\nseveral records exported\n$/,
  ],
  ['forget', /^contact \{"name":"Alan Turing"\}\n1 key destroyed\nvault\.subject-erased\n$/],
]

for (const [name, output] of expected)
  test(`the example ${name} runs as it stands`, async () => {
    const ca = join(house.settings.dataDir, 'client-ca.crt')
    writeFileSync(ca, house.ca)
    const env = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: ca,
      HOLDFAST_URL: url,
      HOLDFAST_TOKEN: token,
      CONTROLLER_ID: controllerId,
    }
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, [join(examples, `${name}.ts`)], { env }, (error, out, err) =>
        resolve(error === null ? out : `${out}${err}`),
      )
    })
    match(said, output)
  })
