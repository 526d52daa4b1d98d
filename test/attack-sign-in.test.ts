import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { lockActor } from '#identity'
import { limits, type Limits } from '#gate'
import { routes } from '../src/rooms.ts'
import { openHouse, type TestAnswer, type TestHouse } from './house.ts'
import { Authenticator } from './identity-authenticator.ts'
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
import { apart } from './separation.ts'

// What an attacker tries at the doors of sign-in, over real TLS: who exists, whose session it could
// be, what counts twice, and what half a session opens.

const everyLimit = Object.fromEntries(
  Object.entries(limits).map(([name, limit]) => [name, { ...limit, burst: 1e6, perSecond: 1e5 }]),
) as unknown as Limits

let now = new Date('2026-11-20T08:00:00Z')
let house: TestHouse
let root: Enrolled
let ada: Enrolled
let bo: Enrolled

/** Lets time pass, so that a code of before is of before and attempts are forgotten. */
const pass = (minutes: number) => house.setNow((now = new Date(now.getTime() + minutes * 60_000)))
const rest = () => house.owner.run({ text: 'delete from identity.throttle' })
const post = (path: string, json: unknown, headers: Readonly<Record<string, string>> = {}) =>
  house.request(path, { method: 'POST', json, headers })
const wrong = 'velvet tram harvest eighty'

before(async () => {
  house = await openHouse({ listen: true, now, limits: everyLimit })
  root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
  ada = await enrol(house, 'ada@house.example', ['support'])
  bo = await enrol(house, 'bo@house.example', ['support'])
})
after(() => house.close())

/** Half a session, and its cookie. */
const half = async (of: Enrolled) => {
  await rest()
  const answer = await signIn(house, of.email)
  equal(answer.status, 200, answer.body)
  return cookieOf(answer)
}
const prove = (cookie: string, json: object) =>
  inSession(house, cookie, '/v1/sessions/second-factor', { method: 'POST', json })
const whole = async (of: Enrolled, minutes = 1) => {
  pass(minutes)
  const done = await prove(await half(of), { totpCode: codeAt(of.secret, now) })
  equal(done.status, 200, done.body)
  return cookieOf(done)
}

describe('who exists', () => {
  let gone: Enrolled
  let shut: Enrolled

  before(async () => {
    gone = await enrol(house, 'gone@house.example', ['support'])
    shut = await enrol(house, 'shut@house.example', ['support'])
    const done = await inSession(house, root.cookie, `/v1/persons/${gone.personId}/disable`, {
      method: 'POST',
    })
    equal(done.status, 200, done.body)
    await house.act({ action: 'identity.lock.set' }, (act) =>
      lockActor(act, { kind: 'person', id: shut.personId }, 'a test'),
    )
  })

  const bare = ({ status, body, headers }: TestAnswer) => {
    // Each no has an entry of its own, and names it.
    const { date: _, 'holdfast-entry': entry, ...rest } = headers
    return { status, body, headers: { ...rest, entry: entry?.length } }
  }

  test('nobody known and nobody unknown can be told apart by what sign-in answers', async () => {
    await rest()
    const answers = [
      await signIn(house, 'nobody@house.example', wrong),
      await signIn(house, ada.email, wrong),
      await signIn(house, gone.email, wrong),
      await signIn(house, gone.email),
      await signIn(house, shut.email, wrong),
      await signIn(house, shut.email),
    ].map(bare)
    equal(answers[0]!.status, 401)
    for (const answer of answers) deepEqual(answer, answers[0])
  })

  test('nor by how soon they are made to wait', async () => {
    await rest()
    for (const email of ['nobody@house.example', ada.email, gone.email, shut.email]) {
      await rest()
      const answers: string[] = []
      for (let tried = 0; tried < 11; tried += 1)
        answers.push(told(await signIn(house, email, wrong)))
      deepEqual([...new Set(answers.slice(0, 10))], ['401 identity.sign-in-refused'], email)
      equal(answers[10], '429 identity.throttled', email)
    }
    await rest()
  })

  /**
   * Mann and Whitney's U between a wrong password of somebody known and each other kind of try, all in
   * turn and in an order of their own each round, so that whatever slows the machine slows them alike.
   * Five standard deviations are one false alarm in a million. Beside them runs the planted fault: a
   * door that gives the same answer without the work for a password. It must be told apart.
   */
  test('nor by how long sign-in takes, while an answer without the work is told apart', async () => {
    const far = 5
    const most = 60
    const unknownPasskey = new Authenticator(house.settings.publicUrl)
    const { json } = await post('/v1/sessions/passkey-options', {})
    const asked = unknownPasskey.assert(json.options.challenge)
    const tries: Record<string, () => Promise<TestAnswer>> = {
      known: () => signIn(house, ada.email, wrong),
      unknown: () => signIn(house, 'nobody@house.example', wrong),
      disabled: () => signIn(house, gone.email, wrong),
      locked: () => signIn(house, shut.email, wrong),
      planted: () =>
        post('/v1/sessions/passkey', { challengeId: json.challengeId, response: asked }),
    }
    const names = Object.keys(tries)
    const times = Object.fromEntries(names.map((name) => [name, [] as number[]]))
    const distance = (name: string) => apart(times['known']!, times[name]!)
    for (let round = 0; round < most; round += 1) {
      await rest()
      for (const name of names.toSorted(() => Math.random() - 0.5)) {
        const from = performance.now()
        const answer = await tries[name]!()
        times[name]!.push(performance.now() - from)
        equal(told(answer), '401 identity.sign-in-refused', name)
      }
      // Enough as soon as what must be told apart is: the same number of tries shows nothing of the others.
      if (round >= 19 && distance('planted') > far) break
    }
    console.log(
      times['known']!.length,
      names.map((n) => [n, distance(n)]),
    )
    ok(distance('planted') > far, `the fault that was planted is ${distance('planted')} away`)
    for (const name of ['unknown', 'disabled', 'locked'])
      ok(distance(name) < far, `${name} is ${distance(name)} standard deviations away`)
  })

  test('a link that never was, was used, was withdrawn or ran out is one and the same no', async () => {
    const link = async () => {
      const made = await inSession(house, root.cookie, '/v1/enrolments', {
        method: 'POST',
        json: { roleNames: ['support'] },
      })
      equal(made.status, 200, made.body)
      return { id: made.json.enrolmentId as string, token: made.json.link.split('#')[1] as string }
    }
    const late = await link()
    root = { ...root, cookie: await whole(root) }
    const withdrawn = await link()
    await inSession(house, root.cookie, `/v1/enrolments/${withdrawn.id}`, { method: 'DELETE' })
    const used = await link()
    const opened = await post('/v1/enrolments/open', { token: used.token })
    const form = { name: 'Cleo Field', email: 'cleo@house.example', password }
    const totpCode = codeAt(opened.json.totp.secret, now)
    equal(
      (await post('/v1/enrolments/complete', { ...form, token: used.token, totpCode })).status,
      200,
    )
    house.setNow((now = new Date(now.getTime() + 25 * 3_600_000)))
    const answers: unknown[] = []
    for (const token of ['A'.repeat(43), late.token, withdrawn.token, used.token]) {
      await rest()
      answers.push([
        bare(await post('/v1/enrolments/open', { token })),
        bare(await post('/v1/enrolments/complete', { ...form, token, totpCode: '123456' })),
      ])
    }
    equal((answers[0] as { status: number }[])[0]!.status, 404)
    for (const answer of answers) deepEqual(answer, answers[0])
  })
})

describe('whose session', () => {
  test('a token somebody put into the browser before sign-in never becomes a session', async () => {
    pass(1)
    const planted = `__Host-holdfast=${'B'.repeat(43)}`
    await rest()
    const first = await post(
      '/v1/sessions',
      { email: ada.email, password },
      { cookie: planted, 'holdfast-request': '1' },
    )
    equal(first.status, 200, first.body)
    const second = await prove(cookieOf(first), { totpCode: codeAt(ada.secret, now) })
    equal(second.status, 200, second.body)
    const [one, two] = [cookieOf(first), cookieOf(second)]
    equal(new Set([planted, one, two]).size, 3)
    for (const dead of [planted, one])
      equal(told(await inSession(house, dead, '/v1/self')), '401 identity.session-expired')
    equal((await inSession(house, two, '/v1/self')).status, 200)
  })

  test('a session is known by its cookie alone, which no script reads and no other host gets', async () => {
    const cookie = await whole(ada)
    const token = cookie.split('=')[1]!
    for (const [path, headers] of [
      ['/v1/self', { authorization: `Bearer ${token}` }],
      ['/v1/self', { 'holdfast-session': token, 'x-session': token }],
      ['/v1/self', { cookie: `holdfast=${token}` }],
      [`/v1/self?session=${token}&token=${token}&__Host-holdfast=${token}`, {}],
    ] as const)
      ok([400, 401].includes((await house.request(path, { headers })).status), path)
    const line = (await signIn(house, bo.email)).headers['set-cookie']!
    match(
      line,
      /^__Host-holdfast=[A-Za-z0-9_-]{43}; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    )
  })

  test('of more sessions at once than allowed the oldest end, and half ones end no whole one', async () => {
    const kept = await whole(bo)
    const halves: string[] = []
    for (let i = 0; i < 6; i += 1) halves.push(await half(bo))
    const stand = async (cookie: string) => (await inSession(house, cookie, '/v1/self')).status
    deepEqual(await Promise.all(halves.map(stand)), [401, 200, 200, 200, 200, 200])
    equal(await stand(kept), 200)
    const wholes: string[] = []
    for (let i = 0; i < 20; i += 1) wholes.push(await whole(bo, 0.5))
    equal(await stand(kept), 401)
    equal(await stand(wholes[0]!), 200)
    const live = (await inSession(house, wholes.at(-1)!, '/v1/self/sessions')).json.items
    equal(live.filter(({ assurance }: { assurance: number }) => assurance === 2).length, 20)
  })

  const writes = routes.filter(
    ({ method, fromElsewhere }) => method !== 'GET' && fromElsewhere !== true,
  )
  test('no door that changes anything opens to the cookie alone, nor to a page of elsewhere', async () => {
    root = { ...root, cookie: await whole(root) }
    const own = { cookie: root.cookie, 'holdfast-request': '1' }
    const everywhere: Record<string, Readonly<Record<string, string>>> = {
      'the cookie alone': { cookie: root.cookie },
      'another site': { ...own, 'sec-fetch-site': 'cross-site' },
    }
    const somebody = '01890000-0000-7000-8000-00000000dead'
    const opened: string[] = []
    const ask = async (method: string, path: string, headers: Readonly<Record<string, string>>) =>
      told(await house.request(path, { method, headers, json: {} }))
    for (const { method, url } of writes)
      for (const [page, headers] of Object.entries(everywhere)) {
        const answer = await ask(method, url.replace(/:\w+/g, somebody), headers)
        if (answer !== '403 gate.cross-site') opened.push(`${method} ${url} to ${page}: ${answer}`)
      }
    deepEqual(opened, [])
    ok(writes.length > 60, `${writes.length} doors were tried`)
    // A provider's page brings its answer to one, in nobody's session: it is held against what was asked.
    const meant = routes.filter(({ fromElsewhere }) => fromElsewhere === true)
    deepEqual(
      meant.map(({ method, url }) => `${method} ${url}`),
      ['POST /v1/sessions/saml'],
    )
    const others: Record<string, Readonly<Record<string, string>>> = {
      'another origin': { ...own, origin: 'https://evil.example' },
      'an origin that hides': { ...own, origin: 'null' },
      'our name at another port': { ...own, origin: 'https://localhost:1' },
      'our origin without TLS': { ...own, origin: house.settings.publicUrl.replace('s:', ':') },
      'a neighbour on the same domain': { ...own, 'sec-fetch-site': 'same-site' },
      'another origin, without a cookie': { origin: 'https://evil.example' },
      'another site, without a cookie': { 'sec-fetch-site': 'cross-site' },
    }
    for (const [page, headers] of Object.entries(others))
      for (const path of ['/v1/sessions', '/v1/enrolments/open', '/v1/self/recovery-codes'])
        match(
          await ask('POST', path, headers),
          /^403 gate.cross-site$|^401 identity.not-signed-in$/,
          page,
        )
    const same = { ...own, origin: house.settings.publicUrl, 'sec-fetch-site': 'same-origin' }
    const good = await house.request('/v1/self/recovery-codes', { method: 'POST', headers: same })
    equal(good.status, 200, 'and to a page of ours they do')
    equal((await inSession(house, root.cookie, '/v1/self')).json.recoveryCodesLeft, 10)
  })

  test('a form or a plain text of elsewhere signs nobody in', async () => {
    const json = JSON.stringify({ email: ada.email, password })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const body = type.includes('form') ? `email=${ada.email}&password=${password}` : json
      const answer = await house.request('/v1/sessions', {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
      equal(answer.status, 415, type)
      equal(answer.headers['set-cookie'], undefined)
    }
  })

  test('no answer sends a browser anywhere, whatever it was asked for', async () => {
    const evil = encodeURIComponent('https://evil.example')
    const asked = `?back=${evil}&next=${evil}&return_to=${evil}&redirect_uri=${evil}`
    for (const path of [
      '/',
      '/sign-in',
      '/sign-in/back',
      '/enrol',
      '//evil.example',
      '/\\evil.example',
      '/v1/self',
      '/v1/sessions/providers',
    ]) {
      const answer = await house.request(`${path}${asked}`)
      ok(answer.status < 300 || answer.status >= 400, `${path}: ${answer.status}`)
      equal(answer.headers['location'], undefined, path)
      equal(answer.headers['refresh'], undefined, path)
    }
  })
})

describe('many at once', () => {
  test('a flood from many addresses is sent away at once, and who is inside is served within seconds', async () => {
    const began = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 240 }, async (_, i) => {
        const json = { email: `nobody.${i}@house.example`, password: wrong }
        const localAddress = `127.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`
        const answer = await house.request('/v1/sessions', { method: 'POST', json, localAddress })
        return { answer, ms: performance.now() - began }
      }),
    )
    const codes = new Set(answers.map(({ answer }) => told(answer)))
    deepEqual([...codes].toSorted(), ['401 identity.sign-in-refused', '503 identity.sign-in-busy'])
    const away = answers.filter(({ answer }) => answer.status === 503)
    ok(away.every(({ answer }) => Number(answer.headers['retry-after']) >= 1))
    ok(away.length < 240 - 8, `${240 - away.length} were let in`)
    const last = Math.max(...answers.map(({ ms }) => ms))
    ok(last < 15_000, `the last was answered after ${last} ms`)
    await rest()
    equal((await signIn(house, ada.email)).status, 200)
  })
})

describe('what counts twice', () => {
  const answersOf = async (tries: readonly Promise<TestAnswer>[]) =>
    (await Promise.all(tries)).map(told).toSorted()

  test('a code of the app opens one of five sessions that show it at once', async () => {
    pass(1)
    const cookies = [await half(ada), await half(ada), await half(ada), await half(ada)]
    const totpCode = codeAt(ada.secret, now)
    deepEqual(await answersOf(cookies.map((cookie) => prove(cookie, { totpCode }))), [
      '200',
      ...Array.from({ length: 3 }, () => '401 identity.second-factor-wrong'),
    ])
  })

  test('so does a recovery code', async () => {
    const cookies = [await half(ada), await half(ada), await half(ada)]
    const [recoveryCode] = ada.recoveryCodes
    deepEqual(await answersOf(cookies.map((cookie) => prove(cookie, { recoveryCode }))), [
      '200',
      '401 identity.second-factor-wrong',
      '401 identity.second-factor-wrong',
    ])
  })

  test('the code of enrolment is spent, and a link enrols one of two who use it at once', async () => {
    root = { ...root, cookie: await whole(root) }
    const made = await inSession(house, root.cookie, '/v1/enrolments', {
      method: 'POST',
      json: { roleNames: ['support'] },
    })
    const token = made.json.link.split('#')[1]
    const opened = await post('/v1/enrolments/open', { token })
    const totpCode = codeAt(opened.json.totp.secret, now)
    const form = { token, name: 'Dan Two', password, totpCode }
    const both = ['dan@house.example', 'eve@house.example'].map((email) =>
      post('/v1/enrolments/complete', { ...form, email }),
    )
    deepEqual(await answersOf(both), ['200', '404 identity.enrolment-not-open'])
    const [one, two] = await Promise.all(both)
    const email = one!.status === 200 ? 'dan@house.example' : 'eve@house.example'
    notEqual(one!.status, two!.status)
    await rest()
    const again = await prove(cookieOf(await signIn(house, email)), { totpCode })
    equal(told(again), '401 identity.second-factor-wrong')
  })

  test('a passkey answers the challenge of its own session, once, within five minutes', async () => {
    const key = new Authenticator(house.settings.publicUrl)
    const cookie = await whole(ada)
    const made = await inSession(house, cookie, '/v1/self/factors/passkey-options', {
      method: 'POST',
    })
    const { challengeId, options } = made.json
    const added = await inSession(house, cookie, '/v1/self/factors/passkey', {
      method: 'POST',
      json: { passkey: { challengeId, response: key.register(options.challenge) } },
    })
    equal(added.status, 200, added.body)
    const asked = async (session: string) =>
      (
        await inSession(house, session, '/v1/sessions/second-factor/passkey-options', {
          method: 'POST',
        })
      ).json
    const answerTo = ({
      challengeId,
      options,
    }: {
      challengeId: string
      options: { challenge: string }
    }) => ({
      passkey: { challengeId, response: key.assert(options.challenge) },
    })
    const no = '401 identity.second-factor-wrong'
    const [one, two] = [await half(ada), await half(ada)]
    const answer = answerTo(await asked(one))
    equal(told(await prove(two, answer)), no, 'in another session')
    const alone = (await post('/v1/sessions/passkey-options', {})).json
    equal(told(await prove(one, answerTo(alone))), no, 'the challenge of nobody’s session')
    const own = await asked(one)
    await rest()
    equal(
      told(await post('/v1/sessions/passkey', answerTo(own).passkey)),
      '401 identity.sign-in-refused',
      'a session’s challenge at the front door',
    )
    const late = answerTo(await asked(one))
    pass(6)
    equal(told(await prove(one, late)), no, 'six minutes later')
    const good = answerTo(await asked(one))
    deepEqual(await answersOf([prove(one, good), prove(one, good)]), ['200', no].toSorted())
  })
})

describe('less than was asked for', () => {
  test('the factor of somebody else is no factor', async () => {
    pass(1)
    const mine = await half(bo)
    const no = '401 identity.second-factor-wrong'
    equal(told(await prove(mine, { totpCode: codeAt(ada.secret, now) })), no)
    equal(told(await prove(mine, { recoveryCode: ada.recoveryCodes[1]! })), no)
    equal((await prove(await half(ada), { recoveryCode: ada.recoveryCodes[1]! })).status, 200)
  })

  test('two factors at once, none, and words in their place are no factor', async () => {
    pass(1)
    const mine = await half(bo)
    const totpCode = codeAt(bo.secret, now)
    for (const json of [
      {},
      { totpCode, recoveryCode: bo.recoveryCodes[0] },
      { assurance: 2 },
      { totpCode: true },
      { totpCode: [totpCode] },
    ])
      ok([400, 422].includes((await prove(mine, json)).status), JSON.stringify(json))
    equal((await inSession(house, mine, '/v1/self')).json.assurance, 1)
  })

  test('half a session ends after ten minutes, whatever it does', async () => {
    pass(1)
    const mine = await half(bo)
    pass(9)
    equal((await inSession(house, mine, '/v1/self')).status, 200)
    pass(2)
    equal(
      told(await prove(mine, { totpCode: codeAt(bo.secret, now) })),
      '401 identity.session-expired',
    )
  })

  test('half a session does nothing but show the rest, and adds no factor by any way', async () => {
    pass(1)
    const mine = await half(bo)
    const may = routes.filter(({ assurance }) => assurance === 1).map(({ action }) => action)
    deepEqual([...new Set(may)].toSorted(), [
      'identity.self.challenge',
      'identity.self.leave',
      'identity.self.prove',
      'identity.self.read',
      'identity.self.renew-certificate',
    ])
    const key = new Authenticator(house.settings.publicUrl)
    const { json } = await inSession(house, mine, '/v1/sessions/second-factor/passkey-options', {
      method: 'POST',
    })
    const passkey = {
      challengeId: json.challengeId,
      response: key.register(json.options.challenge),
    }
    for (const [path, body] of [
      ['/v1/self/factors/totp-setup', {}],
      ['/v1/self/factors/totp', { code: '123456' }],
      ['/v1/self/factors/passkey-options', {}],
      ['/v1/self/factors/passkey', { passkey }],
      ['/v1/self/recovery-codes', {}],
    ] as const)
      equal(
        told(await inSession(house, mine, path, { method: 'POST', json: body })),
        '403 identity.second-factor-required',
        path,
      )
    equal(told(await prove(mine, { passkey })), '401 identity.second-factor-wrong')
    const factors = await house.owner.rows({
      text: 'select from identity.factor where person_id = $1',
      values: [bo.personId],
    })
    equal(factors.length, 1)
  })

  test('a session left open changes nothing of how its owner is proven until a factor is shown again', async () => {
    const mine = await whole(bo)
    pass(11)
    const no = '403 identity.fresh-factor-required'
    const next = 'lantern orbit mustard sixteen'
    const [{ factorId }] = (await inSession(house, mine, '/v1/self/factors')).json.items
    const other = (await inSession(house, mine, '/v1/self/sessions')).json.items.find(
      ({ current }: { current: boolean }) => !current,
    )
    for (const [method, path, json] of [
      ['POST', '/v1/self/factors/totp-setup', undefined],
      ['POST', '/v1/self/factors/totp', { code: '123456' }],
      ['POST', '/v1/self/factors/passkey-options', undefined],
      ['DELETE', `/v1/self/factors/${factorId}`, undefined],
      ['POST', '/v1/self/recovery-codes', undefined],
      ['PUT', '/v1/self/password', { current: password, next }],
      ['DELETE', '/v1/self/sessions', undefined],
      ['DELETE', `/v1/self/sessions/${other.sessionId}`, undefined],
    ] as const)
      equal(told(await inSession(house, mine, path, { method, json })), no, `${method} ${path}`)
    await rest()
    const again = await prove(mine, { totpCode: codeAt(bo.secret, now) })
    equal(again.status, 200, again.body)
    const renewed = await inSession(house, cookieOf(again), '/v1/self/recovery-codes', {
      method: 'POST',
    })
    equal(renewed.status, 200, renewed.body)
  })

  test('and nothing of all this was a fault of ours', () => {
    deepEqual(house.faults, [])
  })
})
