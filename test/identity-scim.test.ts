import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import {
  createWorkload,
  emailsUnderOther,
  grantRole,
  indexEmailsAnew,
  issueCredential,
  placeEmails,
} from '#identity'
import { privilegedProven } from '../src/identity/probes/population-store.ts'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'

// Conformance with RFC 7643 and RFC 7644, by their own examples, over real HTTPS; and what a directory
// must never reach by it.

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User'
const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const message = (name: string) => `urn:ietf:params:scim:api:messages:2.0:${name}`
const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }

let house: TestHouse
let root: Enrolled
/** Brings people, and keeps only those. */
let company: Directory
/** Takes over whom nobody keeps, too. */
let linking: Directory

interface Directory {
  readonly providerId: string
  readonly workloadId: string
  readonly token: string
}

before(async () => {
  house = await openHouse({ listen: true })
  root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
  company = await directory({ name: 'Company', makesAccounts: true })
  linking = await directory({ name: 'Linking', linksByEmail: true })
})
after(() => house.close())

const byRoot = (path: string, method = 'GET', json?: unknown) =>
  inSession(house, root.cookie, path, { method, ...(json === undefined ? {} : { json }) })

async function workload(
  roles: readonly string[],
): Promise<Pick<Directory, 'workloadId' | 'token'>> {
  return house.act({ action: 'identity.test' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: `directory ${randomUUID()}` })
    for (const role of roles) await grantRole(act, { ...unconfined, actorId: workloadId, role })
    const expiresAt = new Date(act.now.getTime() + 86_400_000)
    return { workloadId, ...(await issueCredential(act, workloadId, { label: 'one', expiresAt })) }
  })
}

async function directory(terms: object): Promise<Directory> {
  const added = await byRoot('/v1/providers', 'POST', {
    issuer: 'https://idp.example',
    clientId: 'holdfast',
    groupRoles: { 'Tour Guides': ['auditor'], watchers: ['security'] },
    ...terms,
  })
  equal(added.status, 200, added.body)
  const { providerId } = added.json
  const made = await workload(['directory'])
  const named = await byRoot(`/v1/providers/${providerId}/directory`, 'PUT', {
    workloadId: made.workloadId,
  })
  equal(named.status, 200, named.body)
  return { providerId, ...made }
}

interface Asked {
  readonly by?: Pick<Directory, 'token'>
  readonly headers?: Readonly<Record<string, string>>
}

/** One request as a SCIM client makes it. */
async function scim(
  method: string,
  path: string,
  body?: unknown,
  { by = company, headers = {} }: Asked = {},
): Promise<TestAnswer> {
  const answer = await house.request(`/scim/v2${path}`, {
    method,
    token: by.token,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (answer.status === 204 || answer.status === 304) equal(answer.body, '')
  else match(answer.headers['content-type'] ?? '', /^application\/scim\+json/, answer.body)
  if (answer.status >= 400) demandError(answer)
  else ok(answer.headers['holdfast-entry'], 'every call has its entry')
  return answer
}

/** RFC 7644 §3.12: schemas, status as text, detail; scimType only where the table has one. */
function demandError({ status, json }: TestAnswer): void {
  deepEqual(json.schemas, [message('Error')])
  equal(json.status, String(status))
  ok(typeof json.detail === 'string' && json.detail.length > 0)
}

const said = ({ status, json }: TestAnswer) => `${status} ${json?.scimType ?? json?.code}`

/** RFC 7644 §3.3, with the address by which people are known here. */
const bjensen = (more: object = {}) => ({
  schemas: [userUrn],
  userName: 'bjensen',
  externalId: 'bjensen',
  name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
  emails: [{ value: 'bjensen@example.com', type: 'work', primary: true }],
  ...more,
})

let number = 0
/** A user of its own for each test. */
async function made(more: object = {}, by: Pick<Directory, 'token'> = company): Promise<any> {
  number += 1
  const userName = `person${number}@scim.example`
  const answer = await scim('POST', '/Users', { schemas: [userUrn], userName, ...more }, { by })
  equal(answer.status, 201, answer.body)
  return answer.json
}

const patch = (...Operations: object[]) => ({ schemas: [message('PatchOp')], Operations })
const find = (filter: string, rest = '', asked: Asked = {}) =>
  scim('GET', `/Users?filter=${encodeURIComponent(filter)}${rest}`, undefined, asked)
const heldBy = async (personId: string) => {
  const { json } = await byRoot('/v1/grants')
  return (json.items as { actorId: string; role: string }[])
    .filter(({ actorId }) => actorId === personId)
    .map(({ role }) => role)
    .sort()
}

test('the service describes itself (RFC 7644 §4, RFC 7643 §5 to §7)', async () => {
  const config = (await scim('GET', '/ServiceProviderConfig')).json
  deepEqual(
    [config.patch, config.sort, config.etag, config.changePassword].map((each) => each.supported),
    [true, false, true, false],
  )
  deepEqual(config.filter, { supported: true, maxResults: 200 })
  equal(config.bulk.supported, false)
  // What it says it has not, it refuses as the standard has it (RFC 7644 §3.7, §3.11).
  for (const [method, url] of [
    ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((each) => [each, '/Me'] as const),
    ['POST', '/Bulk'] as const,
  ]) {
    const body = method === 'GET' || method === 'DELETE' ? undefined : { schemas: [] }
    const { status, json } = await scim(method, url, body)
    deepEqual(
      [status, json.schemas, json.status, json.code],
      [501, [message('Error')], '501', 'identity.scim-not-implemented'],
      `${method} ${url}`,
    )
  }
  ok(config.authenticationSchemes[0].type === 'oauthbearertoken')
  const types = (await scim('GET', '/ResourceTypes')).json
  deepEqual([types.schemas, types.totalResults], [[message('ListResponse')], 2])
  for (const { id, schema, meta } of types.Resources) {
    const one = (await scim('GET', `/ResourceTypes/${id}`)).json
    deepEqual([one.endpoint, one.meta], [`/${id}s`, meta])
    const described = (await scim('GET', `/Schemas/${schema}`)).json
    equal(described.id, schema)
    for (const attribute of described.attributes) {
      const { name, type, multiValued, required, mutability, returned } = attribute
      ok(name && type && mutability && returned)
      deepEqual([typeof multiValued, typeof required], ['boolean', 'boolean'])
    }
  }
  equal(said(await scim('GET', '/Schemas/urn:x')), '404 identity.scim-unknown')
})

test('a user is made, read, written anew and taken out as RFC 7644 §3.3 to §3.6 have it', async () => {
  const created = await scim(
    'POST',
    '/Users',
    bjensen({ title: 'Tour Guide', password: 't1meMa$heen' }),
  )
  equal(created.status, 201, created.body)
  const { id, meta } = created.json
  equal(created.headers['location'], `${house.settings.publicUrl}/scim/v2/Users/${id}`)
  equal(created.headers['etag'], meta.version)
  deepEqual(created.json, {
    schemas: [userUrn],
    id,
    externalId: 'bjensen',
    userName: 'bjensen',
    name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
    active: true,
    emails: [{ value: 'bjensen@example.com', type: 'work', primary: true }],
    meta: { ...meta, resourceType: 'User', location: created.headers['location'] },
  })
  ok(!created.body.includes('t1meMa$heen') && !created.body.includes('Tour Guide'), 'not kept')

  const read = await scim('GET', `/Users/${id}`)
  deepEqual(read.json, created.json)
  const known = { 'if-none-match': read.headers['etag']! }
  equal((await scim('GET', `/Users/${id}`, undefined, { headers: known })).status, 304)

  const again = await scim('POST', '/Users', bjensen())
  equal(said(again), '409 uniqueness')
  equal(
    said(await scim('POST', '/Users', bjensen({ userName: 'BJensen', emails: undefined }))),
    '400 invalidValue',
  )

  const next = bjensen({
    id: 'mine',
    name: { formatted: 'Babs Jensen' },
    emails: [{ value: 'babs@example.com' }],
  })
  const stale = { 'if-match': 'W/"other"' }
  equal(
    said(await scim('PUT', `/Users/${id}`, next, { headers: stale })),
    '412 identity.scim-changed',
  )
  const current = { 'if-match': meta.version as string }
  const put = await scim('PUT', `/Users/${id}`, next, { headers: current })
  equal(put.status, 200, put.body)
  deepEqual(
    [put.json.id, put.json.name, put.json.emails[0].value, put.json.active],
    [id, { formatted: 'Babs Jensen' }, 'babs@example.com', true],
  )
  notEqual(put.json.meta.version, meta.version)
  equal(
    said(await scim('PUT', `/Users/${id}`, next, { headers: current })),
    '412 identity.scim-changed',
  )
  const person = (await byRoot('/v1/persons')).json.items.find(
    (p: { personId: string }) => p.personId === id,
  )
  deepEqual([person.name, person.email, person.factors], ['Babs Jensen', 'babs@example.com', []])

  equal((await scim('DELETE', `/Users/${id}`)).status, 204)
  for (const [method, body] of [['GET'], ['DELETE'], ['PUT', next]] as const)
    equal(said(await scim(method, `/Users/${id}`, body)), '404 identity.scim-unknown')
  equal((await find('userName eq "bjensen"')).json.totalResults, 0)
  const anew = await scim('POST', '/Users', next)
  equal(anew.status, 201, anew.body)
  notEqual(anew.json.id, id, 'an id is never given twice')
  // Somebody else has the address now; freed of it, the account comes back by hand.
  equal(told(await byRoot(`/v1/persons/${id}/enable`, 'POST')), '409 identity.email-taken')
  await scim('DELETE', `/Users/${anew.json.id}`)
  equal((await byRoot(`/v1/persons/${id}/enable`, 'POST')).status, 200)
  equal(said(await scim('GET', `/Users/${id}`)), '404 identity.scim-unknown', 'taken out stays out')
  const back = (await byRoot('/v1/persons')).json.items.find(
    (p: { personId: string }) => p.personId === id,
  )
  deepEqual([back.email, back.disabledAt], ['babs@example.com', null])
})

test('the full user of RFC 7643 §8.2 is taken, and only what is kept comes back', async () => {
  const full = {
    schemas: [userUrn],
    id: '2819c223-7f76-453a-919d-413861904646',
    externalId: '701984',
    userName: 'bjensen@full.example',
    name: {
      formatted: 'Ms. Barbara J Jensen, III',
      familyName: 'Jensen',
      givenName: 'Barbara',
      middleName: 'Jane',
      honorificPrefix: 'Ms.',
      honorificSuffix: 'III',
    },
    displayName: 'Babs Jensen',
    nickName: 'Babs',
    profileUrl: 'https://login.example.com/bjensen',
    emails: [
      { value: 'babs@jensen.example', type: 'home' },
      { value: 'bjensen@full.example', type: 'work', primary: true },
    ],
    addresses: [{ type: 'work', streetAddress: '100 Universal City Plaza' }],
    phoneNumbers: [{ value: '555-555-5555', type: 'work' }],
    userType: 'Employee',
    preferredLanguage: 'en-US',
    active: true,
    groups: [{ value: 'e9e30dba-f08f-4109-8486-d5c6a331660a', display: 'Tour Guides' }],
    meta: { resourceType: 'User', version: 'W/"a"' },
  }
  const { status, json } = await scim('POST', '/Users', full)
  equal(status, 201)
  notEqual(json.id, full.id, 'ids are given here')
  deepEqual(Object.keys(json).sort(), [
    'active',
    'displayName',
    'emails',
    'externalId',
    'id',
    'meta',
    'name',
    'schemas',
    'userName',
  ])
  deepEqual([json.name, json.emails], [full.name, [full.emails[1]]])
  deepEqual(await heldBy(json.id), [], 'a group in the body of a user gives nothing')
})

test('lists are filtered, paged and cut to what is asked for (RFC 7644 §3.4.2)', async () => {
  const users = [await made({ externalId: 'e-1' }), await made({ externalId: 'e-2' }), await made()]
  const [one, two] = users
  for (const [filter, expected] of [
    [`userName eq "${one.userName.toUpperCase()}"`, [one]],
    [`userName eq "${one.userName}" or userName eq "${two.userName}"`, [one, two]],
    [`externalId eq "e-1"`, [one]],
    [`externalId eq "E-1"`, []],
    [`emails.value eq "${two.userName}"`, [two]],
    [`emails[value eq "${two.userName}"]`, [two]],
    [`emails eq "${two.userName}" and active eq true`, [two]],
    [`id eq "${one.id}" and meta.lastModified gt "2011-05-13T04:42:34Z"`, [one]],
    [`id eq "${one.id}" and meta.created lt "2011-05-13T04:42:34Z"`, []],
    [`not (userName ne "${one.userName}")`, [one]],
    [`id eq "${one.id}" and schemas eq "${userUrn}" and meta.resourceType eq "User"`, [one]],
    [`id eq "${one.id}" and active eq "False"`, []],
    [`id eq "${one.id}" and displayName pr or id eq "none"`, undefined],
    [`${userUrn}:userName eq "${two.userName}"`, [two]],
  ] as const) {
    const answer = await find(filter)
    if (expected === undefined) {
      equal(said(answer), '400 invalidFilter', filter)
      continue
    }
    deepEqual(
      answer.json.Resources.map(({ id }: { id: string }) => id),
      expected.map(({ id }) => id),
      filter,
    )
    equal(answer.json.totalResults, expected.length)
  }
  // What lies sealed is never searched in vain: it says that it cannot be.
  for (const filter of [
    'name.familyName co "O\'Malley"',
    'userName sw "J"',
    'title pr',
    'emails[type eq "work" and value co "@example.com"]',
    'nonsense eq 1',
    'userName eq',
  ])
    equal(said(await find(filter)), '400 invalidFilter', filter)

  const page = (await scim('GET', '/Users?startIndex=2&count=1')).json
  deepEqual([page.startIndex, page.itemsPerPage, page.Resources.length], [2, 1, 1])
  const all = (await scim('GET', '/Users?startIndex=-5')).json
  deepEqual([all.startIndex, all.totalResults], [1, page.totalResults])
  equal(all.Resources[1].id, page.Resources[0].id)
  const none = (await scim('GET', '/Users?count=0')).json
  deepEqual([none.totalResults, none.Resources], [all.totalResults, []])
  equal((await scim('GET', '/Users?startIndex=9999')).json.itemsPerPage, 0)
  equal(said(await scim('GET', '/Users?sortBy=userName')), '400 invalidValue')
  equal(said(await scim('GET', '/Users?fliter=x')), '400 invalidSyntax')

  const by = `id eq "${one.id}"`
  const only = (await find(by, '&attributes=userName,emails.value')).json.Resources[0]
  deepEqual(only, {
    schemas: [userUrn],
    id: one.id,
    userName: one.userName,
    emails: [{ value: one.userName }],
  })
  const without = (await find(by, '&excludedAttributes=emails,META,externalId')).json.Resources[0]
  deepEqual(without, { schemas: [userUrn], id: one.id, userName: one.userName, active: true })

  const request = {
    schemas: [message('SearchRequest')],
    filter: by,
    attributes: ['userName'],
    count: 5,
  }
  const searched = await scim('POST', '/Users/.search', request)
  deepEqual(searched.json.Resources, [{ schemas: [userUrn], id: one.id, userName: one.userName }])
  const group = await scim('POST', '/Groups', { schemas: [groupUrn], displayName: 'Searched' })
  const across = await scim('POST', '/.search', {
    ...request,
    attributes: undefined,
    filter: `${by} or displayName eq "searched"`,
  })
  equal(said(across), '400 invalidFilter', 'displayName of a user is not searched')
  const both = await scim('POST', '/.search', {
    schemas: [message('SearchRequest')],
    filter: `${by} or members.value eq "${one.id}" or id eq "${group.json.id}"`,
  })
  deepEqual(
    both.json.Resources.map(({ meta }: { meta: { resourceType: string } }) => meta.resourceType),
    ['User', 'Group'],
  )
})

test('PATCH adds, replaces and removes as RFC 7644 §3.5.2 has it', async () => {
  const { id } = await made({ displayName: 'Babs' })
  const change = async (...operations: object[]) =>
    scim('PATCH', `/Users/${id}`, patch(...operations))
  const after = async (...operations: object[]) => {
    const answer = await change(...operations)
    equal(answer.status, 200, answer.body)
    return answer.json
  }
  const added = await after({
    op: 'add',
    value: { externalId: 'x-1', 'name.givenName': 'Barbara', name: { familyName: 'Jensen' } },
  })
  deepEqual([added.externalId, added.name], ['x-1', { givenName: 'Barbara', familyName: 'Jensen' }])
  const replaced = await after(
    { op: 'Replace', path: 'name.familyName', value: 'Smith' },
    { op: 'replace', path: `${userUrn}:displayName`, value: 'B. Smith' },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'Smith@Scim.example' },
    {
      op: 'add',
      path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
      value: 'x',
    },
    { op: 'replace', path: 'title', value: 'not kept' },
  )
  deepEqual(
    [replaced.name.familyName, replaced.displayName, replaced.emails[0].value],
    ['Smith', 'B. Smith', 'smith@scim.example'],
  )
  const removed = await after(
    { op: 'remove', path: 'name.givenName' },
    { op: 'remove', path: 'externalId' },
    { op: 'remove', path: 'displayName' },
  )
  deepEqual(
    [removed.name, removed.externalId, removed.displayName],
    [{ familyName: 'Smith' }, undefined, undefined],
  )
  const primary = await after({
    op: 'add',
    path: 'emails',
    value: [{ value: 'second@scim.example', type: 'home', primary: true }],
  })
  deepEqual(primary.emails, [{ value: 'second@scim.example', type: 'home', primary: true }])
  for (const [operation, expected] of [
    [{ op: 'remove', path: 'userName' }, '400 mutability'],
    [{ op: 'replace', path: 'id', value: 'x' }, '400 mutability'],
    [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }, '400 mutability'],
    [{ op: 'replace', path: 'nothing', value: 'x' }, '400 invalidPath'],
    [{ op: 'replace', path: 'emails[', value: 'x' }, '400 invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "fax"].value', value: 'x' }, '400 noTarget'],
    [{ op: 'remove' }, '400 noTarget'],
    [{ op: 'move', path: 'name', value: 'x' }, '400 invalidSyntax'],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, '400 invalidValue'],
    [{ op: 'replace', path: 'emails', value: [{ value: 'no address' }] }, '400 invalidValue'],
    [{ op: 'replace', path: 'name', value: 'text' }, '400 invalidValue'],
    [{ op: 'add', path: '__proto__.polluted', value: 'x' }, '400 invalidPath'],
  ] as const)
    equal(said(await change(operation)), expected, JSON.stringify(operation))
  equal(said(await scim('PATCH', `/Users/${id}`, { Operations: [] })), '400 invalidSyntax')
  // All or nothing: the good one before a bad one is not done.
  await change(
    { op: 'replace', path: 'displayName', value: 'half' },
    { op: 'remove', path: 'userName' },
  )
  equal((await scim('GET', `/Users/${id}`)).json.displayName, undefined)
})

test('a group gives its members the mapped roles, and takes them back, as entries', async () => {
  const [ada, ben] = [await made(), await made()]
  const created = await scim('POST', '/Groups', {
    schemas: [groupUrn],
    displayName: 'Tour Guides',
    members: [{ value: ada.id, display: 'Ada' }],
  })
  equal(created.status, 201, created.body)
  const { id } = created.json
  deepEqual(created.json.members, [
    { value: ada.id, $ref: `${house.settings.publicUrl}/scim/v2/Users/${ada.id}`, type: 'User' },
  ])
  deepEqual([await heldBy(ada.id), await heldBy(ben.id)], [['auditor'], []])
  equal((await scim('GET', `/Users/${ada.id}`)).json.groups[0].display, 'Tour Guides')
  equal((await find(`groups.value eq "${id}"`)).json.totalResults, 1)
  await house.integrate()
  const entry = await byRoot(`/v1/trail/entries/${created.headers['holdfast-entry']}`)
  equal(entry.status, 200, entry.body)
  match(entry.body, /"rolesGained":\["auditor"\]/)

  const path = `/Groups/${id}`
  const swapped = await scim(
    'PATCH',
    path,
    patch(
      { op: 'add', path: 'members', value: [{ value: ben.id }] },
      { op: 'remove', path: `members[value eq "${ada.id}"]` },
    ),
  )
  equal(swapped.status, 200, swapped.body)
  deepEqual([await heldBy(ada.id), await heldBy(ben.id)], [[], ['auditor']])
  equal(
    said(await scim('PATCH', path, patch({ op: 'remove', path: `members[value eq "${ada.id}"]` }))),
    '400 noTarget',
  )
  // As Microsoft Entra writes it.
  await scim('PATCH', path, patch({ op: 'Remove', path: 'members', value: [{ value: ben.id }] }))
  deepEqual(await heldBy(ben.id), [])
  await scim('PUT', path, {
    schemas: [groupUrn],
    displayName: 'Nobody mapped this',
    members: [{ value: ben.id }],
  })
  deepEqual(await heldBy(ben.id), [], 'what nobody mapped gives nothing')
  await scim('PATCH', path, patch({ op: 'replace', value: { id, displayName: 'watchers' } }))
  deepEqual(await heldBy(ben.id), ['security'], 'another name, other roles')

  const { n, of } = await privilegedProven(house.owner, house.world.now())
  ok(of > 1)
  equal(
    n,
    of,
    'whom only a provider lets in counts as proven by two factors before the first sign-in',
  )

  const map = (groupRoles: object) =>
    byRoot(`/v1/providers/${company.providerId}/group-roles`, 'PUT', { groupRoles })
  equal((await map({ watchers: ['auditor'] })).status, 200)
  deepEqual(await heldBy(ben.id), ['auditor'], 'a new mapping counts at once')
  const shown = (await byRoot(`/v1/providers/${company.providerId}/groups`)).json.items
  const watchers = shown.find(({ groupId }: { groupId: string }) => groupId === id)
  deepEqual([watchers.displayName, watchers.members, watchers.roles], ['watchers', 1, ['auditor']])
  equal(told(await map({ watchers: ['no-such-role'] })), '404 identity.unknown-role')
  await map({ 'Tour Guides': ['auditor'], watchers: ['security'] })

  equal(
    said(await scim('POST', '/Groups', { schemas: [groupUrn], displayName: 'WATCHERS' })),
    '409 uniqueness',
  )
  for (const value of [randomUUID(), id, 'nobody'])
    equal(
      said(await scim('PATCH', path, patch({ op: 'add', path: 'members', value: [{ value }] }))),
      '400 invalidValue',
    )
  for (const [filter, total] of [
    ['displayName eq "Watchers"', 1],
    ['displayName co "ATCH" and displayName sw "w" and displayName ew "ers"', 1],
    [`members.value eq "${ben.id}"`, 1],
    ['displayName gt "zzz"', 0],
  ] as const)
    equal(
      (await scim('GET', `/Groups?filter=${encodeURIComponent(filter)}`)).json.totalResults,
      total,
      filter,
    )
  equal((await scim('DELETE', path)).status, 204)
  deepEqual(await heldBy(ben.id), [])
  equal(said(await scim('GET', path)), '404 identity.scim-unknown')
})

test('switched off by the directory, a live session is refused with its next request', async () => {
  const off = async (end: (id: string) => Promise<TestAnswer>, name: string) => {
    const person = await enrol(house, `${name}@house.example`, ['auditor'])
    const open = () => inSession(house, person.cookie, '/v1/self')
    equal((await open()).status, 200)
    const ended = await end(person.personId)
    ok(ended.status === 200 || ended.status === 204, ended.body)
    equal((await open()).status >= 401, true, 'the session is dead')
    return { ...person, open }
  }
  const by = { by: linking }
  const pia = await off(
    (id) =>
      scim('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }), by),
    'pia',
  )
  const on = patch({ op: 'replace', value: { active: 'True' } })
  equal((await scim('PATCH', `/Users/${pia.personId}`, on, by)).json.active, true)
  ok((await pia.open()).status >= 401, 'back on, the old session stays dead')
  await off((id) => scim('DELETE', `/Users/${id}`, undefined, by), 'quo')

  // Whom people switched off, or locked, no directory brings back.
  const rob = await enrol(house, 'rob@house.example', ['auditor'])
  await byRoot(`/v1/persons/${rob.personId}/disable`, 'POST')
  equal(said(await scim('PATCH', `/Users/${rob.personId}`, on, by)), '400 mutability')
})

test('a directory reaches nothing beyond its own people and what was mapped', async () => {
  const by = { by: linking }
  const off = patch({ op: 'replace', path: 'active', value: false })
  const sam = await enrol(house, 'sam@house.example', ['administrator'])
  // Not brought by it, and not to be taken over.
  equal(said(await scim('GET', `/Users/${sam.personId}`)), '404 identity.scim-unknown')
  equal((await find('userName eq "sam@house.example"')).json.totalResults, 0)
  // Kept by another directory.
  const own = await made()
  equal(said(await scim('PATCH', `/Users/${own.id}`, off, by)), '404 identity.scim-unknown')
  equal(
    said(await scim('POST', '/Users', { schemas: [userUrn], userName: 'new@scim.example' }, by)),
    '403 identity.directory-brings-nobody',
  )

  // The address of somebody with rights of another origin would be a way into them.
  const stolen = patch({ op: 'replace', path: 'emails', value: [{ value: 'thief@evil.example' }] })
  equal(said(await scim('PATCH', `/Users/${sam.personId}`, stolen, by)), '400 mutability')

  // The last administrator, and whoever may open the glass.
  equal((await scim('PATCH', `/Users/${sam.personId}`, off, by)).status, 200)
  equal(
    said(await scim('PATCH', `/Users/${root.personId}`, off, by)),
    '409 identity.last-administrator',
  )
  equal(
    said(await scim('DELETE', `/Users/${root.personId}`, undefined, by)),
    '409 identity.last-administrator',
  )
  const tom = await enrol(house, 'tom@house.example', ['auditor'])
  const designated = await byRoot(`/v1/break-glass/${tom.personId}`, 'PUT')
  equal(designated.status, 200, designated.body)
  const glass = '403 identity.glass-untouched'
  equal(said(await scim('PATCH', `/Users/${tom.personId}`, off, by)), glass)
  equal(said(await scim('DELETE', `/Users/${tom.personId}`, undefined, by)), glass)
  const joined = {
    schemas: [groupUrn],
    displayName: 'watchers',
    members: [{ value: tom.personId }],
  }
  equal(said(await scim('POST', '/Groups', joined, by)), glass)
  equal((await inSession(house, tom.cookie, '/v1/self')).status, 200)

  // Rights alone make no directory, nor does a person's session, and a bare directory does nothing else.
  const stranger = await workload(['directory'])
  for (const [method, path, body] of [
    ['GET', '/Users'],
    ['POST', '/Users', bjensen()],
    ['GET', '/Groups'],
    ['POST', '/Groups', joined],
  ] as const)
    equal(said(await scim(method, path, body, { by: stranger })), '403 identity.not-a-directory')
  const nameless = await workload([])
  equal(
    said(await scim('GET', '/Users', undefined, { by: nameless })),
    '403 identity.not-permitted',
  )
  const session = await inSession(house, root.cookie, '/scim/v2/Users')
  equal(said(session), '403 identity.not-a-directory')
  equal((await house.request('/v1/roles', { token: company.token })).status, 403)
  const other = await byRoot(`/v1/providers/${linking.providerId}/directory`, 'PUT', {
    workloadId: company.workloadId,
  })
  equal(told(other), '409 identity.directory-taken')
})

test('every no speaks SCIM: before the door, at it, and where nothing stands', async () => {
  const bare = await house.request('/scim/v2/Users')
  demandError(bare)
  equal(said(bare), '401 identity.not-signed-in')
  const unknown = await house.request('/scim/v2/Users', { token: 'hf_nothing' })
  demandError(unknown)
  equal(unknown.status, 401)
  for (const [answer, expected] of [
    [await scim('GET', '/Nothing'), '404 gate.not-found'],
    [await scim('DELETE', '/Users'), '404 gate.not-found'],
    [await scim('GET', '/Users/2819c223'), '404 identity.scim-unknown'],
    [await scim('POST', '/Users', [1]), '400 invalidSyntax'],
    [await scim('POST', '/Users', { userName: 'x' }), '400 invalidSyntax'],
    [await scim('POST', '/Users', { schemas: [userUrn] }), '400 invalidValue'],
    [await scim('POST', '/Users', { schemas: [userUrn], userName: 7 }), '400 invalidValue'],
    [await scim('POST', '/Users', bjensen({ displayName: 'a\u0000b' })), '400 invalidSyntax'],
    [
      await scim('POST', '/Users', bjensen(), { headers: { 'content-type': 'text/csv' } }),
      '415 gate.media-type',
    ],
  ] as const)
    equal(said(answer), expected)
  const torn = await house.request('/scim/v2/Users', {
    method: 'POST',
    token: company.token,
    headers: { 'content-type': 'application/scim+json' },
    body: '{"userName":',
  })
  demandError(torn)
  equal(torn.status, 400)
  const plain = await house.request('/scim/v2/Users', {
    method: 'POST',
    token: company.token,
    json: bjensen({ userName: 'plain', emails: [{ value: 'plain@scim.example' }] }),
  })
  equal(plain.status, 201, 'plain JSON is taken as well (RFC 7644 §3.1)')
  const lower = await scim('POST', '/Users', {
    SCHEMAS: [userUrn],
    USERNAME: 'loud@scim.example',
    Active: false,
  })
  deepEqual(
    [lower.status, lower.json.userName, lower.json.active],
    [201, 'loud@scim.example', false],
  )
})

test('when the index key of addresses turns, whom a directory removed is found by none', async () => {
  const [stays, goes] = [await made(), await made()]
  await scim('DELETE', `/Users/${goes.id}`)
  const indexes = async () => {
    const rows = await house.owner.rows<{ id: string; index: Buffer }>({
      text: 'select id, email_index as index from identity.person where id = any($1::uuid[]) order by id',
      values: [[stays.id, goes.id]],
    })
    return rows.map(({ index }) => index.toString('hex'))
  }
  const before = await indexes()
  await house.owner.run({
    text: `update identity.person set email_index_version = 77, email_index = sha256(email)
           where id = $1`,
    values: [stays.id],
  })
  await house.owner.run({
    text: 'update identity.person set email_index_version = 77 where id = $1',
    values: [goes.id],
  })
  const ask = { action: 'identity.test' }
  const anew = await house.act(ask, (act) => indexEmailsAnew(act))
  await house.act(ask, (act) => placeEmails(act, anew))
  deepEqual(await indexes(), before, 'made anew for one, left free of the other')
  equal(await house.act(ask, (act) => emailsUnderOther(act, anew.version)), 0)
  equal((await find(`emails.value eq "${stays.emails[0].value}"`)).json.totalResults, 1)
  equal((await find(`emails.value eq "${goes.emails[0].value}"`)).json.totalResults, 0)
})

test('tables hold nothing readable of a person, and no call was a fault', async () => {
  const rows = await house.owner.rows<{ row: string }>({
    text: `select to_jsonb(d)::text as row from identity.directory_person d
           union all select to_jsonb(p)::text from identity.person p`,
  })
  ok(rows.length > 5)
  ok(rows.every(({ row }) => !/scim\.example|Jensen|bjensen/i.test(row)))
  deepEqual(house.faults, [])
})
