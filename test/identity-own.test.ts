import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { Authenticator } from './identity-authenticator.ts'
import { codeAt, cookieOf, enrol, inSession, password, signIn, told } from './identity-people.ts'

let now = new Date()
let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true, now })
})
/** Attempts count for a quarter of an hour, and a code of the app counts once. */
const advance = (ms: number) => house.setNow((now = new Date(now.getTime() + ms)))
after(() => house.close())

const next = 'lantern orbit mustard sixteen'
const notices = async (cookie: string) =>
  (await inSession(house, cookie, '/v1/self/notices')).json.items as { kind: string }[]
const whole = async (email: string, secret: string, given = password, agent?: string) => {
  advance(60_000)
  const half = await house.request('/v1/sessions', {
    method: 'POST',
    json: { email, password: given },
    ...(agent === undefined ? {} : { headers: { 'user-agent': agent } }),
  })
  equal(half.status, 200, half.body)
  const done = await house.request('/v1/sessions/second-factor', {
    method: 'POST',
    headers: {
      cookie: cookieOf(half),
      'holdfast-request': '1',
      ...(agent === undefined ? {} : { 'user-agent': agent }),
    },
    json: { totpCode: codeAt(secret, house.world.now()) },
  })
  equal(done.status, 200, done.body)
  return cookieOf(done)
}

test('a new password needs the present one, ends the other sessions and tells its owner', async () => {
  const { email, secret, cookie } = await enrol(house, 'ada@house.example', ['administrator'])
  const other = await whole(email, secret)
  const change = (current: string, wanted: string) =>
    inSession(house, cookie, '/v1/self/password', {
      method: 'PUT',
      json: { current, next: wanted },
    })
  equal(told(await change('not my password', next)), '403 identity.password-wrong')
  equal(told(await change(password, 'short')), '422 identity.password-weak')
  equal(told(await change(password, 'ada@house.example 12')), '422 identity.password-weak')
  equal(told(await inSession(house, other, '/v1/self/factors')), '200')
  const done = await change(password, next)
  equal(done.status, 200, done.body)
  deepEqual(done.json, { sessionsEnded: 1 })
  equal(told(await inSession(house, other, '/v1/self/factors')), '401 identity.session-expired')
  equal(told(await inSession(house, cookie, '/v1/self/factors')), '200')
  equal(told(await signIn(house, email)), '401 identity.sign-in-refused')
  equal(told(await signIn(house, email, next)), '200')
  ok((await notices(cookie)).some(({ kind }) => kind === 'password-changed'))
})

test('guessing the present password is slowed down like guessing at the door', async () => {
  const { cookie } = await enrol(house, 'bo@house.example', ['administrator'])
  const codes: string[] = []
  for (let i = 0; i < 11; i += 1)
    codes.push(
      told(
        await inSession(house, cookie, '/v1/self/password', {
          method: 'PUT',
          json: { current: `wrong ${i}`, next },
        }),
      ),
    )
  equal(codes[0], '403 identity.password-wrong')
  equal(codes.at(-1), '429 identity.throttled')
})

test('factors are added and taken away, the last one stays, and each change is told', async () => {
  advance(20 * 60_000)
  const { email, secret } = await enrol(house, 'cleo@house.example', ['administrator'])
  const cookie = await whole(email, secret)
  const self = (path: string, method = 'GET', json?: unknown) =>
    inSession(house, cookie, `/v1/self/factors${path}`, {
      method,
      ...(json === undefined ? {} : { json }),
    })
  const [first] = (await self('')).json.items as { factorId: string; kind: string }[]
  equal(first!.kind, 'totp')
  equal(told(await self(`/${first!.factorId}`, 'DELETE')), '409 identity.last-factor')

  const authenticator = new Authenticator(house.settings.publicUrl)
  const { challengeId, options } = (await self('/passkey-options', 'POST')).json
  const answer = {
    challengeId,
    response: authenticator.register(options.challenge),
  }
  const made = await self('/passkey', 'POST', { passkey: answer, label: ' Work laptop ' })
  equal(made.status, 200, made.body)
  equal(told(await self('/passkey', 'POST', { passkey: answer })), '422 identity.factor-not-proven')

  const setup = (await self('/totp-setup', 'POST')).json as { secret: string; uri: string }
  match(setup.uri, /^otpauth:\/\/totp\//)
  notEqual(setup.secret, secret)
  const wrong = await self('/totp', 'POST', { code: '000000' })
  equal(told(wrong), '422 identity.factor-not-proven')
  const code = codeAt(setup.secret, house.world.now())
  equal(told(await self('/totp', 'POST', { code, label: 'Spare phone' })), '200')
  equal(told(await self('/totp', 'POST', { code })), '422 identity.factor-not-proven')

  const items = (await self('')).json.items as { kind: string; label?: string }[]
  deepEqual(
    items.map(({ kind, label }) => [kind, label]),
    [
      ['totp', undefined],
      ['passkey', 'Work laptop'],
      ['totp', 'Spare phone'],
    ],
  )
  equal(told(await self(`/${first!.factorId}`, 'DELETE')), '200')
  equal(told(await self(`/${first!.factorId}`, 'DELETE')), '404 identity.unknown-factor')
  const stranger = await enrol(house, 'dan@house.example', ['administrator'])
  const theirs = (await inSession(house, stranger.cookie, '/v1/self/factors')).json.items
  equal(told(await self(`/${theirs[0].factorId}`, 'DELETE')), '404 identity.unknown-factor')

  deepEqual((await notices(cookie)).map(({ kind }) => kind).toSorted(), [
    'factor-added',
    'factor-added',
    'factor-removed',
  ])
  const spare = await whole(email, setup.secret)
  equal(told(await inSession(house, spare, '/v1/self/factors')), '200')
})

test('a session that has shown one factor changes nothing of how its owner is proven', async () => {
  advance(20 * 60_000)
  const { email } = await enrol(house, 'eve@house.example', ['administrator'])
  const half = cookieOf(await signIn(house, email))
  for (const [method, path] of [
    ['GET', '/v1/self/factors'],
    ['POST', '/v1/self/factors/totp-setup'],
    ['POST', '/v1/self/factors/passkey-options'],
    ['POST', '/v1/self/recovery-codes'],
    ['DELETE', '/v1/self/sessions'],
  ] as const)
    equal(
      told(await inSession(house, half, path, { method })),
      '403 identity.second-factor-required',
      path,
    )
})

test('new recovery codes void those from before, and the use of one is told', async () => {
  advance(20 * 60_000)
  const { email, cookie, recoveryCodes } = await enrol(house, 'fay@house.example', [
    'administrator',
  ])
  const renewed = await inSession(house, cookie, '/v1/self/recovery-codes', { method: 'POST' })
  const codes = renewed.json.recoveryCodes as string[]
  equal(codes.length, 10)
  const byCode = async (recoveryCode: string) =>
    house.request('/v1/sessions/second-factor', {
      method: 'POST',
      headers: { cookie: cookieOf(await signIn(house, email)), 'holdfast-request': '1' },
      json: { recoveryCode },
    })
  equal(told(await byCode(recoveryCodes[0]!)), '401 identity.second-factor-wrong')
  const used = await byCode(codes[0]!)
  equal(used.status, 200, used.body)
  deepEqual((await notices(cookie)).map(({ kind }) => kind).toSorted(), [
    'recovery-code-used',
    'recovery-codes-renewed',
  ])
})

test('a sign-in from a browser not seen before is told, one from a known browser is not', async () => {
  advance(20 * 60_000)
  const { email, secret, cookie } = await enrol(house, 'gil@house.example', ['administrator'])
  await whole(email, secret)
  deepEqual(await notices(cookie), [])
  await whole(email, secret, password, 'Another Browser/1.0')
  deepEqual(
    (await notices(cookie)).map(({ kind }) => kind),
    ['new-device'],
  )
  await whole(email, secret, password, 'Another Browser/1.0')
  equal((await notices(cookie)).length, 1)
})

test('ending all other sessions leaves this one', async () => {
  advance(20 * 60_000)
  const { email, secret, cookie } = await enrol(house, 'hal@house.example', ['administrator'])
  const [one, two] = [await whole(email, secret), await whole(email, secret)]
  const done = await inSession(house, cookie, '/v1/self/sessions', { method: 'DELETE' })
  deepEqual(done.json, { sessionsEnded: 2 })
  for (const ended of [one, two])
    equal(told(await inSession(house, ended, '/v1/self')), '401 identity.session-expired')
  equal(told(await inSession(house, cookie, '/v1/self')), '200')
})

test('a workload has no password and no factors', async () => {
  const { token } = await callerWith(house, { actions: ['vault.*'] })
  const ask = (method: string, path: string) =>
    house.request(path, { method, headers: { authorization: `Bearer ${token}` } })
  for (const [method, path] of [
    ['GET', '/v1/self/factors'],
    ['POST', '/v1/self/factors/totp-setup'],
    ['POST', '/v1/self/recovery-codes'],
    ['DELETE', '/v1/self/sessions'],
  ] as const)
    equal(told(await ask(method, path)), '409 identity.self-is-person', path)
  deepEqual(house.faults, [])
})
