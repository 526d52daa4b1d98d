import 'reflect-metadata'
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { fork } from 'node:child_process'
import { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { X509CertificateGenerator } from '@peculiar/x509'
import { SignedXml } from 'xml-crypto'
import { limits, type Limits } from '#gate'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'
import { enrol, inSession, told } from './identity-people.ts'

// An identity provider in this process that signs assertions, as an honest one does and as attackers would.

const entityId = 'urn:idp.example:saml'
const ours = 'https://holdfast.example'
const [exclusive, enveloped] = [
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
]
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

interface Signer {
  readonly key: string
  readonly certificate: string
}

const everyLimit = Object.fromEntries(
  Object.entries(limits).map(([name, limit]) => [name, { ...limit, burst: 1e6, perSecond: 1e5 }]),
) as unknown as Limits

let house: TestHouse
let administrator: string
let idp: Signer
let stranger: Signer

before(async () => {
  house = await openHouse({ listen: true, limits: everyLimit })
  ;({ cookie: administrator } = await enrol(house, 'root@house.example', ['administrator']))
  idp = await signer('CN=idp')
  stranger = await signer('CN=stranger')
})
after(() => house.close())

async function signer(name: string): Promise<Signer> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys: keys as never,
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const body = der.toString('base64').replace(/.{64}/g, '$&\n')
  const key = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`
  return { key, certificate: made.toString('pem') }
}

async function trust(terms: object = {}): Promise<string> {
  const added = await inSession(house, administrator, '/v1/providers', {
    method: 'POST',
    json: {
      kind: 'saml',
      issuer: entityId,
      clientId: ours,
      entryPoint: 'https://idp.example/sso?tenant=1',
      certificates: idp.certificate,
      strongAcr: ['urn:strong'],
      groupRoles: { auditors: ['auditor'] },
      ...terms,
    },
  })
  equal(added.status, 200, added.body)
  return added.json.providerId
}

/** A browser that was sent away, with what its provider was asked. */
interface Away {
  readonly cookie: string
  readonly state: string
  readonly requestId: string
  readonly acs: string
  readonly request: string
}

async function depart(providerId: string, strong = false): Promise<Away> {
  const sent = await house.request('/v1/sessions/provider-departure', {
    method: 'POST',
    json: { providerId, strong },
  })
  equal(sent.status, 200, sent.body)
  const url = new URL(sent.json.url as string)
  deepEqual(
    [url.origin + url.pathname, url.searchParams.get('tenant')],
    ['https://idp.example/sso', '1'],
  )
  const request = inflateRawSync(
    Buffer.from(url.searchParams.get('SAMLRequest')!, 'base64'),
  ).toString()
  return {
    cookie: /__Host-holdfast-away=[A-Za-z0-9_-]{43}/.exec(sent.headers['set-cookie'] ?? '')![0],
    state: url.searchParams.get('RelayState')!,
    requestId: / ID="([^"]+)"/.exec(request)![1]!,
    acs: /AssertionConsumerServiceURL="([^"]+)"/.exec(request)![1]!,
    request,
  }
}

interface Said {
  readonly email?: string
  readonly nameId?: string
  readonly groups?: readonly string[]
  readonly acr?: string
  readonly issuer?: string
  readonly audience?: string | null
  readonly recipient?: string
  readonly inResponseTo?: string | null
  readonly until?: number
  readonly authenticatedAt?: number
}

let number = 0
const at = (ms: number) => new Date(Date.now() + ms).toISOString()

function assertion(away: Away, said: Said): string {
  number += 1
  // Somebody new each time: whoever the attack lets in would get an account.
  const {
    email = `person${number}@idp.example`,
    nameId = email,
    groups = [],
    acr = 'urn:strong',
  } = said
  const until = at(said.until ?? 300_000)
  const to = said.inResponseTo === undefined ? away.requestId : said.inResponseTo
  const audience = said.audience === undefined ? ours : said.audience
  const attribute = (name: string, values: readonly string[]) =>
    values.length === 0
      ? ''
      : `<saml:Attribute Name="${name}">${values.map((v) => `<saml:AttributeValue>${v}</saml:AttributeValue>`).join('')}</saml:Attribute>`
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a${number}" Version="2.0" IssueInstant="${at(0)}"><saml:Issuer>${said.issuer ?? entityId}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${said.recipient ?? away.acs}"${to === null ? '' : ` InResponseTo="${to}"`}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${at(-60_000)}" NotOnOrAfter="${until}">${audience === null ? '' : `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`}</saml:Conditions><saml:AuthnStatement AuthnInstant="${at(said.authenticatedAt ?? 0)}"><saml:AuthnContext><saml:AuthnContextClassRef>${acr}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${attribute('email', [email])}${attribute('name', ['Ona Other'])}${attribute('groups', groups)}</saml:AttributeStatement></saml:Assertion>`
}

const response = (away: Away, inside: string, more = '') =>
  `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r${number}" Version="2.0" IssueInstant="${at(0)}" Destination="${away.acs}" InResponseTo="${away.requestId}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${entityId}</saml:Issuer>${more}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${inside}</samlp:Response>`

function signed(
  xml: string,
  { by = idp, what = 'Assertion', algorithm = rsaSha256, digest = sha256 } = {},
): string {
  const signature = new SignedXml({
    privateKey: by.key,
    publicCert: by.certificate,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: exclusive,
  })
  const xpath = `//*[local-name(.)='${what}']`
  signature.addReference({ xpath, digestAlgorithm: digest, transforms: [enveloped, exclusive] })
  signature.computeSignature(xml, {
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  })
  return signature.getSignedXml()
}

/** The provider's page posts, as a browser sends it from elsewhere; then our own page comes for it. */
async function back(away: Away, xml: string, cookie = away.cookie): Promise<TestAnswer> {
  const posted = await house.request('/v1/sessions/saml', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://idp.example',
      'sec-fetch-site': 'cross-site',
    },
    body: new URLSearchParams({
      SAMLResponse: Buffer.from(xml).toString('base64'),
      RelayState: away.state,
    }).toString(),
  })
  equal(posted.status, 303, posted.body)
  const location = posted.headers['location']!
  match(location, /^\/sign-in\/back\?state=[A-Za-z0-9_-]{43}$/)
  return house.request('/v1/sessions/provider-arrival', {
    method: 'POST',
    json: { query: location.slice('/sign-in/back'.length) },
    headers: { cookie, 'holdfast-request': '1' },
  })
}

const good = (away: Away, said: Said = {}) => signed(response(away, assertion(away, said)))
const sessionOf = ({ headers }: TestAnswer) =>
  /__Host-holdfast=[A-Za-z0-9_-]{43}/.exec(headers['set-cookie'] ?? '')![0]
const refused = '401 identity.provider-refused'

test('somebody comes in by a signed assertion, with the roles of their groups, and loses them with the group', async () => {
  const providerId = await trust({ name: 'Company', makesAccounts: true })
  const names = await house.request('/v1/sessions/providers')
  deepEqual(names.json.items, [{ providerId, name: 'Company' }])
  const away = await depart(providerId)
  equal(away.acs, `${house.settings.publicUrl}/v1/sessions/saml`)
  match(away.request, /<saml:Issuer[^>]*>https:\/\/holdfast\.example<\/saml:Issuer>/)
  ok(!away.request.includes('ForceAuthn'))
  const first = await back(
    away,
    good(away, { email: 'ona@idp.example', groups: ['auditors', 'others'] }),
  )
  equal(first.status, 200, first.body)
  equal(first.json.assurance, 2)
  const self = (await inSession(house, sessionOf(first), '/v1/self')).json
  deepEqual([self.name, self.email, self.grants.length], ['Ona Other', 'ona@idp.example', 1])
  const anew = await depart(providerId, true)
  match(anew.request, /ForceAuthn="true"[\s\S]*<saml:AuthnContextClassRef[^>]*>urn:strong</)
  const second = await back(anew, good(anew, { email: 'ona@idp.example' }))
  deepEqual((await inSession(house, sessionOf(second), '/v1/self')).json.grants, [])
  const shown = (await inSession(house, administrator, '/v1/providers')).json.items[0]
  deepEqual(
    [shown.kind, shown.entryPoint, shown.emailAttribute],
    ['saml', 'https://idp.example/sso?tenant=1', 'email'],
  )
})

test('it counts as two factors only by a context the terms name, and by one that is not stale', async () => {
  const providerId = await trust({ name: 'Weak', makesAccounts: true })
  const weak = async (said: Said) => {
    const away = await depart(providerId)
    return told(await back(away, good(away, { email: 'quo@idp.example', ...said })))
  }
  equal(
    await weak({ acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password' }),
    '401 identity.second-factor-at-provider',
  )
  equal(await weak({ authenticatedAt: -13 * 3_600_000 }), '401 identity.second-factor-at-provider')
  equal(await weak({}), '200')
})

test('an assertion that is wrong in any one way opens nothing', async () => {
  const providerId = await trust({ name: 'Strict', makesAccounts: true })
  const tries: Readonly<Record<string, (away: Away) => string>> = {
    'not signed': (away) => response(away, assertion(away, {})),
    'signed by somebody else': (away) =>
      signed(response(away, assertion(away, {})), { by: stranger }),
    'only the response is signed': (away) =>
      signed(response(away, assertion(away, {})), { what: 'Response' }),
    'changed after it was signed': (away) =>
      good(away).replace('</saml:NameID>', 'x</saml:NameID>'),
    'signed with SHA-1': (away) =>
      signed(response(away, assertion(away, {})), {
        algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
        digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
      }),
    'for another audience': (away) => good(away, { audience: 'https://other.example' }),
    'for no audience': (away) => good(away, { audience: null }),
    'for another recipient': (away) => good(away, { recipient: 'https://other.example/acs' }),
    'by another issuer': (away) => good(away, { issuer: 'urn:other' }),
    expired: (away) => good(away, { until: -120_000 }),
    'an answer to another request': (away) => good(away, { inResponseTo: '_other' }),
    'an answer to no request, in one to ours': (away) => good(away, { inResponseTo: null }),
    'a response to another request': (away) => good({ ...away, requestId: '_other' }),
    'with a comment in a name': (away) => good(away, { nameId: 'root<!-- -->.evil.example' }),
    'with a document type': (away) => `<!DOCTYPE r [<!ENTITY e "x">]>${good(away)}`,
    'no XML': () => 'nothing',
    'no assertion': (away) => response(away, ''),
  }
  for (const [what, make] of Object.entries(tries)) {
    const away = await depart(providerId)
    equal(told(await back(away, make(away))), refused, what)
    await house.owner.run({ text: 'delete from identity.throttle' })
  }
  const away = await depart(providerId)
  equal(told(await back(away, good(away))), '200', 'and one that is right does')
})

test('signature wrapping: a forged assertion beside, around or inside the signed one opens nothing', async () => {
  const providerId = await trust({ name: 'Wrapped', makesAccounts: true })
  const forged = (away: Away) => assertion(away, {})
  const whole = /<saml:Assertion [\s\S]*<\/saml:Assertion>/
  const signature = /<Signature [\s\S]*<\/Signature>/
  const tries: Readonly<Record<string, (away: Away, xml: string) => string>> = {
    'forged first, signed beside': (away, xml) => xml.replace(whole, (a) => forged(away) + a),
    'signed first, forged beside': (away, xml) => xml.replace(whole, (a) => a + forged(away)),
    'signed inside extensions': (away, xml) => {
      const original = whole.exec(xml)![0]
      return response(away, forged(away), `<samlp:Extensions>${original}</samlp:Extensions>`)
    },
    'signed inside the forged': (away, xml) => {
      const original = whole.exec(xml)![0]
      return response(away, forged(away).replace('</saml:Issuer>', `</saml:Issuer>${original}`))
    },
    'the original inside the signature of the forged': (away, xml) => {
      const original = whole.exec(xml)![0]
      const bare = original.replace(signature, '')
      const wrapped = signature
        .exec(original)![0]
        .replace('</Signature>', `<Object>${bare}</Object></Signature>`)
      return response(away, forged(away).replace('</saml:Issuer>', `</saml:Issuer>${wrapped}`))
    },
    'the forged under the id of the signed': (away, xml) => {
      const original = whole.exec(xml)![0]
      const id = / ID="([^"]+)"/.exec(original)![1]!
      return xml.replace(whole, () => forged(away).replace(/ ID="[^"]+"/, ` ID="${id}"`) + original)
    },
  }
  for (const [what, make] of Object.entries(tries)) {
    const away = await depart(providerId)
    equal(told(await back(away, make(away, good(away)))), refused, what)
    await house.owner.run({ text: 'delete from identity.throttle' })
  }
  const away = await depart(providerId)
  equal(told(await back(away, good(away))), '200', 'and one that is right does')
})

test('an answer counts once, in the browser it was asked from', async () => {
  const providerId = await trust({ name: 'Once', makesAccounts: true })
  const mine = await depart(providerId)
  const theirs = await depart(providerId)
  const answer = good(mine)
  equal(told(await back(mine, answer, theirs.cookie)), refused, 'login CSRF: another browser')
  const again = await depart(providerId)
  equal(told(await back(again, answer)), refused, 'replayed into another attempt')
  const own = await depart(providerId)
  const once = good(own)
  equal((await back(own, once)).status, 200)
  equal(told(await back(own, once)), refused, 'replayed')
  const first = await depart(providerId)
  await back(first, 'posted by an attacker who saw the state', theirs.cookie)
  equal(told(await back(first, good(first))), refused, 'what was posted first is what counts')
  // Nobody who is signed in acts by what a page elsewhere posts.
  const posted = await house.request('/v1/sessions/saml', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: administrator,
      origin: 'https://evil.example',
    },
    body: 'SAMLResponse=x&RelayState=y',
  })
  equal(posted.status, 303)
  const [entry] = await house.owner.rows<{ kind: string }>({
    text: `select actor_kind as kind from trail.entry where action = 'identity.session.answer' order by id desc limit 1`,
  })
  equal(entry?.kind, 'anonymous')
})

test('terms that do not hold are refused', async () => {
  const add = async (terms: object) =>
    told(
      await inSession(house, administrator, '/v1/providers', {
        method: 'POST',
        json: { kind: 'saml', name: 'X', issuer: entityId, clientId: ours, ...terms },
      }),
    )
  const whole = { entryPoint: 'https://idp.example/sso', certificates: idp.certificate }
  for (const terms of [
    {},
    { ...whole, entryPoint: 'http://idp.example/sso' },
    { ...whole, certificates: 'none' },
    { ...whole, certificates: `${idp.certificate}\nand more` },
    { ...whole, certificates: idp.certificate.replace(/[A-Za-z]{20}/, 'A'.repeat(20)) },
  ])
    equal(await add(terms), '422 identity.provider-not-valid')
  equal(
    await add({ ...whole, certificates: `${idp.certificate}\n${stranger.certificate}` }),
    '200',
    'while a key turns, both count',
  )
  deepEqual(house.faults, [])
})

test('where the optional package is not installed, each door of SAML says so and everything else goes on', async () => {
  const child = fork(join(import.meta.dirname, 'without-saml-process.ts'), [idp.certificate], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended: ${code}`)))
  ended.catch(() => {})
  const [{ sentence, ...answers }] = await Promise.race([once(child, 'message'), ended])
  child.disconnect()
  match(sentence, /optional package @node-saml\/node-saml, which is not installed/)
  deepEqual(answers, {
    refused: '501 identity.saml-not-installed',
    added: '200',
    departed: '501 identity.saml-not-installed',
    arrived: '401 identity.provider-refused',
    listed: '200',
    signedIn: '200',
    removed: '200',
    faults: [],
  })
})
