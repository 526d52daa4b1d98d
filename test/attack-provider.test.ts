import { deepEqual, equal, ok } from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { limits } from '#gate'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'
import { enrol, inSession, told } from './identity-people.ts'

// A provider that lies, and people who bring its answers where they do not belong. The provider of
// these tests is a few lines of its own: a real one cannot be made to sign a wrong token.

let house: TestHouse
let administrator: string
let idp: Server
let other: Server
let issuer: string
let otherIssuer: string

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const strangeKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const clientSecret = 'a secret of the client, which is a key where somebody confuses the two'

/** What the provider will answer next at its token door, made of what it was asked at its front door. */
let idToken: (asked: URLSearchParams) => Promise<string>
/** What the token door was last asked with. */
let exchanged: URLSearchParams

const publicJwk = (key: KeyObject) => ({
  ...key.export({ format: 'jwk' }),
  kid: 'one',
  alg: 'ES256',
})

async function open(describe: (own: string) => object): Promise<{ server: Server; own: string }> {
  const server = createServer((request, response) => {
    const answer = (body: object) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration') return answer(describe(own))
    if (request.url === '/jwks') return answer({ keys: [publicJwk(keys.publicKey)] })
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      exchanged = new URLSearchParams(Buffer.concat(pieces).toString())
      const asked = new URLSearchParams(
        Buffer.from(exchanged.get('code') ?? '', 'base64url').toString(),
      )
      void idToken(asked).then((token) =>
        answer({ access_token: 'x', token_type: 'Bearer', id_token: token }),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = `http://localhost:${(server.address() as AddressInfo).port}`
  return { server, own }
}

const description = (own: string) => ({
  issuer: own,
  authorization_endpoint: `${own}/auth`,
  token_endpoint: `${own}/token`,
  jwks_uri: `${own}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  authorization_response_iss_parameter_supported: true,
})

before(async () => {
  const generous = { ...limits.open, perSecond: 1000, burst: 4000 }
  house = await openHouse({
    listen: true,
    settings: { environment: 'development', privateDestinations: 'localhost' },
    limits: { ...limits, open: generous },
  })
  ;({ cookie: administrator } = await enrol(house, 'root@house.example', ['administrator']))
  ;({ server: idp, own: issuer } = await open(description))
  ;({ server: other, own: otherIssuer } = await open(description))
})
after(async () => {
  idp.close()
  other.close()
  await house.close()
})

async function trust(terms: object): Promise<string> {
  const added = await inSession(house, administrator, '/v1/providers', {
    method: 'POST',
    json: { issuer, clientId: 'holdfast', clientSecret, makesAccounts: true, ...terms },
  })
  equal(added.status, 200, added.body)
  return added.json.providerId
}

/** What was counted against this address is let go: the limit of attempts is not what is tried here. */
const rest = () => house.owner.run({ text: 'delete from identity.throttle' })

interface Sent {
  readonly away: string
  readonly asked: URLSearchParams
}

/** A browser that leaves for the provider. */
async function depart(providerId: string, more: object = {}): Promise<Sent> {
  await rest()
  const sent = await house.request('/v1/sessions/provider-departure', {
    method: 'POST',
    json: { providerId, ...more },
  })
  equal(sent.status, 200, sent.body)
  const away = /__Host-holdfast-away=[A-Za-z0-9_-]{43}/.exec(sent.headers['set-cookie'] ?? '')![0]
  return { away, asked: new URL(sent.json.url).searchParams }
}

/** And comes back with a code, as the provider's redirect would have it. */
const arrive = (
  { away, asked }: Sent,
  change: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
) => {
  const back = {
    code: Buffer.from(asked.toString()).toString('base64url'),
    state: asked.get('state')!,
    iss: issuer,
    ...change,
  }
  return house.request('/v1/sessions/provider-arrival', {
    method: 'POST',
    headers: { cookie: away, 'holdfast-request': '1' },
    json: { query: `?${new URLSearchParams(back).toString()}`, ...more },
  })
}

/** What a good ID token says of somebody. */
const good = (asked: URLSearchParams, sub: string, change: JWTPayload = {}): JWTPayload => {
  const now = Math.floor(house.world.now().getTime() / 1000)
  return {
    iss: issuer,
    aud: 'holdfast',
    sub,
    iat: now,
    exp: now + 60,
    nonce: asked.get('nonce')!,
    email: `${sub}@idp.example`,
    email_verified: true,
    name: 'Ona Other',
    amr: ['mfa'],
    ...change,
  }
}
const signed = (claims: JWTPayload, key = keys.privateKey, header: object = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key)

const sessionOf = ({ headers }: TestAnswer) =>
  /__Host-holdfast=[A-Za-z0-9_-]{43}/.exec(headers['set-cookie'] ?? '')?.[0]

test('an ID token that is wrong in any one way opens nothing, and all ways sound the same', async () => {
  const providerId = await trust({ name: 'Liar' })
  const seconds = () => Math.floor(house.world.now().getTime() / 1000)
  const ways: Record<string, (asked: URLSearchParams) => Promise<string>> = {
    'signed by a stranger': (asked) => signed(good(asked, 'eve'), strangeKeys.privateKey),
    'signed by a key it brings along': (asked) =>
      signed(good(asked, 'eve'), strangeKeys.privateKey, {
        jwk: publicJwk(strangeKeys.publicKey),
        jku: `${otherIssuer}/jwks`,
      }),
    'not signed': async (asked) => new UnsecuredJWT(good(asked, 'eve')).encode(),
    'signed with the client secret as a key': (asked) =>
      new SignJWT(good(asked, 'eve'))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(createHash('sha256').update(clientSecret).digest()),
    'changed after it was signed': async (asked) => {
      const [header, , signature] = (await signed(good(asked, 'eve'))).split('.')
      const changed = JSON.stringify(good(asked, 'root'))
      return `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`
    },
    'meant for another client': (asked) => signed(good(asked, 'eve', { aud: 'another' })),
    'of another issuer': (asked) => signed(good(asked, 'eve', { iss: otherIssuer })),
    'that ran out': (asked) =>
      signed(good(asked, 'eve', { iat: seconds() - 900, exp: seconds() - 600 })),
    'of another sign-in': (asked) => signed(good(asked, 'eve', { nonce: 'another' })),
    'without a nonce': (asked) => {
      const { nonce: _, ...claims } = good(asked, 'eve')
      return signed(claims)
    },
  }
  for (const [how, make] of Object.entries(ways)) {
    idToken = make
    const answer = await arrive(await depart(providerId))
    equal(told(answer), '401 identity.provider-refused', how)
    equal(sessionOf(answer), undefined, how)
  }
  idToken = (asked) => signed(good(asked, 'eve'))
  equal((await arrive(await depart(providerId))).status, 200, 'the same, with nothing wrong')
  const codes = await house.owner.rows<{ n: number }>({
    text: `select count(*)::int as n from trail.entry where action = 'identity.session.open'
           and outcome = 'refused'`,
  })
  equal(codes[0]!.n, Object.keys(ways).length)
})

test('a description that names another issuer than the one trusted is not taken', async () => {
  const { server, own } = await open((at) => ({ ...description(at), issuer }))
  try {
    const providerId = await trust({ name: 'Impostor', issuer: own })
    const sent = await house.request('/v1/sessions/provider-departure', {
      method: 'POST',
      json: { providerId },
    })
    equal(told(sent), '503 identity.provider-away')
  } finally {
    server.close()
  }
})

test('a description does not lead the house to its neighbours, under any name of theirs', async () => {
  const inside = (at: string) => at.replace('localhost', '127.0.0.1')
  const { server, own } = await open((at) => ({
    ...description(at),
    token_endpoint: `${inside(at)}/token`,
  }))
  try {
    const sent = await depart(await trust({ name: 'Guide', issuer: own }))
    const before = exchanged
    equal(told(await arrive(sent, { iss: own })), '401 identity.provider-refused')
    equal(exchanged, before, 'nothing was asked there')
  } finally {
    server.close()
  }
})

test('the same subject at two providers is two people', async () => {
  const first = await trust({ name: 'First' })
  const second = await trust({ name: 'Second', issuer: otherIssuer })
  idToken = (asked) => signed(good(asked, 'mallory', { email: 'mallory@first.example' }))
  const one = await arrive(await depart(first))
  equal(one.status, 200, one.body)
  idToken = (asked) =>
    signed(good(asked, 'mallory', { iss: otherIssuer, email: 'mallory@second.example' }))
  const two = await arrive(await depart(second), { iss: otherIssuer })
  equal(two.status, 200, two.body)
  const idOf = async (answer: TestAnswer) =>
    (await inSession(house, sessionOf(answer)!, '/v1/self')).json.id as string
  ok((await idOf(one)) !== (await idOf(two)))
})

test('each departure has a state, a nonce and a proof key of its own, and asks for no more than it needs', async () => {
  const providerId = await trust({ name: 'Careful' })
  const [one, two] = [await depart(providerId), await depart(providerId)]
  for (const name of ['state', 'nonce', 'code_challenge']) {
    ok((one.asked.get(name) ?? '').length >= 43, name)
    ok(one.asked.get(name) !== two.asked.get(name), name)
  }
  equal(one.asked.get('code_challenge_method'), 'S256')
  equal(one.asked.get('response_type'), 'code')
  equal(one.asked.get('scope'), 'openid email profile')
  idToken = (asked) => signed(good(asked, 'pkce'))
  equal((await arrive(one)).status, 200)
  const challenge = createHash('sha256').update(exchanged.get('code_verifier')!).digest('base64url')
  equal(challenge, one.asked.get('code_challenge'))
})

test('nothing the browser says moves where it is sent back to', async () => {
  const providerId = await trust({ name: 'Straight' })
  const back = `${house.settings.publicUrl}/sign-in/back`
  const headers = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    origin: 'https://evil.example',
  }
  for (const [json, more] of [
    [{ providerId }, {}],
    [{ providerId }, headers],
    [{ providerId, redirect_uri: 'https://evil.example', returnTo: 'https://evil.example' }, {}],
  ] as const) {
    const sent = await house.request('/v1/sessions/provider-departure', {
      method: 'POST',
      headers: more,
      json,
    })
    if (sent.status === 400) continue
    equal(sent.status, 200, sent.body)
    const url = new URL(sent.json.url)
    equal(url.origin, issuer)
    equal(url.searchParams.get('redirect_uri'), back)
  }
})

test('an answer of a sign-in that nobody here began opens nothing', async () => {
  const providerId = await trust({ name: 'Unasked' })
  idToken = (asked) => signed(good(asked, 'victim'))
  const begun = await depart(providerId)
  const unasked = { ...begun, away: `__Host-holdfast-away=${'A'.repeat(43)}` }
  equal(told(await arrive(unasked)), '401 identity.provider-refused')
  // No page of elsewhere can bring an answer either: without our header a cookie does nothing.
  const query = `?${new URLSearchParams({ code: 'x', state: begun.asked.get('state')!, iss: issuer }).toString()}`
  const foreign = await house.request('/v1/sessions/provider-arrival', {
    method: 'POST',
    headers: { cookie: begun.away, origin: 'https://evil.example' },
    json: { query },
  })
  equal(told(foreign), '403 gate.cross-site')
})

test('a session by a provider is as fresh as the sign-in there, and changes no factor when that was long ago', async () => {
  const providerId = await trust({ name: 'Hours ago', strongAcr: ['gold'] })
  const seconds = Math.floor(house.world.now().getTime() / 1000)
  const came = async (sub: string, change: JWTPayload, strong = false) => {
    idToken = (asked) => signed(good(asked, sub, change))
    const answer = await arrive(await depart(providerId, strong ? { strong } : {}))
    equal(answer.status, 200, answer.body)
    const cookie = sessionOf(answer)!
    const change1 = await inSession(house, cookie, '/v1/self/recovery-codes', { method: 'POST' })
    return [answer.json.assurance, told(change1)]
  }
  deepEqual(await came('ann', { auth_time: seconds - 60 }), [2, '200'])
  deepEqual(await came('ben', { auth_time: seconds - 3600 }), [
    2,
    '403 identity.fresh-factor-required',
  ])
  deepEqual(await came('cid', {}), [2, '403 identity.fresh-factor-required'], 'nobody says when')
  deepEqual(await came('cid', {}, true), [2, '200'], 'asked for anew')
  deepEqual(
    await came('cid', { auth_time: seconds - 3600 }, true),
    [2, '403 identity.fresh-factor-required'],
    'asked for anew, and not shown anew',
  )
  const { asked } = await depart(providerId, { strong: true })
  deepEqual(
    [asked.get('prompt'), asked.get('acr_values'), asked.get('max_age')],
    ['login', 'gold', '43200'],
  )
})

test('a sign-in at the provider of yesterday, or without the strength asked for, is no second factor', async () => {
  const providerId = await trust({ name: 'Weak', linksByEmail: true, strongAcr: ['gold'] })
  const seconds = Math.floor(house.world.now().getTime() / 1000)
  const { email } = await enrol(house, 'dora@house.example', ['administrator'])
  const half = async (change: JWTPayload) => {
    idToken = (asked) => signed(good(asked, 'dora', { email, ...change }))
    const answer = await arrive(await depart(providerId, { strong: true }))
    equal(answer.status, 200, answer.body)
    equal(answer.json.assurance, 1)
    equal(
      told(await inSession(house, sessionOf(answer)!, '/v1/persons')),
      '403 identity.second-factor-required',
    )
  }
  await half({ amr: ['pwd'], acr: 'silver' })
  await half({ amr: 'mfa', acr: ['gold'] })
  await half({ auth_time: seconds - 13 * 3600 })
  deepEqual(house.faults, [])
})
