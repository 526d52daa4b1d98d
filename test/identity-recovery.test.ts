import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { grantRole } from '#identity'
import { limits } from '#gate'
import { openHouse, type TestHouse } from './house.ts'
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

let now = new Date('2026-11-20T08:00:00Z')
let house: TestHouse
let root: Enrolled
let second: Enrolled

const next = 'lantern orbit mustard sixteen'
const pass = (minutes: number) => house.setNow((now = new Date(now.getTime() + minutes * 60_000)))
const rest = () => house.owner.run({ text: 'delete from identity.throttle' })
const post = (path: string, json: unknown) => house.request(path, { method: 'POST', json })
const by = (who: Enrolled, path: string, json: unknown = {}, method = 'POST') =>
  inSession(house, who.cookie, path, { method, ...(method === 'GET' ? {} : { json }) })
/** Somebody who has just signed in. */
const fresh = async (who: Enrolled): Promise<Enrolled> => {
  pass(1)
  await rest()
  const whole = await inSession(
    house,
    cookieOf(await signIn(house, who.email)),
    '/v1/sessions/second-factor',
    { method: 'POST', json: { totpCode: codeAt(who.secret, now) } },
  )
  equal(whole.status, 200, whole.body)
  return { ...who, cookie: cookieOf(whole) }
}
const begin = (who: Enrolled, { personId }: Enrolled, lost = 'everything') =>
  by(who, `/v1/persons/${personId}/recoveries`, {
    lost,
    proofing: 'Called back on the number in the personnel file.',
  })
const tokenOf = (link: string) => {
  match(link, /^https:\/\/localhost:\d+\/recover#[A-Za-z0-9_-]{43}$/)
  return link.split('#')[1]!
}
const noticesOf = async (who: Enrolled) =>
  (await inSession(house, who.cookie, '/v1/self/notices')).json.items.map(
    ({ kind }: { kind: string }) => kind,
  ) as string[]
/** An ordinary person: a role that is not privileged. */
const ordinary = async (email: string) => {
  const person = await enrol(house, email, [])
  await house.act({ action: 'identity.test' }, (act) =>
    grantRole(act, {
      actorId: person.personId,
      role: 'controller-reader',
      controllers: null,
      categories: null,
      purposes: null,
      expiresAt: null,
    }),
  )
  return person
}

before(async () => {
  const open = { ...limits.open, perSecond: 1000, burst: 4000 }
  house = await openHouse({ listen: true, now, limits: { ...limits, open } })
  root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
  second = await enrol(house, 'second@house.example', ['administrator'])
})
after(() => house.close())

test('who lost everything comes back by a link, once; nothing from before opens any more', async () => {
  const ada = await ordinary('ada@house.example')
  const begun = await begin(root, ada)
  equal(begun.status, 200, begun.body)
  equal(begun.json.needsApproval, false)
  const token = tokenOf(begun.json.link)
  ok((await noticesOf(ada)).includes('recovery-begun'), 'the owner hears before anything happens')
  ok((await noticesOf(second)).includes('recovery-asked'))
  const listed = (await by(second, '/v1/recoveries', undefined, 'GET')).json.items
  deepEqual(
    listed.map(({ personName, proofing, askedBy }: Record<string, string>) => [
      personName,
      proofing,
      askedBy,
    ]),
    [['Nadia Okonkwo', 'Called back on the number in the personnel file.', root.personId]],
  )
  const opened = await post('/v1/recoveries/open', { token })
  equal(opened.status, 200, opened.body)
  deepEqual([opened.json.lost, opened.json.secondSteps], ['everything', []])
  ok(!opened.body.includes('ada@') && !opened.body.includes('Nadia'), 'a link names nobody')
  const { secret } = opened.json.totp
  equal((await post('/v1/recoveries/open', { token })).json.totp.secret, secret)
  const complete = (json: object) =>
    post('/v1/recoveries/complete', { token, password: next, ...json })
  equal(
    told(await complete({ password: 'ada@house.example 12', totpCode: codeAt(secret, now) })),
    '422 identity.password-weak',
  )
  equal(
    told(await complete({ totpCode: codeAt(ada.secret, now) })),
    '401 identity.second-factor-wrong',
  )
  equal(
    told(await complete({ recoveryCode: ada.recoveryCodes[0] })),
    '401 identity.second-factor-wrong',
  )
  equal(told(await complete({})), '422 identity.second-factor-missing')
  equal((await inSession(house, ada.cookie, '/v1/self')).status, 200, 'nothing has changed yet')
  const done = await complete({ totpCode: codeAt(secret, now) })
  equal(done.status, 200, done.body)
  equal(done.json.recoveryCodes.length, 10)
  const cookie = cookieOf(done)
  equal((await inSession(house, cookie, '/v1/self')).json.assurance, 2)
  equal(told(await inSession(house, ada.cookie, '/v1/self')), '401 identity.session-expired')
  equal(told(await complete({ totpCode: codeAt(secret, now) })), '404 identity.recovery-not-open')
  equal(told(await post('/v1/recoveries/open', { token })), '404 identity.recovery-not-open')
  equal(told(await signIn(house, ada.email)), '401 identity.sign-in-refused')
  pass(1)
  const half = cookieOf(await signIn(house, ada.email, next))
  const prove = (json: object) =>
    inSession(house, half, '/v1/sessions/second-factor', { method: 'POST', json })
  equal(
    told(await prove({ totpCode: codeAt(ada.secret, now) })),
    '401 identity.second-factor-wrong',
  )
  equal(
    told(await prove({ recoveryCode: ada.recoveryCodes[1] })),
    '401 identity.second-factor-wrong',
  )
  equal((await prove({ totpCode: codeAt(secret, now) })).status, 200)
  ok((await noticesOf({ ...ada, cookie })).includes('recovered'))
  for (const administrator of [root, second])
    ok((await noticesOf(administrator)).includes('recovery-used'), administrator.email)
})

test('a privileged account is let back in by two, neither of whom is its owner', async () => {
  await rest()
  ;[root, second] = [await fresh(root), await fresh(second)]
  const chief = await enrol(house, 'chief@house.example', ['administrator'])
  const begun = await begin(root, chief)
  deepEqual([begun.json.needsApproval, begun.json.link], [true, null])
  const path = `/v1/recoveries/${begun.json.recoveryId}`
  equal(told(await by(root, `${path}/link`)), '409 identity.recovery-not-approved')
  equal(told(await by(root, `${path}/approve`)), '403 identity.own-request')
  equal(told(await by(chief, `${path}/approve`)), '403 identity.own-request')
  equal(told(await begin(root, root)), '403 identity.own-rights')
  equal((await by(second, `${path}/approve`)).status, 200)
  equal(told(await by(second, `${path}/approve`)), '404 identity.unknown-recovery')
  ok((await noticesOf(root)).includes('recovery-approved'))
  equal(told(await by(second, `${path}/link`)), '403 identity.recovery-not-yours')
  const first = await by(root, `${path}/link`)
  const again = await by(root, `${path}/link`)
  equal(
    told(await post('/v1/recoveries/open', { token: tokenOf(first.json.link) })),
    '404 identity.recovery-not-open',
  )
  const token = tokenOf(again.json.link)
  const { json } = await post('/v1/recoveries/open', { token })
  const key = new Authenticator(house.settings.publicUrl)
  const passkey = {
    challengeId: json.passkey.challengeId,
    response: key.register(json.passkey.options.challenge),
  }
  const done = await post('/v1/recoveries/complete', { token, password: next, passkey })
  equal(done.status, 200, done.body)
  const factors = (await inSession(house, cookieOf(done), '/v1/self/factors')).json.items
  deepEqual(
    factors.map(({ kind }: { kind: string }) => kind),
    ['passkey'],
  )
})

test('rights that grew after the link was made stop it until somebody else has approved', async () => {
  await rest()
  ;[root, second] = [await fresh(root), await fresh(second)]
  const bo = await ordinary('bo@house.example')
  const token = tokenOf((await begin(root, bo)).json.link)
  equal((await post('/v1/recoveries/open', { token })).status, 200)
  await house.act({ action: 'identity.test' }, (act) =>
    grantRole(act, {
      actorId: bo.personId,
      role: 'support',
      controllers: null,
      categories: null,
      purposes: null,
      expiresAt: null,
    }),
  )
  equal(told(await post('/v1/recoveries/open', { token })), '404 identity.recovery-not-open')
})

test('who lost the password alone shows a second factor they have; the link is none', async () => {
  await rest()
  root = await fresh(root)
  const cleo = await ordinary('cleo@house.example')
  pass(1)
  const token = tokenOf((await begin(root, cleo, 'password')).json.link)
  const opened = await post('/v1/recoveries/open', { token })
  deepEqual([opened.json.totp, opened.json.secondSteps], [null, ['totp', 'recovery-code']])
  const complete = (json: object) =>
    post('/v1/recoveries/complete', { token, password: next, ...json })
  equal(told(await complete({ totpCode: '000000' })), '401 identity.second-factor-wrong')
  const stranger = new Authenticator(house.settings.publicUrl)
  const { challengeId, options } = opened.json.passkey
  const made = { challengeId, response: stranger.register(options.challenge) }
  equal(told(await complete({ passkey: made })), '401 identity.second-factor-wrong')
  const done = await complete({ totpCode: codeAt(cleo.secret, now) })
  equal(done.status, 200, done.body)
  deepEqual(done.json.recoveryCodes, [], 'those from before still count')
  equal((await inSession(house, cookieOf(done), '/v1/self')).json.recoveryCodesLeft, 10)
  equal(told(await inSession(house, cleo.cookie, '/v1/self')), '401 identity.session-expired')
})

test('who comes in by a provider alone has nothing here to be let back in with', async () => {
  await rest()
  root = await fresh(root)
  const fay = await ordinary('fay@house.example')
  await house.owner.run({
    text: 'update identity.person set password_hash = null where id = $1',
    values: [fay.personId],
  })
  for (const lost of ['password', 'everything'])
    equal(told(await begin(root, fay, lost)), '409 identity.recovery-not-possible')
})

test('a link lasts an hour, a newer one ends it, and one of an account that was stopped opens nothing', async () => {
  await rest()
  root = await fresh(root)
  const dan = await ordinary('dan@house.example')
  const opens = async (token: string) => told(await post('/v1/recoveries/open', { token }))
  const no = '404 identity.recovery-not-open'
  const [one, two] = [await begin(root, dan), await begin(root, dan)].map(({ json }) =>
    tokenOf(json.link),
  )
  deepEqual([await opens(one!), await opens(two!)], [no, '200'])
  equal((await by(root, `/v1/persons/${dan.personId}/disable`)).status, 200)
  equal(await opens(two!), no)
  equal(told(await begin(root, dan)), '409 identity.recovery-not-possible')
  equal((await by(root, `/v1/persons/${dan.personId}/enable`)).status, 200)
  equal(await opens(two!), '200')
  pass(61)
  equal(await opens(two!), no)
  await rest()
  root = await fresh(root)
  const last = await begin(root, dan)
  equal((await by(root, `/v1/recoveries/${last.json.recoveryId}`, {}, 'DELETE')).status, 200)
  equal(await opens(tokenOf(last.json.link)), no)
})

test('it begins only in a session that has just shown a second factor, and a link answers two at once once', async () => {
  await rest()
  root = await fresh(root)
  const eve = await ordinary('eve@house.example')
  pass(11)
  equal(told(await begin(root, eve)), '403 identity.fresh-factor-required')
  root = await fresh(root)
  const token = tokenOf((await begin(root, eve)).json.link)
  const { json } = await post('/v1/recoveries/open', { token })
  const totpCode = codeAt(json.totp.secret, now)
  const both = await Promise.all(
    [next, password].map((each) =>
      post('/v1/recoveries/complete', { token, password: each, totpCode }),
    ),
  )
  deepEqual(both.map(told).toSorted(), ['200', '404 identity.recovery-not-open'])
})

test('nobody left: the operator on the host lets the last administrator back in, and the trail says so', async () => {
  await rest()
  ;[root, second] = [await fresh(root), await fresh(second)]
  const operator = {
    id: 'operator',
    kind: 'operator',
    assurance: 2,
    grants: [],
    label: 'operator',
  } as const
  const { beginRecovery } = await import('../src/identity/persons/recovery-acts.ts')
  const lost = 'everything'
  const ask = { action: 'identity.recovery.begin', actor: operator }
  const asked = { personId: root.personId, lost, proofing: 'On the host.' } as const
  const whileOthersStand = await house.act(ask, (act) => beginRecovery(act, asked))
  equal(whileOthersStand.needsApproval, true)
  await house.owner.run({
    text: `update identity.actor set disabled_at = now(), disabled_because = 'test' where id <> $1`,
    values: [root.personId],
  })
  const alone = await house.act(ask, (act) => beginRecovery(act, asked))
  equal(alone.needsApproval, false)
  ok(alone.link !== undefined)
  const entries = await house.owner.rows<{ action: string; n: number }>({
    text: `select action, count(*)::int as n from trail.entry
           where action like 'identity.recovery.%' and outcome = 'done' group by 1 order by 1`,
  })
  deepEqual(
    entries.map(({ action }) => action.split('.')[2]),
    ['approve', 'begin', 'complete', 'issue', 'list', 'open', 'withdraw'],
  )
  deepEqual(house.faults, [])
})
