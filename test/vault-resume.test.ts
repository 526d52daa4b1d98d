import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { amendController, countsOf } from '#vault'
import { importBatch, openImport } from '../src/vault/transfer/import-acts.ts'
import { ask, asCaller, callerWith, type Heard } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
let port: number
let controllerId: string
let headers: Readonly<Record<string, string>>

const contract = {
  name: 'Alder Clinic',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: true },
      ],
      retainDays: 30,
    },
  ],
  purposes: [{ name: 'care', categories: ['contact'] }],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
}
const mapping = { subjectKey: 'id', category: 'contact', fields: { name: 'name', email: 'mail' } }

before(async () => {
  house = await openHouse()
  port = (await house.listen(0)).port
  headers = asCaller((await callerWith(house, { actions: ['vault.*'] })).token)
  controllerId = await newController()
})
after(() => house.close())

async function newController(): Promise<string> {
  const answer = await send('POST', '/v1/controllers', contract)
  return (JSON.parse(answer.body) as { controllerId: string }).controllerId
}

const send = (method: string, path: string, json?: unknown): Promise<Heard> =>
  ask({ port, ca: house.ca }, path, {
    method,
    headers: json === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })

const pathOf = (importId: string) => `/v1/controllers/${controllerId}/imports/${importId}`
const withMapping = (more: object = {}) =>
  new URLSearchParams({ mapping: JSON.stringify({ ...mapping, ...more }) }).toString()

async function put(importId: string, query: string, body: string | Buffer, type = 'text/csv') {
  const answer = await ask({ port, ca: house.ca }, `${pathOf(importId)}?${query}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': type },
    body,
  })
  return { status: answer.status, json: JSON.parse(answer.body) }
}

const seen = async (importId: string) => JSON.parse((await send('GET', pathOf(importId))).body)

/** 2,600 rows; number 2,500 does not fit. */
const line = (row: number) =>
  row === 2500 ? `R-${row},,no address\n` : `R-${row},"Zoë, ${row}",r${row}@example.org\n`
const file = Buffer.from(
  `id,name,mail\n${Array.from({ length: 2600 }, (_, i) => line(i + 1)).join('')}`,
)

/** Sends part of a file and holds the line, until `cut`. */
function beginSending(importId: string, part: Buffer) {
  const sending = httpsRequest({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: house.ca,
    method: 'PUT',
    path: `${pathOf(importId)}?${withMapping()}`,
    headers: { ...headers, 'content-type': 'text/csv' },
  })
  const ended = new Promise<string>((resolve) => {
    sending.on('error', () => resolve('cut'))
    sending.on('response', (answer) => {
      let body = ''
      answer.on('data', (piece: Buffer) => (body += piece.toString()))
      answer.on('end', () => resolve(body))
      answer.on('error', () => resolve('cut'))
    })
  })
  sending.write(part)
  return { cut: () => sending.destroy(), finish: (rest: Buffer) => sending.end(rest), ended }
}

const until = async (importId: string, holds: (found: any) => boolean) => {
  for (;;) {
    const found = await seen(importId)
    if (holds(found)) return found
    await pause(20)
  }
}

test('an import that was cut off goes on where it stood, and every row is stored once', async () => {
  const importId = randomUUID()
  const { cut } = beginSending(importId, file.subarray(0, 60_000))
  await until(importId, ({ rowsRead }) => rowsRead >= 1500)
  cut()
  const broken = await until(importId, ({ state }) => state === 'interrupted')
  equal(broken.rowsRead, 1500)
  const before = file.subarray(0, broken.bytesRead).toString().split('\n')
  equal(before.length - 2, 1500, 'it stands at the end of a row')

  const wrong = await put(importId, 'offset=7', file.subarray(7))
  deepEqual([wrong.status, wrong.json.code], [409, 'vault.import-offset'])
  deepEqual(wrong.json.facts, { offset: broken.bytesRead, rowsRead: 1500 })
  const rest = file.subarray(broken.bytesRead)
  const other = await put(
    importId,
    `offset=${broken.bytesRead}&${withMapping({ fields: { name: 'name' } })}`,
    rest,
  )
  deepEqual([other.status, other.json.code], [409, 'vault.import-differs'])
  const asJson = await put(importId, `offset=${broken.bytesRead}`, rest, 'application/x-ndjson')
  equal(asJson.json.code, 'vault.import-differs')

  const done = await put(importId, `offset=${broken.bytesRead}`, rest)
  equal(done.status, 200, JSON.stringify(done.json))
  const { state, rowsRead, rowsStored, rowsReplaced, errors, bytesRead } = done.json
  deepEqual(
    { state, rowsRead, rowsStored, rowsReplaced, bytesRead },
    {
      state: 'finished',
      rowsRead: 2600,
      rowsStored: 2599,
      rowsReplaced: 0,
      bytesRead: file.length,
    },
  )
  deepEqual(
    errors.map(({ row, code }: { row: number; code: string }) => [row, code]),
    [[2500, 'vault.value-malformed']],
  )
  deepEqual(await countsOf(house.owner, controllerId), { subjects: 2599, records: 2599 })

  const again = await put(importId, withMapping(), file)
  deepEqual(again, done, 'a finished import is told of, and stores nothing')
  deepEqual(await countsOf(house.owner, controllerId), { subjects: 2599, records: 2599 })
})

test('a stream that was given up on adds nothing once another goes on with its import', async () => {
  const importId = randomUUID()
  const before = await countsOf(house.owner, controllerId)
  const renamed = Buffer.from(file.toString().replaceAll('R-', 'S-'))
  const slow = beginSending(importId, renamed.subarray(0, 60_000))
  const { bytesRead } = await until(importId, ({ rowsRead }) => rowsRead === 1500)
  const done = await put(importId, `offset=${bytesRead}`, renamed.subarray(bytesRead))
  equal(done.json.state, 'finished')
  slow.finish(renamed.subarray(60_000))
  const told = JSON.parse(await slow.ended)
  equal(told.code, 'vault.import-taken-over')
  deepEqual(await seen(importId), done.json)
  const { records } = await countsOf(house.owner, controllerId)
  equal(records, before.records + 2599)
})

test('an import begins at the beginning, and only with a mapping', async () => {
  const late = await put(randomUUID(), `offset=10&${withMapping()}`, file.subarray(10))
  deepEqual(
    [late.status, late.json.code, late.json.facts],
    [409, 'vault.import-offset', { offset: 0, rowsRead: 0 }],
  )
  const bare = await put(randomUUID(), '', file)
  deepEqual([bare.status, bare.json.code], [422, 'vault.mapping-malformed'])
})

test('an archive comes back whole into another controller, and is JSON', async () => {
  const first = await send('GET', `/v1/controllers/${controllerId}/export?format=archive`)
  const type = 'application/vnd.holdfast.archive+json'
  equal(first.headers['content-type'], type)
  const archive = JSON.parse(first.body)
  equal(archive.recordsTotal, archive.records.length)
  deepEqual(
    archive.contract.categories.map(({ name }: { name: string }) => name),
    ['contact'],
  )
  const target = await newController()
  const answer = await ask({ port, ca: house.ca }, `/v1/controllers/${target}/imports`, {
    method: 'POST',
    headers: { ...headers, 'content-type': type },
    body: first.body,
  })
  const { rowsStored, rowsRejected } = JSON.parse(answer.body)
  deepEqual([rowsStored, rowsRejected], [archive.recordsTotal, 0], answer.body)
  const second = await send('GET', `/v1/controllers/${target}/export?format=archive`)
  const plain = (text: string) =>
    JSON.parse(text)
      .records.map(({ subjectKey, category, fields }: any) =>
        JSON.stringify([subjectKey, category, fields]),
      )
      .sort()
  deepEqual(plain(second.body), plain(first.body))
})

/** Ordinals of a controller's subjects and of its records, in order, and the next of each. */
async function ordinalsOf(id: string) {
  const numbers = async (table: string) =>
    (
      await house.owner.rows<{ ordinal: number }>({
        text: `select ordinal from ${table} where controller_id = $1 order by ordinal`,
        values: [id],
      })
    ).map(({ ordinal }) => ordinal)
  const next = await house.owner.first({
    text: `select next_subject as subject, next_record as record
      from vault.controller where controller_id = $1`,
    values: [id],
  })
  return { subjects: await numbers('vault.subject'), records: await numbers('vault.record'), next }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

test('whom the batch before brought is no newcomer, and no number is left out', async () => {
  const target = await newController()
  // While the first five hundred are stored nobody has heard of them, so the next are sealed for nothing.
  const numbers = [...upTo(500), ...upTo(500), ...upTo(750), 751]
  const rows = numbers.map((n) => `R-${n},"Zoë",r${n}@example.org`)
  const query = withMapping()
  const answer = await ask({ port, ca: house.ca }, `/v1/controllers/${target}/imports?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: ['id,name,mail', ...rows].join('\n'),
  })
  const { rowsStored, rowsReplaced } = JSON.parse(answer.body)
  deepEqual([rowsStored, rowsReplaced], [1751, 1000], answer.body)
  deepEqual(await ordinalsOf(target), {
    subjects: upTo(751),
    records: upTo(751),
    next: { subject: 752, record: 752 },
  })
})

test('a batch whose contract was amended while it was sealed follows the new one', async () => {
  const target = await newController()
  const scope = { controllerId: target }
  const doing = { action: 'vault.record.import', scope, purpose: 'care', reason: 'moving house' }
  const { id } = await house.act(doing, (act) =>
    openImport(act, { format: 'csv', mapping, offset: 0, length: null }),
  )
  const [contact] = contract.categories
  const rows = upTo(20).map((row) => ({
    row,
    end: row,
    put: { subjectKey: `R-${row}`, category: 'contact', fields: { email: `r${row}@example.org` } },
  }))
  const amended = () =>
    house.act({ action: 'vault.controller.amend', scope }, async (act) => {
      const fields = [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: false },
      ] as const
      await amendController(act, { categories: [{ ...contact!, fields, retainDays: 7 }] })
    })
  // It waits for the batch before, once it has sealed its rows; in that moment the contract is amended.
  let amend = () => {}
  const located = new Promise<void>((resolve) => (amend = resolve)).then(amended)
  const batch = house.act(doing, (act) => {
    setTimeout(amend, 300)
    return importBatch(act, id, { rows }, { located, stored: located })
  })
  equal((await batch).rowsStored, 20)
  const [record] = await house.owner.rows<{ days: number }>({
    text: `select distinct extract(day from erase_after - stored_at)::int as days
      from vault.record where controller_id = $1`,
    values: [target],
  })
  equal(record?.days, 7)
  deepEqual(
    await house.owner.rows({
      text: 'select from vault.field_index where controller_id = $1',
      values: [target],
    }),
    [],
  )
  const { next, subjects } = await ordinalsOf(target)
  deepEqual([subjects, next], [upTo(20), { subject: 21, record: 21 }])
})

test('an export goes on after the last subject that came whole', async () => {
  const whole = await send('GET', `/v1/controllers/${controllerId}/export?format=ndjson`)
  const lines = whole.body.trimEnd().split('\n')
  const { subjectId } = JSON.parse(lines[699]!) as { subjectId: string }
  const path = `/v1/controllers/${controllerId}/export`
  const rest = await send('GET', `${path}?format=ndjson&after=${subjectId}`)
  deepEqual(rest.body.trimEnd().split('\n'), lines.slice(700))
  const table = await send('GET', `${path}?format=csv&after=${subjectId}`)
  ok(!table.body.startsWith('_subjectId'))
  equal(table.body.trimEnd().split('\r\n').length, lines.length - 700)
  const refused = await send('GET', `${path}?format=archive&after=${subjectId}`)
  equal((JSON.parse(refused.body) as { code: string }).code, 'vault.export-not-resumable')
  const unknown = await send('GET', `${path}?after=${randomUUID()}`)
  equal((JSON.parse(unknown.body) as { code: string }).code, 'vault.unknown-subject')
})
