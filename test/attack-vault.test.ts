import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { after, before, describe, test } from 'node:test'
import { revokeGrant } from '#identity'
import { createController, putRecords } from '#vault'
import { csvLine } from '#ground'
import { ask, type Ask, asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { inController, takeIn } from './vault-people.ts'

let house: TestHouse
let controllerId: string

before(async () => {
  house = await openHouse({ listen: true })
  const created = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name: 'Alder Clinic',
      categories: [
        {
          name: 'contact',
          fields: [{ name: 'name', kind: 'text', searchable: true }],
          retainDays: 30,
        },
        { name: 'health', fields: [{ name: 'diagnosis', kind: 'text' }], retainDays: 30 },
      ],
      purposes: [{ name: 'care', categories: ['contact', 'health'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
    }),
  )
  controllerId = created.controllerId
})
after(() => house.close())

const send = (token: string, method: string, rest: string, init: Ask = {}) =>
  ask({ port: house.settings.port, ca: house.ca }, `/v1/controllers/${controllerId}${rest}`, {
    method,
    ...init,
    headers: { ...asCaller(token), ...init.headers },
  })

const put = (rows: Parameters<typeof putRecords>[1]) =>
  house.act(
    {
      action: 'vault.record.put',
      scope: { controllerId },
      purpose: 'care',
      reason: 'a test',
    },
    (act) => putRecords(act, rows),
  )
const contact = (subjectKey: string) => ({
  subjectKey,
  category: 'contact',
  fields: { name: 'Ada' },
})
const records = () =>
  house.owner.rows<{ category: number }>({
    text: 'select category from vault.record where controller_id = $1 order by category',
    values: [controllerId],
  })

test('whoever is granted one category erases no subject that has another', async () => {
  const [both] = await put([
    contact('A-1'),
    { subjectKey: 'A-1', category: 'health', fields: { diagnosis: 'x' } },
  ])
  const [one] = await put([contact('A-2')])
  const { token } = await callerWith(house, {
    actions: ['vault.subject.*'],
    categories: ['contact'],
  })
  const refused = await send(token, 'DELETE', `/subjects/${both!.subjectId}`)
  equal(`${refused.status} ${JSON.parse(refused.body).code}`, '403 identity.not-permitted')
  equal((await records()).length, 3)
  equal((await send(token, 'DELETE', `/subjects/${one!.subjectId}`)).status, 200)
  deepEqual(
    (await records()).map(({ category }) => category),
    [0, 1],
  )
})

test('whoever is granted one category hears of no other, and lets none of it end', async () => {
  const terms = await takeIn(house)
  const here = inController(house, terms)
  const [stored] = await here.put([
    { subjectKey: 'B-1', category: 'contact', fields: { name: 'Ada' } },
    { subjectKey: 'B-1', category: 'visit', fields: { ward: 'north' } },
  ])
  await house.owner.run({
    text: `insert into vault.remains (controller_id, category, version, kept, count, first_at, last_at)
      select controller_id, 2, version, '{"ward": "north"}', 7, now(), now()
      from vault.contract where controller_id = $1`,
    values: [terms.controllerId],
  })
  const told = async (categories?: string[]) => {
    const { token } = await callerWith(house, {
      actions: ['vault.*'],
      ...(categories === undefined ? {} : { categories }),
    })
    const asked = async (method: string, rest: string, json?: unknown) => {
      const { status, body } = await ask(
        { port: house.settings.port, ca: house.ca },
        `/v1/controllers/${terms.controllerId}${rest}`,
        {
          method,
          headers: { ...asCaller(token), 'content-type': 'application/json' },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        },
      )
      const { items, due, soon, code } = JSON.parse(body)
      const named = (items ?? [...(due ?? []), ...(soon ?? [])]) as { category: string }[]
      return code ?? (status === 200 ? named.map(({ category }) => category) : status)
    }
    return {
      list: await asked('GET', '/records'),
      visits: await asked('GET', '/records?category=visit'),
      remains: await asked('GET', '/remains'),
      retention: await asked('GET', '/retention?withinDays=30'),
      event: await asked('PUT', `/subjects/${stored!.subjectId}/events`, {
        event: 'contract-end',
        on: '2020-01-31',
      }),
    }
  }
  const refused = 'identity.not-permitted'
  deepEqual(await told(['contact']), {
    list: ['contact'],
    visits: refused,
    remains: [],
    retention: [],
    event: refused,
  })
  deepEqual(await told(), {
    list: ['contact', 'visit'],
    visits: ['visit'],
    remains: ['visit'],
    retention: ['visit'],
    event: [],
  })
})

test('rows at their longest do not gather in memory until a thousand are there', async () => {
  const { token } = await callerWith(house, { actions: ['vault.record.import'] })
  const mapping = JSON.stringify({
    subjectKey: 'id',
    category: 'contact',
    fields: { name: 'name' },
  })
  const rows = 60
  const pad = 'x'.repeat(1_000_000)
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < rows; i += 1)
      yield Buffer.from(`${JSON.stringify({ id: `L-${i}`, name: 'Ada', pad })}\n`)
  }
  const answer = await send(token, 'POST', `/imports?mapping=${encodeURIComponent(mapping)}`, {
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines(),
  })
  equal(answer.status, 200, answer.body)
  equal(JSON.parse(answer.body).rowsStored, rows)
  // Each batch leaves an entry with the numbers it stored: a batch holds a few megabytes at most.
  const batches = await house.owner.rows<{ records: number }>({
    text: `select records from trail.entry where action = 'vault.record.import' and records > 0`,
  })
  ok(Math.max(...batches.map((batch) => batch.records)) <= 10, JSON.stringify(batches))
})

describe('an export that is under way', () => {
  before(async () => {
    const name = 'x'.repeat(900)
    for (let batch = 0; batch < 14; batch += 1)
      await put(
        Array.from({ length: 500 }, (_none, i) => ({
          subjectKey: `E-${batch * 500 + i}`,
          category: 'contact',
          fields: { name },
        })),
      )
  })

  /** Its reader takes the head of the answer, and no more until all of this has come to pass. */
  async function cutBy(comeToPass: (caller: Caller) => Promise<unknown>) {
    const caller = await callerWith(house, {
      actions: ['vault.record.export', 'vault.record.reveal'],
      controllers: [controllerId],
    })
    const { port } = house.settings
    const path = `/v1/controllers/${controllerId}/export`
    const headers = asCaller(caller.token)
    const asked = get({ host: 'localhost', port, ca: house.ca, path, headers })
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    equal(answer.statusCode, 200)
    await comeToPass(caller)
    const closed = new Promise((resolve) => answer.once('close', resolve))
    answer.on('error', () => {}).resume()
    await closed
    equal(answer.complete, false, 'broken off')
    const told = await house.owner.rows<{ code: string }>({
      text: `select code from trail.entry where action = 'vault.record.export'
        and outcome = 'refused' and actor_id = $1 order by id`,
      values: [caller.workloadId],
    })
    return told.map(({ code }) => code)
  }

  const withdraw = ({ workloadId }: Caller) =>
    house.act({ action: 'identity.grant.revoke' }, async (act) => {
      const grant = await act.sql.first<{ id: string }>({
        text: 'select id from identity.grant where actor_id = $1',
        values: [workloadId],
      })
      await revokeGrant(act, grant!.id, 'a test')
    })

  test('ends when its reader loses the right to it', async () => {
    deepEqual(await cutBy(withdraw), ['identity.not-permitted'])
  })

  test('also where what its reader showed has ended before', async () => {
    const codes = await cutBy(async (caller) => {
      house.pass(2 * 86_400_000)
      await withdraw(caller)
    })
    deepEqual(codes, ['identity.not-permitted'])
  })
})

test('a restricted subject is not found by what is kept of it, and still by its key', async () => {
  const [stored] = await put([
    { subjectKey: 'R-1', category: 'contact', fields: { name: 'Rosalind Reed' } },
  ])
  const { token } = await callerWith(house, { actions: ['vault.*'] })
  const find = async (sought: object) => {
    const answer = await send(token, 'POST', '/subjects/find', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sought),
    })
    return (JSON.parse(answer.body).items as { subjectId: string }[]).map((one) => one.subjectId)
  }
  const byName = { category: 'contact', field: 'name', value: 'Rosalind Reed' }
  deepEqual(await find(byName), [stored!.subjectId])
  const flagged = await send(token, 'PATCH', `/subjects/${stored!.subjectId}`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ restricted: true }),
  })
  equal(flagged.status, 200, flagged.body)
  deepEqual(await find(byName), [])
  deepEqual(await find({ subjectKey: 'R-1' }), [stored!.subjectId])
})

test('no cell of an export runs as a formula, and a telephone number stays what it is', () => {
  const cells = [
    '=HYPERLINK("http://x")',
    '@SUM(A1)',
    '-2+3+cmd|x',
    '+1;A1',
    '\t=1',
    '+49 (170) 12-3',
    '-4.5',
    'a=b',
  ]
  equal(
    csvLine(cells),
    `"'=HYPERLINK(""http://x"")",'@SUM(A1),'-2+3+cmd|x,'+1;A1,"'\t=1",+49 (170) 12-3,-4.5,a=b\r\n`,
  )
})
