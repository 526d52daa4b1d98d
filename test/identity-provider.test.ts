import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { Provider } from 'oidc-provider'
import { limits, type Limits } from '#gate'
import { createWorkload, grantRole, issueCredential } from '#identity'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'
import { enrol, inSession, signIn, told } from './identity-people.ts'

/** Who the provider knows, and what it says of them at the next sign-in. */
interface Known {
  readonly email: string
  readonly verified?: boolean
  readonly name?: string
  groups: string[]
  amr: string[]
}

const everyLimit = Object.fromEntries(
  Object.entries(limits).map(([name, limit]) => [name, { ...limit, burst: 1e6, perSecond: 1e5 }]),
) as unknown as Limits

let house: TestHouse
let idp: Server
let issuer: string
let administrator: string
const known: Record<string, Known> = {}
const clientSecret = 'a secret of the client, as long as it likes to be'

before(async () => {
  house = await openHouse({
    listen: true,
    settings: { environment: 'development', privateDestinations: 'localhost' },
    limits: everyLimit,
  })
  ;({ cookie: administrator } = await enrol(house, 'root@house.example', ['administrator']))
  ;({ idp, issuer } = await openProvider())
})
after(async () => {
  idp.close()
  await house.close()
})

/** A real OpenID Connect provider that signs in whoever the test names in the `login` cookie. */
async function openProvider(): Promise<{ idp: Server; issuer: string }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const own = `http://localhost:${port}`
  const provider = new Provider(own, {
    clients: [
      {
        client_id: 'holdfast',
        client_secret: clientSecret,
        redirect_uris: [`${house.settings.publicUrl}/sign-in/back`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: {
      openid: ['sub', 'amr', 'acr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'groups'],
    },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    cookies: { keys: ['some key of the test'] },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => {
        const one = known[accountId]!
        return {
          sub: accountId,
          email: one.email,
          email_verified: one.verified ?? true,
          name: one.name ?? 'Ona Other',
          groups: one.groups,
        }
      },
    }),
  })
  provider.on('server_error', (_context, error) => house.faults.push({ error, about: 'provider' }))
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void provider.callback()(request, response)
      return
    }
    const accountId = /who=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    void (async () => {
      const { params } = await provider.interactionDetails(request, response)
      const grant = new provider.Grant({ accountId, clientId: params['client_id'] as string })
      grant.addOIDCScope('openid email profile')
      const grantId = await grant.save()
      await provider.interactionFinished(request, response, {
        login: { accountId, amr: known[accountId]!.amr },
        consent: { grantId },
      })
    })()
  })
  return { idp: server, issuer: own }
}

async function trust(terms: object): Promise<string> {
  const added = await inSession(house, administrator, '/v1/providers', {
    method: 'POST',
    json: { issuer, clientId: 'holdfast', clientSecret, ...terms },
  })
  equal(added.status, 200, added.body)
  return added.json.providerId
}

const post = (path: string, json: object, cookie?: string) =>
  house.request(path, {
    method: 'POST',
    json,
    ...(cookie === undefined ? {} : { headers: { cookie, 'holdfast-request': '1' } }),
  })

const awayOf = (headers: Readonly<Record<string, string>>) =>
  /__Host-holdfast-away=[A-Za-z0-9_-]{43}/.exec(headers['set-cookie'] ?? '')![0]

/** A browser that is sent to the provider as somebody, up to the query it comes back with. */
async function goAndReturn(providerId: string, who: string) {
  const sent = await post('/v1/sessions/provider-departure', { providerId })
  equal(sent.status, 200, sent.body)
  const cookies = new Map([['who', who]])
  let url = sent.json.url as string
  for (let hops = 0; !url.startsWith(`${house.settings.publicUrl}/`); hops += 1) {
    ok(hops < 8, url)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      cookies.set(name!, value!)
    }
    const location = answer.headers.get('location')
    ok(location, await answer.text())
    url = new URL(location, url).href
  }
  return { away: awayOf(sent.headers), query: new URL(url).search }
}

const arrive = ({ away, query }: { away: string; query: string }) =>
  post('/v1/sessions/provider-arrival', { query }, away)

const rolesOf = async (cookie: string) => {
  const self = await inSession(house, cookie, '/v1/self')
  equal(self.status, 200, self.body)
  return (self.json.grants as { actions: string[] }[]).flatMap(({ actions }) => actions)
}

/** The cookie of the session among those an answer sets. */
const sessionOf = (answer: TestAnswer) => {
  const line = answer.headers['set-cookie'] ?? ''
  return /__Host-holdfast=[A-Za-z0-9_-]{43}/.exec(line)![0]
}

test('somebody new comes in with the roles of their groups, and loses them with the group', async () => {
  known['ona'] = { email: 'Ona@Idp.example', groups: ['auditors'], amr: ['pwd', 'mfa'] }
  const providerId = await trust({
    name: 'Company',
    makesAccounts: true,
    groupRoles: { auditors: ['auditor'] },
  })
  const names = await house.request('/v1/sessions/providers')
  deepEqual(names.json.items, [{ providerId, name: 'Company' }])
  const first = await arrive(await goAndReturn(providerId, 'ona'))
  equal(first.status, 200, first.body)
  equal(first.json.assurance, 2)
  const cookie = sessionOf(first)
  const self = (await inSession(house, cookie, '/v1/self')).json
  deepEqual([self.name, self.email, self.secondSteps], ['Ona Other', 'ona@idp.example', []])
  ok((await rolesOf(cookie)).some((action) => action.startsWith('trail.')))

  known['ona'].groups = []
  const second = await arrive(await goAndReturn(providerId, 'ona'))
  deepEqual(await rolesOf(sessionOf(second)), [])
  deepEqual(await rolesOf(cookie), [], 'the session from before keeps the role')
  const own = (await inSession(house, sessionOf(second), '/v1/self')).json
  equal(own.id, self.id)
})

test('without a second factor at the provider it is half a session, and none where there is no own factor', async () => {
  known['pia'] = { email: 'pia@house.example', groups: [], amr: ['pwd'] }
  known['quo'] = { email: 'quo@house.example', groups: [], amr: ['pwd'] }
  await enrol(house, 'pia@house.example', ['auditor'])
  const providerId = await trust({ name: 'Weak', makesAccounts: true, linksByEmail: true })
  const half = await arrive(await goAndReturn(providerId, 'pia'))
  equal(half.json.assurance, 1, half.body)
  equal(
    told(await inSession(house, sessionOf(half), '/v1/self/factors')),
    '403 identity.second-factor-required',
  )
  equal(
    told(await arrive(await goAndReturn(providerId, 'quo'))),
    '401 identity.second-factor-at-provider',
  )
})

test('an address is taken for an account only where the provider may say so, and has verified it', async () => {
  await enrol(house, 'rob@house.example', ['administrator'])
  known['rob'] = { email: 'rob@house.example', groups: [], amr: ['mfa'] }
  known['fake'] = { email: 'rob@house.example', verified: false, groups: [], amr: ['mfa'] }
  const careful = await trust({ name: 'Careful', makesAccounts: true })
  equal(told(await arrive(await goAndReturn(careful, 'rob'))), '401 identity.provider-refused')
  const linking = await trust({ name: 'Linking', linksByEmail: true })
  equal(told(await arrive(await goAndReturn(linking, 'fake'))), '401 identity.provider-refused')
  const linked = await arrive(await goAndReturn(linking, 'rob'))
  equal(linked.status, 200, linked.body)
  const notices = (await inSession(house, sessionOf(linked), '/v1/self/notices')).json.items
  ok(notices.some(({ kind }: { kind: string }) => kind === 'provider-linked'))
})

test('an answer counts once, in the browser it was asked from, and only as it was asked for', async () => {
  house.setNow(new Date())
  known['sam'] = { email: 'sam@idp.example', groups: [], amr: ['mfa'] }
  const providerId = await trust({ name: 'Once', makesAccounts: true })
  const refused = async (shown: { away: string; query: string }, why: string) =>
    equal(told(await arrive(shown)), '401 identity.provider-refused', why)

  const mine = await goAndReturn(providerId, 'sam')
  const theirs = await goAndReturn(providerId, 'sam')
  // Login CSRF: an attacker's answer in the victim's browser, and the other way round.
  await refused({ away: theirs.away, query: mine.query }, 'another browser')
  const changed = (name: string, value: string) => {
    const query = new URLSearchParams(theirs.query)
    query.set(name, value)
    return { away: theirs.away, query: `?${query.toString()}` }
  }
  await refused(changed('state', 'x'.repeat(43)), 'another state')
  // Mix-up (RFC 9207): the answer names another issuer.
  await refused(changed('iss', 'https://evil.example'), 'another issuer')
  await refused(theirs, 'an attempt that was used up')
  const good = await goAndReturn(providerId, 'sam')
  equal((await arrive(good)).status, 200)
  await refused(good, 'a second time')
  const late = await goAndReturn(providerId, 'sam')
  house.setNow(new Date(Date.now() + 11 * 60_000))
  await refused(late, 'eleven minutes later')
  house.setNow(new Date())
})

test('a provider that is trusted no more opens nothing, and its secret is never shown', async () => {
  house.setNow(new Date(Date.now() + 30 * 60_000))
  known['tom'] = { email: 'tom@idp.example', groups: [], amr: ['mfa'] }
  ;({ cookie: administrator } = await enrol(house, 'second@house.example', ['administrator']))
  const providerId = await trust({ name: 'Gone', makesAccounts: true })
  const shown = await inSession(house, administrator, '/v1/providers')
  ok(!shown.body.includes(clientSecret))
  ok(shown.json.items.every(({ hasSecret }: { hasSecret: boolean }) => hasSecret))
  const under = await goAndReturn(providerId, 'tom')
  const gone = await inSession(house, administrator, `/v1/providers/${providerId}`, {
    method: 'DELETE',
  })
  equal(gone.status, 200)
  equal(told(await arrive(under)), '404 identity.unknown-provider')
  equal(
    told(await post('/v1/sessions/provider-departure', { providerId })),
    '404 identity.unknown-provider',
  )
})

test('whom a directory keeps comes in by its provider, with the groups it wrote and no others', async () => {
  house.setNow(new Date(Date.now() + 30 * 60_000))
  const providerId = await trust({
    name: 'Directed',
    makesAccounts: true,
    groupRoles: { ops: ['auditor'], claimed: ['security'] },
  })
  const { token, workloadId } = await house.act({ action: 'identity.test' }, async (act) => {
    const made = await createWorkload(act, { name: 'directory', environment: 'development' })
    const anywhere = { controllers: null, categories: null, purposes: null, expiresAt: null }
    await grantRole(act, { ...anywhere, actorId: made.workloadId, role: 'directory' })
    const expiresAt = new Date(act.now.getTime() + 3_600_000)
    return {
      ...made,
      ...(await issueCredential(act, made.workloadId, { label: 'one', expiresAt })),
    }
  })
  const named = await inSession(house, administrator, `/v1/providers/${providerId}/directory`, {
    method: 'PUT',
    json: { workloadId },
  })
  equal(named.status, 200, named.body)
  const urn = (name: string) => [`urn:ietf:params:scim:schemas:core:2.0:${name}`]
  const scim = (method: string, path: string, json: object) =>
    house.request(`/scim/v2${path}`, { method, token, json })
  const una = await scim('POST', '/Users', { schemas: urn('User'), userName: 'una@idp.example' })
  equal(una.status, 201, una.body)
  const members = [{ value: una.json.id }]
  await scim('POST', '/Groups', { schemas: urn('Group'), displayName: 'ops', members })
  known['una'] = { email: 'una@idp.example', groups: ['claimed'], amr: ['mfa'] }

  const first = await arrive(await goAndReturn(providerId, 'una'))
  equal(first.status, 200, first.body)
  const self = (await inSession(house, sessionOf(first), '/v1/self')).json
  equal(self.id, una.json.id, 'known by the verified address, though the terms link nobody else so')
  const held = await house.owner.rows<{ role: string }>({
    text: 'select role_name as role from identity.grant where actor_id = $1 and revoked_at is null',
    values: [self.id],
  })
  deepEqual(held, [{ role: 'auditor' }])

  const off = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', value: { active: false } }],
  }
  equal((await scim('PATCH', `/Users/${self.id}`, off)).status, 200)
  ok((await inSession(house, sessionOf(first), '/v1/self')).status >= 401)
  equal(told(await arrive(await goAndReturn(providerId, 'una'))), '401 identity.provider-refused')
})

test('terms that do not hold are refused, and a provider that is away is told', async () => {
  const add = (json: object) =>
    inSession(house, administrator, '/v1/providers', { method: 'POST', json })
  const terms = { name: 'X', issuer, clientId: 'holdfast' }
  equal(told(await add({ ...terms, issuer: 'http://10.0.0.1' })), '422 identity.provider-not-valid')
  equal(
    told(await add({ ...terms, groupRoles: { a: ['no-such-role'] } })),
    '404 identity.unknown-role',
  )
  const away = await add({ ...terms, name: 'Away', issuer: 'http://localhost:9' })
  equal(away.status, 200, away.body)
  equal(told(await add({ ...terms, name: 'away' })), '409 identity.provider-taken')
  equal(
    told(await post('/v1/sessions/provider-departure', { providerId: away.json.providerId })),
    '503 identity.provider-away',
  )
  const inside = await add({
    ...terms,
    name: 'Inside',
    issuer: issuer.replace('localhost', '127.0.0.1'),
  })
  equal(
    told(await post('/v1/sessions/provider-departure', { providerId: inside.json.providerId })),
    '503 identity.provider-closed',
  )
  match(told(await signIn(house, 'ona@idp.example')), /^401 identity\.sign-in-refused/)
  deepEqual(house.faults, [])
})
