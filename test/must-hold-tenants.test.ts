import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Route } from '#kernel'
import type { Controller } from '#vault'
import { routes } from '../src/rooms.ts'
import { ask, asCaller, type Caller, callerWith, type Heard } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { seededController, subjectIdsOf, until } from './incidents-people.ts'
import { unkeepable, wildValues } from './wild-values.ts'

// Two controllers in one house. Alder's caller may do everything that can be granted, for Alder;
// nothing of Birch may ever reach it, by whichever door or statement.

let house: TestHouse
let alder: Controller
let birch: Controller
/** May do everything, in Alder alone. */
let caller: Caller
/** May do everything, everywhere. */
let everywhere: Caller
let subjectId: string
let importId: string
let requestId: string
let attachmentId: string
let token: string
const marker = 'Birch'

before(async () => {
  house = await openHouse({ listen: true, work: true })
  alder = await seededController(house, 'Alder', { people: 5 })
  birch = await seededController(house, marker, { people: 5 })
  await newCallers()
  subjectId = (await subjectIdsOf(house, birch))[0]!
  await fillBirch()
  await untilSigned()
})
after(() => house.close())

const actions = [...new Set(routes.map(({ action }) => `${action.split('.')[0]}.*`))]

/** Whoever exports a controller meets its canaries and is locked out: the next test has callers of its own. */
async function newCallers(): Promise<void> {
  caller = await callerWith(house, { actions, controllers: [alder.controllerId] })
  everywhere = await callerWith(house, { actions })
}

interface Init {
  readonly json?: unknown
  readonly csv?: string
  readonly bytes?: string
  readonly as?: Caller
}

const send = (method: string, path: string, { json, csv, bytes, as = caller }: Init = {}) =>
  ask({ port: house.settings.port, ca: house.ca }, path, {
    method,
    headers: {
      ...asCaller(as.token),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(csv === undefined ? {} : { 'content-type': 'text/csv' }),
      ...(bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(csv === undefined ? {} : { body: csv }),
    ...(bytes === undefined ? {} : { body: bytes }),
  })

const walk = (log: string, as: Caller) => send('GET', `/log/${log}/checkpoint`, { as })

/** A log is signed at most every ten seconds; until then there is nothing to walk by, or to pack. */
async function untilSigned(): Promise<void> {
  for (const { controllerId } of [alder, birch])
    await until(house, `${controllerId} to be signed`, async () => {
      const { status, body } = await walk(controllerId, everywhere)
      if (status === 404) return undefined
      equal(status, 200, body)
      return true
    })
}

const of = ({ controllerId }: Controller, rest = '') => `/v1/controllers/${controllerId}${rest}`
const mapping = { subjectKey: 'id', category: 'contact', fields: { email: 'mail' } }
const imports = `/imports?mapping=${encodeURIComponent(JSON.stringify(mapping))}`

const done = async (method: string, path: string, init: Init) => {
  const answer = await send(method, path, { as: everywhere, ...init })
  equal(answer.status, 200, `${method} ${path}: ${answer.body}`)
  return JSON.parse(answer.body)
}

/** Birch gets a row in each table that can hold one of it: also an import with an error, an erasure, an incident. */
async function fillBirch(): Promise<void> {
  const csv = `id,mail\n${marker}-in,in@example.org\n${marker}-out,not a mail`
  importId = (await done('POST', of(birch, imports), { csv })).importId
  const { subjectId: gone } = await done('PUT', of(birch, '/records'), {
    json: { subjectKey: `${marker} gone`, category: 'contact', fields: { email: 'g@example.org' } },
  })
  await done('DELETE', of(birch, `/subjects/${gone}`), {})
  await done('PUT', of(birch, `/subjects/${subjectId}/consents`), {
    json: { purpose: 'care', kind: 'objection', stands: true, evidence: marker },
  })
  await done('PUT', of(birch, `/subjects/${subjectId}/consents`), {
    json: { purpose: 'care', kind: 'objection', stands: false, evidence: marker },
  })
  const asked = { kind: 'access', asked: marker, subjectId }
  ;({ requestId } = await done('POST', of(birch, '/subject-requests'), { json: asked }))
  const instruction = { comply: true, instruction: marker }
  await done('POST', of(birch, `/subject-requests/${requestId}/instruct`), { json: instruction })
  await done('POST', of(birch, '/export-requests'), { json: {} })
  const place = { subjectId, category: 'contact', field: 'email' }
  const { items } = await done('POST', of(birch, '/tokens'), { json: { fields: [place] } })
  token = items[0].token
  const policy = { category: 'contact', field: 'email', form: 'random' }
  await done('PUT', of(birch, '/token-policy'), { json: policy })
  const file = { category: 'contact', name: marker, mediaType: 'text/plain' }
  const announced = of(birch, `/subjects/${subjectId}/attachments`)
  ;({ attachmentId } = await done('POST', announced, { json: file }))
  await done('PUT', of(birch, `/attachments/${attachmentId}/content`), { bytes: marker })
  const canary = (await subjectIdsOf(house, birch))[9]!
  const thief = await callerWith(house, { actions: ['vault.*'], controllers: [birch.controllerId] })
  await done('GET', of(birch, `/subjects/${canary}`), { as: thief })
  await until(house, 'the notice to Birch', async () =>
    (await filled('incidents.notice')) ? true : undefined,
  )
}

const filled = async (table: string) =>
  (await house.owner.first<{ n: number }>({
    text: `select count(*) as n from ${table} where controller_id = $1`,
    values: [birch.controllerId],
  }))!.n > 0

/** What an answer could give away of Birch. */
function demandNothing(what: string, { status, body }: Heard): void {
  ok(status >= 400 && status < 500, `${what}: ${status} ${body}`)
  ok(!body.includes(marker), `${what}: ${body}`)
}

function pathOf({ url, query }: Route, controllerId: string): string {
  const known: Record<string, string> = {
    controllerId,
    subjectId,
    importId,
    requestId,
    attachmentId,
    ring: controllerId,
  }
  const path = url.replace(/:(\w+)/g, (_, name: string) => known[name] ?? subjectId)
  return query !== undefined && 'mapping' in (query as { properties: object }).properties
    ? `${path}?${imports.split('?')[1]}`
    : path
}

const initOf = (route: Route, take: number): Init =>
  'streams' in route && route.streams !== undefined
    ? { csv: 'id,mail\nx,x@example.org' }
    : route.body === undefined
      ? {}
      : { json: wildValues(route.body, take) }

describe('by HTTP', () => {
  beforeEach(newCallers)
  const own = routes.filter(({ url }) => url.includes(':controllerId'))
  const ofHouse = routes.filter((route) => route.scope === undefined && route.assurance !== 0)

  test('no door of a controller opens to who was granted another', async () => {
    ok(own.length >= 18, 'the walk found the doors')
    for (const route of own) {
      const codes = new Set<string>()
      for (const take of [0, 1, 2, unkeepable]) {
        const path = pathOf(route, birch.controllerId)
        const answer = await send(route.method, path, initOf(route, take))
        demandNothing(`${route.method} ${route.url}`, answer)
        codes.add((JSON.parse(answer.body) as { code: string }).code)
      }
      // A shape that does not fit is refused before anybody asks whose it is.
      codes.delete('gate.invalid-request')
      deepEqual([...codes], ['identity.not-permitted'], `${route.method} ${route.url}`)
    }
  })

  test('and the same doors do open to who was granted it', async () => {
    const opened = await Promise.all(
      own
        .filter(({ method }) => method === 'GET')
        .map((route) => send(route.method, pathOf(route, birch.controllerId), { as: everywhere })),
    )
    ok(opened.length >= 8)
    // Nobody was erased and Birch stands, so nothing is certified or returned; the doors open all the same.
    const answers = opened.map(({ status, body }) =>
      status === 200 ? 200 : (JSON.parse(body) as { code: string }).code,
    )
    deepEqual(
      answers.filter((answer) => answer !== 200),
      ['keys.ring-lives', 'keys.never-erased', 'vault.controller-not-closed'],
    )
    ok(opened.some(({ body }) => body.includes(marker)))
  })

  test('no door of the house opens to who was granted a controller', async () => {
    ok(ofHouse.length >= 60, 'the walk found the doors')
    for (const route of ofHouse) {
      if (route.action.startsWith('identity.self.')) continue
      const answer = await send(route.method, pathOf(route, birch.controllerId), initOf(route, 0))
      demandNothing(`${route.method} ${route.url}`, answer)
    }
  })

  test("ids of one controller mean nothing at another's address", async () => {
    const tried: readonly (readonly [string, string, Init?])[] = [
      ['GET', `/subjects/${subjectId}`],
      ['PATCH', `/subjects/${subjectId}`, { json: { held: true } }],
      ['DELETE', `/subjects/${subjectId}`],
      ['GET', `/imports/${importId}`],
      ['GET', `/subject-requests/${requestId}`],
      ['POST', `/subject-requests/${requestId}/answer`],
      ['GET', `/subject-requests/${requestId}/files/${attachmentId}`],
      ['GET', `/subject-requests/${requestId}/letter`],
      ['POST', `/subject-requests/${requestId}/mail`, { json: {} }],
      ['GET', `/subjects/${subjectId}/attachments`],
      ['GET', `/attachments/${attachmentId}/content`],
      ['DELETE', `/attachments/${attachmentId}`],
      ['GET', `/subjects/${subjectId}/consents`],
      ['GET', `/subjects/${subjectId}/entries`],
      ['POST', '/tokens/open', { json: { tokens: [token] } }],
      ['POST', `/subjects/${subjectId}/reveal`, { json: { category: 'contact', field: 'email' } }],
      ['GET', `/export?subjectId=${subjectId}`],
    ]
    for (const [method, rest, init] of tried)
      demandNothing(`${method} ${rest}`, await send(method, of(alder, rest), init))
    // And every door there is whose address names something of a controller.
    // (An import begins under an id of the caller's own choice; another controller's says nothing of it.)
    const within = own.filter(
      ({ url, action }) => /:controllerId\/.*:\w/.test(url) && action !== 'vault.record.import',
    )
    ok(within.length >= 25, `the walk found ${within.length} doors`)
    for (const take of [0, 1])
      for (const route of within) {
        const path = pathOf(route, alder.controllerId)
        demandNothing(
          `${route.method} ${path}`,
          await send(route.method, path, initOf(route, take)),
        )
      }
    const search = { json: { subjectKey: `${marker} 0` } }
    const found = await send('POST', of(alder, '/subjects/find'), search)
    deepEqual(JSON.parse(found.body), { items: [] })
    const listed = await send('GET', of(alder, '/subjects'))
    ok(listed.status === 200 && !listed.body.includes(subjectId))
    const exported = await send('GET', of(alder, '/export'))
    ok(
      exported.status === 200 && exported.body.includes('Alder') && !exported.body.includes(marker),
    )
  })

  test('a log is walked only by who was granted it', async () => {
    for (const [log, as] of [
      [alder.controllerId, caller],
      [birch.controllerId, everywhere],
    ] as const)
      equal((await walk(log, as)).status, 200)
    for (const log of [birch.controllerId, 'house'])
      demandNothing(`the log ${log}`, await walk(log, caller))
  })

  test('what was tried on Birch left it as it was', async () => {
    const read = await send('GET', of(birch, `/subjects/${subjectId}`), { as: everywhere })
    ok(read.status === 200 && read.body.includes(`${marker} 0`), read.body)
  })
})

describe('by SQL', () => {
  const inAlder = <T>(deed: Parameters<TestHouse['database']['transaction']>[1]) =>
    house.database.transaction({ scope: alder.controllerId }, deed) as Promise<T>
  const tables = () =>
    house.owner.rows<{ table: string; walled: boolean }>({
      text: `select format('%I.%I', n.nspname, c.relname) as "table",
          c.relrowsecurity and c.relforcerowsecurity as walled
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'controller_id'
        where c.relkind = 'r' order by 1`,
    })

  /** The trail is the house's own: its acts look across all logs, and its entries name no one. */
  const acrossControllers = ['trail.entry']

  test('each table of controllers has its wall, also against its owner', async () => {
    const all = await tables()
    ok(all.length >= 18, 'the walk found the tables')
    deepEqual(
      all.filter(({ walled }) => !walled).map(({ table }) => table),
      acrossControllers,
    )
  })

  test('a statement that forgets its filter sees no row of another controller', async () => {
    const tried: string[] = []
    for (const { table } of (await tables()).filter(({ walled }) => walled)) {
      if (!(await filled(table))) continue
      const rows = await inAlder<{ id: string }[]>((sql) =>
        sql.rows({ text: `select distinct controller_id as id from ${table}` }),
      )
      ok(
        rows.every(({ id }) => id === alder.controllerId),
        `${table} shows another controller's rows`,
      )
      tried.push(table)
    }
    const ofVault = [
      'controller',
      'contract',
      'subject',
      'record',
      'import',
      'import_error',
      'consent',
      'export_request',
      'subject_request',
      'request_step',
      'token',
      'attachment',
      'token_policy',
    ]
    for (const table of [
      ...ofVault.map((name) => `vault.${name}`),
      'keys.subject_key',
      'keys.erasure',
      'watch.canary',
      'watch.finding',
      'incidents.clock',
      'incidents.notice',
    ])
      ok(tried.includes(table), `${table} held no row of Birch: ${tried.join(', ')}`)
  })

  test('nor does it change, erase or add one', async () => {
    for (const text of [
      'update vault.subject set restricted = true where controller_id = $1',
      'delete from vault.record where controller_id = $1',
      'delete from keys.subject_key where controller_id = $1',
    ])
      equal(await inAlder((sql) => sql.run({ text, values: [birch.controllerId] })), 0, text)
    const add = inAlder((sql) =>
      sql.run({
        text: `insert into watch.canary (controller_id, subject_ordinal, planted_at) values ($1, 4711, now())`,
        values: [birch.controllerId],
      }),
    )
    await rejects(add, { code: '42501', message: /row-level security/ })
  })

  test('outside of any scope nothing is seen at all', async () => {
    for (const table of ['vault.controller', 'vault.subject', 'vault.record', 'keys.subject_key'])
      deepEqual(await house.database.rows({ text: `select from ${table}` }), [], table)
  })
})
