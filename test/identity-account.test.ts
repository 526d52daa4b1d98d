import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { limits } from '#gate'
import { openHouse, type TestHouse } from './house.ts'
import {
  codeAt,
  cookieOf,
  enrol,
  type Enrolled,
  inSession,
  password,
  signIn,
  told,
} from './identity-people.ts'

const start = new Date('2026-11-20T08:00:00Z')
let house: TestHouse
let nadia: Enrolled
let now = start

/** Lets time pass, so that a code of before is of before. */
function pass(minutes: number): void {
  now = new Date(now.getTime() + minutes * 60_000)
  house.setNow(now)
}

before(async () => {
  // The gate's own limit on open doors stands in front of the one tried here.
  const open = { ...limits.open, perSecond: 1000, burst: 4000 }
  house = await openHouse({ listen: true, now: start, limits: { ...limits, open } })
  nadia = await enrol(house, 'nadia@customer.example', ['administrator'], 'first-administrator')
})
after(() => house.close())

test('whoever enrolled with a password and a code is in at once, and has ten recovery codes', async () => {
  const self = await inSession(house, nadia.cookie, '/v1/self')
  equal(self.status, 200, self.body)
  equal(self.json.assurance, 2)
  equal(self.json.name, 'Nadia Okonkwo')
  equal(self.json.email, 'nadia@customer.example')
  equal(self.json.recoveryCodesLeft, 10)
  equal(self.json.session.idleMinutes, 15)
  equal(new Set(nadia.recoveryCodes).size, 10)
  equal((await inSession(house, nadia.cookie, '/v1/persons')).status, 200)
})

test('a link opens once, and only the first administrator comes by the first link', async () => {
  const again = await enrol(
    house,
    'second@customer.example',
    ['administrator'],
    'first-administrator',
  ).then(
    () => 'enrolled',
    (error: Error) => error.message,
  )
  match(again, /identity\.administrator-exists/)
  const unknown = await house.request('/v1/enrolments/open', {
    method: 'POST',
    json: { token: 'A'.repeat(43) },
  })
  equal(told(unknown), '404 identity.enrolment-not-open')
})

test('from password over second factor to an act: each step only after the one before', async () => {
  pass(1)
  const half = await signIn(house, nadia.email)
  equal(half.status, 200, half.body)
  deepEqual(half.json.secondSteps, ['totp', 'recovery-code'])
  const halfCookie = cookieOf(half)
  equal(
    told(await inSession(house, halfCookie, '/v1/persons')),
    '403 identity.second-factor-required',
  )
  equal(
    told(await inSession(house, halfCookie, '/v1/self/sessions')),
    '403 identity.second-factor-required',
  )
  const self = await inSession(house, halfCookie, '/v1/self')
  deepEqual([self.json.assurance, self.json.grants, self.json.email], [1, [], undefined])

  const whole = await inSession(house, halfCookie, '/v1/sessions/second-factor', {
    method: 'POST',
    json: { totpCode: codeAt(nadia.secret, now) },
  })
  equal(whole.status, 200, whole.body)
  const cookie = cookieOf(whole)
  notEqual(cookie, halfCookie)
  match(whole.headers['set-cookie']!, /; Secure; HttpOnly; SameSite=Strict$/)
  equal((await inSession(house, cookie, '/v1/persons')).status, 200)
  equal(told(await inSession(house, halfCookie, '/v1/self')), '401 identity.session-expired')
})

test('a code counts once, and one of before the last never', async () => {
  pass(1)
  const code = codeAt(nadia.secret, now)
  const first = cookieOf(await signIn(house, nadia.email))
  const prove = (cookie: string, totpCode: string) =>
    inSession(house, cookie, '/v1/sessions/second-factor', { method: 'POST', json: { totpCode } })
  equal((await prove(first, code)).status, 200)
  const second = cookieOf(await signIn(house, nadia.email))
  equal(told(await prove(second, code)), '401 identity.second-factor-wrong')
  const earlier = codeAt(nadia.secret, new Date(now.getTime() - 30_000))
  equal(told(await prove(second, earlier)), '401 identity.second-factor-wrong')
})

test('a recovery code stands in for the second factor, once', async () => {
  pass(1)
  const prove = async (recoveryCode: string) => {
    const cookie = cookieOf(await signIn(house, nadia.email))
    return inSession(house, cookie, '/v1/sessions/second-factor', {
      method: 'POST',
      json: { recoveryCode },
    })
  }
  equal((await prove(nadia.recoveryCodes[0]!.toLowerCase())).status, 200)
  equal(told(await prove(nadia.recoveryCodes[0]!)), '401 identity.second-factor-wrong')
})

test('an unknown e-mail, a wrong password and a disabled account get one and the same answer', async () => {
  pass(20)
  const leaver = await enrol(house, 'leaver@customer.example', ['support'])
  const disabled = await inSession(
    house,
    await freshSession(),
    `/v1/persons/${leaver.personId}/disable`,
    {
      method: 'POST',
    },
  )
  equal(disabled.status, 200, disabled.body)
  equal(disabled.json.sessions.length, 1)
  equal(told(await inSession(house, leaver.cookie, '/v1/self')), '403 identity.disabled')
  const answers = await Promise.all([
    signIn(house, 'nobody@customer.example'),
    signIn(house, nadia.email, 'velvet tram harvest eighty'),
    signIn(house, leaver.email),
  ])
  const bare = answers.map(({ status, body, headers }) => [
    status,
    body,
    Object.keys(headers).sort(),
  ])
  equal(answers[0].status, 401)
  deepEqual(bare[1], bare[0])
  deepEqual(bare[2], bare[0])
})

test('the eleventh wrong attempt in a quarter of an hour waits, whoever makes it and right or wrong', async () => {
  pass(20)
  const wrong = () => signIn(house, nadia.email, 'velvet tram harvest eighty')
  for (let i = 0; i < 10; i++) equal(told(await wrong()), '401 identity.sign-in-refused')
  const right = await signIn(house, nadia.email)
  equal(told(right), '429 identity.throttled')
  const { retryAfterSeconds } = right.json.facts
  ok(retryAfterSeconds > 890 && retryAfterSeconds <= 900)
  equal(right.headers['retry-after'], String(retryAfterSeconds))
  pass(16)
  equal((await signIn(house, nadia.email)).status, 200)
})

test('twelve attempts at once are not twelve chances', async () => {
  pass(20)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => signIn(house, 'ada@customer.example')),
  )
  const counted = (status: number) => answers.filter((answer) => answer.status === status).length
  // On a slow machine somebody may be sent away before anything of theirs is looked at: that is no chance.
  const chances = 12 - counted(429) - counted(503)
  equal(chances, Math.min(10, 12 - counted(503)))
})

test('a session ends when it is idle, when it is old, and when it is left', async () => {
  pass(20)
  const idle = await freshSession()
  pass(14)
  equal((await inSession(house, idle, '/v1/self')).status, 200)
  pass(14)
  equal((await inSession(house, idle, '/v1/self')).status, 200)
  pass(16)
  equal(told(await inSession(house, idle, '/v1/self')), '401 identity.session-expired')

  const busy = await freshSession()
  for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
    pass(10)
    equal((await inSession(house, busy, '/v1/self')).status, 200, `after ${minutes} minutes`)
  }
  pass(10)
  equal(told(await inSession(house, busy, '/v1/self')), '401 identity.session-expired')

  const left = await freshSession()
  equal((await inSession(house, left, '/v1/sessions/current', { method: 'DELETE' })).status, 200)
  equal(told(await inSession(house, left, '/v1/self')), '401 identity.session-expired')
})

test('signing in anew ends the session the browser came with', async () => {
  const old = await freshSession()
  const again = await house.request('/v1/sessions', {
    method: 'POST',
    headers: { cookie: old, 'holdfast-request': '1' },
    json: { email: nadia.email, password },
  })
  equal(again.status, 200, again.body)
  equal(told(await inSession(house, old, '/v1/self')), '401 identity.session-expired')
  equal((await inSession(house, cookieOf(again), '/v1/self')).json.assurance, 1)
})

test('people see where they are signed in, and end what they do not know', async () => {
  const [here, there] = [await freshSession(), await freshSession()]
  const list = await inSession(house, here, '/v1/self/sessions')
  equal(list.json.items.filter(({ assurance }: { assurance: number }) => assurance === 2).length, 2)
  const current = list.json.items.find((session: { current: boolean }) => session.current)
  const other = list.json.items.find((session: { current: boolean }) => !session.current)
  equal(current.address, '127.0.0.1')
  const path = `/v1/self/sessions/${other.sessionId}`
  equal((await inSession(house, here, path, { method: 'DELETE' })).status, 200)
  equal(told(await inSession(house, there, '/v1/self')), '401 identity.session-expired')
})

test('weak passwords, wrong codes and doubled addresses are refused at the link itself, and nothing is kept', async () => {
  pass(20)
  const invited = await inSession(house, await freshSession(), '/v1/enrolments', {
    method: 'POST',
    json: { roleNames: ['support'] },
  })
  equal(invited.status, 200, invited.body)
  match(invited.json.link, /^https:\/\/localhost:\d+\/enrol#[A-Za-z0-9_-]{43}$/)
  const token = invited.json.link.split('#')[1]
  const opened = await house.request('/v1/enrolments/open', { method: 'POST', json: { token } })
  const totpCode = codeAt(opened.json.totp.secret, now)
  const form = { token, name: 'Ada Field', email: 'ada@customer.example', password, totpCode }
  const attempt = (change: object) =>
    house.request('/v1/enrolments/complete', { method: 'POST', json: { ...form, ...change } })
  const weak = await attempt({ password: 'field of velvet trams' })
  equal(told(weak), '422 identity.password-weak')
  equal(weak.json.facts.reason, 'context-word')
  equal(told(await attempt({ totpCode: '000000' })), '401 identity.second-factor-wrong')
  // Nor does a wrong code tell who has an account.
  const nadias = { email: 'Nadia@Customer.example' }
  const guessed = await attempt({ ...nadias, totpCode: '000000' })
  equal(told(guessed), '401 identity.second-factor-wrong')
  const { totpCode: _, ...without } = form
  const bare = await house.request('/v1/enrolments/complete', { method: 'POST', json: without })
  equal(told(bare), '422 identity.second-factor-missing')
  const persons = await house.owner.first<{ n: number }>({
    text: 'select count(*)::int as n from identity.person where id not in (select person_id from identity.session)',
  })
  equal(persons?.n, 0)
  const good = await attempt({})
  equal(good.status, 200, good.body)
  equal(told(await attempt({ email: 'other@customer.example' })), '404 identity.enrolment-not-open')
})

test('a link made for no address tells of one address whether it is taken, and is over with that', async () => {
  pass(20)
  const invited = await inSession(house, await freshSession(), '/v1/enrolments', {
    method: 'POST',
    json: { roleNames: ['support'] },
  })
  const token = invited.json.link.split('#')[1]
  const opened = await house.request('/v1/enrolments/open', { method: 'POST', json: { token } })
  const totpCode = codeAt(opened.json.totp.secret, now)
  const form = { token, name: 'Eve Field', password, totpCode }
  const attempt = (email: string) =>
    house.request('/v1/enrolments/complete', { method: 'POST', json: { ...form, email } })
  const both = await Promise.all(['Nadia@Customer.example', 'ada@customer.example'].map(attempt))
  deepEqual(both.map(told).toSorted(), [
    '404 identity.enrolment-not-open',
    '409 identity.enrolment-over',
  ])
  equal(told(await attempt('eve@customer.example')), '404 identity.enrolment-not-open')
  const { items } = (await inSession(house, await freshSession(), '/v1/enrolments')).json
  equal(
    items.some(
      ({ enrolmentId }: { enrolmentId: string }) => enrolmentId === invited.json.enrolmentId,
    ),
    false,
  )
})

test('tables hold no name, address, password, code or token in the clear', async () => {
  const cookie = await freshSession()
  const tables = await house.owner.rows<{ name: string }>({
    text: `select tablename as name from pg_tables where schemaname = 'identity'`,
  })
  ok(tables.length > 10, 'the walk found the tables')
  const secrets = [
    'nadia',
    'okonkwo',
    password,
    nadia.secret,
    cookie.split('=')[1]!,
    ...nadia.recoveryCodes,
  ]
  for (const { name } of tables) {
    const rows = await house.owner.rows<{ text: string }>({
      text: `select lower(t::text) as text from identity.${name} t`,
    })
    for (const { text } of rows) {
      for (const secret of secrets) {
        ok(!text.includes(secret.toLowerCase()), `${name} holds ${secret}`)
        const hex = Buffer.from(secret).toString('hex')
        ok(!text.includes(hex), `${name} holds the bytes of ${secret}`)
      }
    }
  }
})

test('every attempt, failure and success has left its entry', async () => {
  const rows = await house.owner.rows<{ told: string; n: number }>({
    text: `select action || ' ' || outcome || coalesce(' ' || code, '') as told, count(*)::int as n
           from trail.entry where action like 'identity.s%' group by 1`,
  })
  const count = Object.fromEntries(rows.map(({ told, n }) => [told, n]))
  for (const line of [
    'identity.session.open done',
    'identity.session.open refused identity.sign-in-refused',
    'identity.session.open refused identity.throttled',
    'identity.self.prove done',
    'identity.self.prove refused identity.second-factor-wrong',
    'identity.self.leave done',
  ])
    ok(count[line]! > 0, line)
  deepEqual(house.faults, [])
})

/** A whole session of the administrator's, by a fresh code. */
async function freshSession(): Promise<string> {
  pass(1)
  const half = await signIn(house, nadia.email)
  const whole = await inSession(house, cookieOf(half), '/v1/sessions/second-factor', {
    method: 'POST',
    json: { totpCode: codeAt(nadia.secret, now) },
  })
  equal(whole.status, 200, whole.body)
  return cookieOf(whole)
}
