import 'reflect-metadata'
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from 'node:crypto'
import { request as call } from 'node:https'
import { after, before, test } from 'node:test'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { exportJWK, SignJWT } from 'jose'
import { createRole, createWorkload, grantRole, openAuthority } from '#identity'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, type Enrolled, inSession, told } from './identity-people.ts'

const hour = 3_600_000
/** Certificates are judged by the clock of TLS, which is the machine's. */
const start = new Date(Math.floor(Date.now() / 1000) * 1000)
const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }
let house: TestHouse
let nadia: Enrolled
before(async () => {
  house = await openHouse({ listen: true, now: start, settings: { workloadPort: 0 } })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
  await house.act({ action: 'identity.test' }, (act) =>
    createRole(act, { name: 'lister', description: 'x', actions: ['identity.role.list'] }),
  )
})
after(() => house.close())

const byNadia = (path: string, json?: unknown, method = json === undefined ? 'GET' : 'POST') =>
  inSession(house, nadia.cookie, path, {
    method,
    ...(json === undefined ? {} : { json }),
  })

let made = 0
async function workload(): Promise<string> {
  made += 1
  return house.act({ action: 'identity.test' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: `workload ${made}` })
    await grantRole(act, { ...unconfined, actorId: workloadId, role: 'lister' })
    return workloadId
  })
}

interface Keyed {
  readonly id: string
  readonly keyId: string
  readonly key: KeyObject
}

async function keyed(): Promise<Keyed> {
  const id = await workload()
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const registered = await byNadia(`/v1/workloads/${id}/keys`, {
    label: 'main',
    jwk: await exportJWK(publicKey),
    expiresAt: new Date(start.getTime() + 300 * 24 * hour).toISOString(),
  })
  equal(registered.status, 200, registered.body)
  return { id, keyId: registered.json.keyId, key: privateKey }
}

const seconds = Math.floor(start.getTime() / 1000)

/** An assertion as RFC 7523 §3 wants it, and what a test spoils of it. */
async function assertion(
  { id, key }: Pick<Keyed, 'id' | 'key'>,
  spoil: Record<string, unknown> = {},
  alg = 'EdDSA',
): Promise<string> {
  const claims: Record<string, unknown> = {
    iss: id,
    sub: id,
    aud: house.settings.publicUrl,
    iat: seconds,
    exp: seconds + 60,
    jti: randomUUID(),
    ...spoil,
  }
  for (const [name, value] of Object.entries(claims)) if (value === undefined) delete claims[name]
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(key)
}

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const post = (parameters: Record<string, string> | string) =>
  house.request('/v1/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: typeof parameters === 'string' ? parameters : String(new URLSearchParams(parameters)),
  })

const exchange = (client_assertion: string, more: Record<string, string> = {}) =>
  post({
    grant_type: 'client_credentials',
    client_assertion_type: type,
    client_assertion,
    ...more,
  })

test('an assertion signed by a registered key gets a short token, once', async () => {
  const one = await keyed()
  const shown = await assertion(one)
  const answer = await exchange(shown, { unknown: 'ignored' })
  equal(answer.status, 200, answer.body)
  deepEqual([answer.json.token_type, answer.json.expires_in], ['Bearer', 600])
  equal(answer.headers['cache-control'], 'no-store')
  const token = answer.json.access_token
  equal((await house.request('/v1/roles', { token })).status, 200)
  const again = await exchange(shown)
  deepEqual([again.status, again.json.error], [401, 'invalid_client'], 'replayed')
  house.setNow(new Date(start.getTime() + 600_000))
  equal(told(await house.request('/v1/roles', { token })), '401 identity.credential-expired')
  house.setNow(start)
})

test('an assertion that is wrong in any one way gets nothing, and all ways sound the same', async () => {
  const one = await keyed()
  const other = await keyed()
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const hmac = new TextEncoder().encode('x'.repeat(32))
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
    JSON.stringify({
      iss: one.id,
      sub: one.id,
      aud: house.settings.publicUrl,
      exp: seconds + 60,
      jti: 'n',
    }),
  ).toString('base64url')}.`
  const wrong = {
    'no issuer': await assertion(one, { iss: undefined }),
    'another issuer': await assertion(one, { iss: other.id }),
    'another subject': await assertion(one, { sub: other.id }),
    'no audience': await assertion(one, { aud: undefined }),
    'another audience': await assertion(one, { aud: 'https://elsewhere.example' }),
    'two audiences': await assertion(one, {
      aud: [house.settings.publicUrl, 'https://elsewhere.example'],
    }),
    'no end': await assertion(one, { exp: undefined }),
    expired: await assertion(one, { exp: seconds - 60 }),
    'too long': await assertion(one, { exp: seconds + 3600 }),
    'not yet': await assertion(one, { nbf: seconds + 300 }),
    'from the future': await assertion(one, { iat: seconds + 300 }),
    'no id': await assertion(one, { jti: undefined }),
    'another key': await assertion({ id: one.id, key: other.key }),
    'another algorithm': await assertion({ id: one.id, key: rsa }, {}, 'RS256'),
    'no signature': none,
    'a shared secret': await new SignJWT({
      iss: one.id,
      sub: one.id,
      aud: house.settings.publicUrl,
      exp: seconds + 60,
      jti: 'h',
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(hmac),
    rubbish: 'a.b.c',
  }
  const heard = new Set<string>()
  for (const [what, shown] of Object.entries(wrong)) {
    const answer = await exchange(shown)
    deepEqual([answer.status, answer.json.error], [401, 'invalid_client'], what)
    heard.add(answer.body)
  }
  equal(heard.size, 1)
  const beside = await exchange(await assertion(one), { client_id: other.id })
  equal(beside.json.error, 'invalid_client', 'RFC 7523 §3: client_id beside must be the same')
  equal((await exchange(await assertion(one), { client_id: one.id })).status, 200)
  const endpoint = { aud: `${house.settings.publicUrl}/v1/token` }
  equal((await exchange(await assertion(one, endpoint))).status, 200, 'the endpoint itself')
})

test('a token request says what is wrong in the words of RFC 6749', async () => {
  const one = await keyed()
  const shown = await assertion(one)
  const of = async (parameters: Record<string, string> | string) => {
    const { status, json } = await post(parameters)
    return `${status} ${json.error}`
  }
  equal(await of({ client_assertion: shown }), '400 invalid_request')
  equal(await of({ grant_type: 'password' }), '400 unsupported_grant_type')
  equal(
    await of('grant_type=client_credentials&grant_type=client_credentials'),
    '400 invalid_request',
    'twice',
  )
  equal(await of({ grant_type: 'client_credentials' }), '400 invalid_request')
  equal(await of({ grant_type: 'client_credentials', client_id: one.id }), '401 invalid_client')
  equal(
    await of({ grant_type: 'client_credentials', client_assertion: shown, scope: 'all' }),
    '400 invalid_request',
  )
})

test('revoking a key revokes the tokens it got, and no private or weak key is taken', async () => {
  const one = await keyed()
  const { json } = await exchange(await assertion(one))
  equal((await house.request('/v1/roles', { token: json.access_token })).status, 200)
  equal((await byNadia(`/v1/workload-keys/${one.keyId}`, undefined, 'DELETE')).status, 200)
  equal(
    told(await house.request('/v1/roles', { token: json.access_token })),
    '401 identity.credential-revoked',
  )
  equal((await exchange(await assertion(one))).json.error, 'invalid_client')
  const register = async (jwk: object) =>
    told(
      await byNadia(`/v1/workloads/${one.id}/keys`, {
        label: 'bad',
        jwk,
        expiresAt: new Date(start.getTime() + hour).toISOString(),
      }),
    )
  equal(await register(await exportJWK(one.key)), '422 identity.key-not-valid', 'a private key')
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  equal(await register(await exportJWK(weak)), '422 identity.key-not-valid')
  const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey
  equal(await register(await exportJWK(curve)), '422 identity.key-not-valid')
})

interface Certified {
  readonly id: string
  readonly cert: string
  readonly key: string
  readonly certificateId: string
  readonly authority: string
}

async function requestFor(): Promise<{ csr: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=whatever the workload writes here',
    keys,
    signingAlgorithm: algorithm,
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`
  return { csr: csr.toString('pem'), key }
}

async function certified(hours = 24): Promise<Certified> {
  const id = await workload()
  const { csr, key } = await requestFor()
  const issued = await byNadia(`/v1/workloads/${id}/certificates`, { csr, hours })
  equal(issued.status, 200, issued.body)
  const { certificate: cert, certificateId, authority } = issued.json
  return { id, cert, key, certificateId, authority }
}

/** A request at the workloads' own door, as a workload with this certificate makes it. */
function knock(
  path: string,
  proof: { cert?: string; key?: string },
  init: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; json: any }> {
  return new Promise((resolve, reject) => {
    const request = call(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port: house.settings.workloadPort,
        ca: house.ca,
        agent: false,
        path,
        method: init.method ?? 'GET',
        headers: init.headers ?? {},
        ...proof,
      },
      (answer) => {
        let text = ''
        answer.on('data', (piece: Buffer) => (text += piece.toString()))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: JSON.parse(text) }))
        answer.on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(init.body)
  })
}

const code = ({ status, json }: { status: number; json: any }) =>
  json.code === undefined ? String(status) : `${status} ${json.code}`

test('a certificate names its workload, is for clients alone, and short', async () => {
  const { id, cert, authority } = await certified()
  const leaf = new X509Certificate(cert)
  const issuer = new X509Certificate(authority)
  ok(leaf.verify(issuer.publicKey) && leaf.checkIssued(issuer) && !leaf.ca && issuer.ca)
  equal(leaf.subject, `CN=${id}`, 'not what the request asked for')
  equal(leaf.subjectAltName, `URI:urn:uuid:${id}`)
  deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.2'])
  equal(leaf.validToDate.getTime(), start.getTime() + 24 * hour)
  equal(
    told(await byNadia(`/v1/workloads/${id}/certificates`, { csr: 'rubbish' })),
    '422 identity.csr-not-valid',
  )
  const { csr } = await requestFor()
  const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  der[der.length - 1]! ^= 1
  const spoilt = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`
  equal(
    told(await byNadia(`/v1/workloads/${id}/certificates`, { csr: spoilt })),
    '422 identity.csr-not-valid',
    'not signed by its own key',
  )
})

test('a workload comes in by its certificate, and without one of ours nobody gets through the handshake', async () => {
  const one = await certified()
  equal((await knock('/v1/roles', one)).status, 200)
  const self = await knock('/v1/self', one)
  deepEqual([self.json.kind, self.json.id], ['workload', one.id])
  equal(code(await knock('/v1/persons', one)), '403 identity.not-permitted')
  await knock('/v1/roles', {}).then(
    () => ok(false, 'came in without'),
    (error: Error) => match(error.message, /certificate required|ECONNRESET|socket hang up/),
  )
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const stranger = {
    cert: house.ca,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
  await knock('/v1/roles', stranger).then(
    () => ok(false, 'came in with another'),
    (error: Error) => ok(error.message.length > 0),
  )
  equal((await house.request('/v1/self')).status, 401, 'the other door asks nobody for one')
})

test('a revoked certificate is refused at once, and so is one of a locked workload', async () => {
  const person = await enrol(house, 'omar@customer.example', ['administrator'])
  const by = (path: string, json?: unknown, method = 'POST') =>
    inSession(house, person.cookie, path, { method, ...(json === undefined ? {} : { json }) })
  const issue = async () => {
    const id = await workload()
    const { csr, key } = await requestFor()
    const { json } = await by(`/v1/workloads/${id}/certificates`, { csr })
    return {
      id,
      key,
      cert: json.certificate as string,
      certificateId: json.certificateId as string,
    }
  }
  const one = await issue()
  equal((await knock('/v1/roles', one)).status, 200)
  equal((await by(`/v1/certificates/${one.certificateId}`, undefined, 'DELETE')).status, 200)
  equal(code(await knock('/v1/roles', one)), '401 identity.certificate-unknown')
  const two = await issue()
  equal((await knock('/v1/roles', two)).status, 200)
  const cut = await by('/v1/locks', { kind: 'workload', id: two.id, reason: 'seen elsewhere' })
  deepEqual(cut.json.credentials, [two.certificateId])
  equal(code(await knock('/v1/roles', two)), '403 identity.locked')

  const three = await issue()
  const { csr, key } = await requestFor()
  const headers = { 'content-type': 'application/json' }
  const renewed = await knock('/v1/self/certificate', three, {
    method: 'POST',
    headers,
    body: JSON.stringify({ csr }),
  })
  equal(renewed.status, 200, JSON.stringify(renewed.json))
  equal((await knock('/v1/roles', { cert: renewed.json.certificate, key })).status, 200)
  equal((await knock('/v1/roles', three)).status, 200, 'the old one goes on: nothing pauses')
  const makers = await house.owner.rows<{ madeBy: string }>({
    text: 'select made_by as "madeBy" from identity.certificate where workload_id = $1',
    values: [three.id],
  })
  deepEqual(
    makers.map(({ madeBy }) => madeBy),
    [person.personId, person.personId],
    'whoever had the first one made could have renewed it',
  )
  const bySecret = await by(`/v1/workloads/${three.id}/credentials`, {
    label: 's',
    expiresAt: new Date(Date.now() + hour).toISOString(),
  })
  const asked = await house.request('/v1/self/certificate', {
    method: 'POST',
    token: bySecret.json.token,
    json: { csr },
  })
  equal(told(asked), '403 identity.not-by-certificate')

  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const got = await knock('/v1/token', three, {
    method: 'POST',
    headers: form,
    body: `grant_type=client_credentials&client_id=${three.id}`,
  })
  equal(got.status, 200, JSON.stringify(got.json))
  const authorization = `Bearer ${got.json.access_token}`
  equal((await knock('/v1/roles', three, { headers: { authorization } })).status, 200)
  const stolen = await house.request('/v1/roles', { token: got.json.access_token })
  equal(told(stolen), '401 identity.certificate-bound', 'without the certificate it opens nothing')
  const beside = { cert: renewed.json.certificate, key }
  equal(
    code(await knock('/v1/roles', beside, { headers: { authorization } })),
    '401 identity.certificate-bound',
    'nor beside another, be it of the same workload',
  )
  const lost = await issue()
  const asIssued = await requestFor()
  const taken = await knock('/v1/self/certificate', lost, {
    method: 'POST',
    headers,
    body: JSON.stringify({ csr: asIssued.csr }),
  })
  const heir = { cert: taken.json.certificate, key: asIssued.key }
  const aside = await requestFor()
  for (const who of [heir, lost])
    equal(
      (
        await knock('/v1/self/certificate', who, {
          method: 'POST',
          headers,
          body: JSON.stringify({ csr: aside.csr }),
        })
      ).status,
      200,
    )
  equal((await knock('/v1/roles', heir)).status, 200)
  equal((await by(`/v1/certificates/${lost.certificateId}`, undefined, 'DELETE')).status, 200)
  equal(code(await knock('/v1/roles', heir)), '401 identity.certificate-unknown')
  const remaining = await by(`/v1/workloads/${lost.id}/certificates`, undefined, 'GET')
  deepEqual(
    remaining.json.items.map((one: { revokedAt?: string }) => one.revokedAt != null),
    [true, true, true, true],
    'with it goes whatever was had by it, for whoever stole it may have renewed it',
  )

  const foreign = await knock('/v1/token', three, {
    method: 'POST',
    headers: form,
    body: `grant_type=client_credentials&client_id=${two.id}`,
  })
  equal(foreign.json.error, 'invalid_client')
  const list = await by(`/v1/workloads/${three.id}/certificates`, undefined, 'GET')
  const der = new X509Certificate(three.cert).raw
  equal(
    list.json.items[0].fingerprint,
    createHash('sha256').update(der).digest('base64url'),
    'x5t#S256 of RFC 8705 §3.1',
  )

  const bound = await by(
    `/v1/workloads/${three.id}/bounds`,
    { networks: ['192.0.2.0/24'], purposes: null },
    'PUT',
  )
  equal(bound.status, 200)
  equal(code(await knock('/v1/roles', three)), '403 identity.outside-network')
  equal(
    told(
      await by(
        `/v1/workloads/${three.id}/bounds`,
        { networks: ['nowhere'], purposes: null },
        'PUT',
      ),
    ),
    '422 identity.network-not-valid',
  )

  const four = await workload()
  const first = await by(`/v1/workloads/${four}/credentials`, {
    label: 'rotated',
    expiresAt: new Date(Date.now() + hour).toISOString(),
  })
  const turned = await by(`/v1/credentials/${first.json.credentialId}/rotate`, {
    expiresAt: new Date(Date.now() + 2 * hour).toISOString(),
    overlapMinutes: 10,
  })
  equal(turned.status, 200, turned.body)
  for (const { token } of [first.json, turned.json])
    equal((await house.request('/v1/roles', { token })).status, 200, 'both, for a while')
  house.setNow(new Date(start.getTime() + 11 * 60_000))
  equal(
    told(await house.request('/v1/roles', { token: first.json.token })),
    '401 identity.credential-expired',
  )
  equal((await house.request('/v1/roles', { token: turned.json.token })).status, 200)
  deepEqual(house.faults, [])
})

test('the next authority is made, trusted and used while the door stands open, beside the one before', async () => {
  house.setNow(start)
  const admin = await enrol(house, 'rosa@customer.example', ['administrator'])
  const issue = async () => {
    const { csr, key } = await requestFor()
    const path = `/v1/workloads/${await workload()}/certificates`
    const { json } = await inSession(house, admin.cookie, path, { method: 'POST', json: { csr } })
    return { key, cert: json.certificate as string, authority: json.authority as string }
  }
  const passes = (who: { key: string; cert: string }) =>
    knock('/v1/roles', who).then(
      ({ status }) => String(status),
      () => 'no handshake',
    )
  const turn = (text: string) => house.owner.run({ text })
  const before = await issue()
  equal(await passes(before), '200')

  await turn(`update identity.client_authority set expires_at = now() + interval '100 days'`)
  await house.act({ action: 'identity.renew-authority' }, (act) => openAuthority(act))
  const meanwhile = await issue()
  equal(meanwhile.authority, before.authority, 'what no listener trusts yet signs nothing')
  equal(await passes(meanwhile), '200')

  await turn(`update identity.client_authority set created_at = created_at - interval '2 hours'`)
  const next = await issue()
  ok(next.authority !== before.authority, 'an hour later the new one signs')
  equal(await passes(next), 'no handshake', 'a door that has not looked does not trust it')
  await house.trustAuthorities()
  deepEqual(await Promise.all([before, meanwhile, next].map(passes)), ['200', '200', '200'])

  const name = new X509Certificate(before.authority).fingerprint256
  const rows = await house.owner.rows<{ id: string; certificate: string }>({
    text: 'select id, certificate from identity.client_authority',
  })
  equal(rows.length, 2)
  const old = rows.find((row) => new X509Certificate(row.certificate).fingerprint256 === name)!
  await turn(
    `update identity.client_authority set created_at = '2020-01-01', expires_at = '2020-01-02' where id = '${old.id}'`,
  )
  await house.trustAuthorities()
  deepEqual(await Promise.all([before, next].map(passes)), ['no handshake', '200'])
  deepEqual(house.faults, [])
})
