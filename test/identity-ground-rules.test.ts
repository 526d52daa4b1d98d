import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { routes } from '../src/rooms.ts'
import { openHouse, type TestHouse } from './house.ts'
import { codeAt, cookieOf, inSession, signIn, told } from './identity-people.ts'
import { createEnrolment } from '#identity'

// What holds of every account, whoever has it (ASVS 5.0.0, V6).

let now = new Date('2026-11-20T08:00:00Z')
let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true, now })
})
after(() => house.close())

/** Letters of both cases, signs, spaces, an emoji and 64 characters and more. */
const long =
  'Zaunkönig 🦊 über Wiesengrund, sagt der Bote; und 9 Raben ziehen mit ihm FORT '.padEnd(90, '·')
const email = 'ada@house.example'
let secret: string

test('a fresh house knows nobody, and no name one would try opens it', async () => {
  for (const table of ['person', 'workload', 'credential', 'session'])
    deepEqual(await house.owner.rows({ text: `select from identity.${table}` }), [], table)
  for (const name of ['root', 'admin', 'administrator', 'sa', 'holdfast']) {
    const json = { email: `${name}@house.example`, password: name }
    const answer = await house.request('/v1/sessions', { method: 'POST', json })
    equal(told(answer), '401 identity.sign-in-refused', name)
  }
})

test('a password of any characters is taken, and taken whole: neither case nor end is dropped', async () => {
  await house.owner.run({ text: 'delete from identity.throttle' })
  const token = await house.act({ action: 'identity.enrolment.create' }, (act) =>
    createEnrolment(act, { kind: 'first-administrator', roleNames: ['administrator'] }),
  )
  const opened = await house.request('/v1/enrolments/open', { method: 'POST', json: { token } })
  ;({ secret } = opened.json.totp)
  const done = await house.request('/v1/enrolments/complete', {
    method: 'POST',
    json: { token, name: 'Ada Field', email, password: long, totpCode: codeAt(secret, now) },
  })
  equal(done.status, 200, done.body)
  ok(Array.from(long).length >= 64)
  for (const other of [long.slice(0, -1), `${long}·`, long.toLowerCase(), long.trim().slice(0, 72)])
    equal(told(await signIn(house, email, other)), '401 identity.sign-in-refused', other)
  equal((await signIn(house, email, long)).status, 200)
})

test('a password that is three years old opens as on its first day: nothing asks for another', async () => {
  house.setNow((now = new Date(now.getTime() + 3 * 366 * 86_400_000)))
  const half = await signIn(house, email, long)
  equal(half.status, 200, half.body)
  const whole = await inSession(house, cookieOf(half), '/v1/sessions/second-factor', {
    method: 'POST',
    json: { totpCode: codeAt(secret, now) },
  })
  equal(whole.status, 200, whole.body)
  const self = await inSession(house, cookieOf(whole), '/v1/self')
  equal(self.json.assurance, 2)
  const notices = await inSession(house, cookieOf(whole), '/v1/self/notices')
  ok(!/expire|old password/i.test(notices.body))
})

/** Every name of a property in a shape, however deep. */
function namesIn(shape: unknown): string[] {
  if (shape === null || typeof shape !== 'object') return []
  return Object.entries(shape).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(value as object) : []),
    ...namesIn(value),
  ])
}
const bodies = routes
  .filter(({ action }) => action.startsWith('identity.'))
  .map((route) => ({ door: `${route.method} ${route.url}`, names: namesIn(route.body) }))

test('no door asks a question, keeps a hint, or sends a code by telephone or mail', () => {
  const names = new Set(bodies.flatMap(({ names }) => names))
  ok(names.has('password') && names.has('totpCode') && names.size > 40, 'the walk found shapes')
  deepEqual(
    [...names].filter((name) => /hint|question|sms|phone|push|emailCode|mailCode/i.test(name)),
    [],
  )
})

test('a password is given only by whoever will use it: no door sets one for somebody else', () => {
  const doors = bodies
    .filter(({ names }) => names.some((name) => /^(?:password|next|current)$/.test(name)))
    .map(({ door }) => door)
  deepEqual(doors.toSorted(), [
    'POST /v1/enrolments/complete',
    'POST /v1/recoveries/complete',
    'POST /v1/sessions',
    'PUT /v1/self/password',
  ])
})

test('challenges and seeds are long, random and never the same', async () => {
  await house.owner.run({ text: 'delete from identity.throttle' })
  const challenges = new Set<string>()
  for (let i = 0; i < 4; i += 1) {
    const { json } = await house.request('/v1/sessions/passkey-options', {
      method: 'POST',
      json: {},
    })
    challenges.add(json.options.challenge)
  }
  equal(challenges.size, 4)
  for (const challenge of challenges)
    ok(Buffer.from(challenge, 'base64url').length >= 16, 'ASVS 6.7.2 asks for 64 bits')
  const seeds = new Set<string>([secret])
  for (let i = 0; i < 3; i += 1) {
    const token = await house.act({ action: 'identity.enrolment.create' }, (act) =>
      createEnrolment(act, { kind: 'invitation', roleNames: ['support'] }),
    )
    const { json } = await house.request('/v1/enrolments/open', { method: 'POST', json: { token } })
    equal(json.totp.secret.length, 32, '160 bits in base32')
    seeds.add(json.totp.secret)
  }
  equal(seeds.size, 4)
  deepEqual(house.faults, [])
})
