import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createEnrolment } from '#identity'
import { openHouse, type TestHouse } from './house.ts'
import { Authenticator } from './identity-authenticator.ts'
import { cookieOf, inSession, password, signIn, told } from './identity-people.ts'

const email = 'ada@customer.example'
let house: TestHouse
let passkey: Authenticator

before(async () => {
  house = await openHouse({ listen: true })
  passkey = new Authenticator(house.world.settings.publicUrl)
})
after(() => house.close())

const post = (path: string, json: unknown = {}) => house.request(path, { method: 'POST', json })

async function begin(by: Authenticator) {
  const token = await house.act({ action: 'identity.enrolment.create' }, (act) =>
    createEnrolment(act, { kind: 'invitation', roleNames: ['administrator'] }),
  )
  const opened = await post('/v1/enrolments/open', { token })
  equal(opened.status, 200, opened.body)
  const { challengeId, options } = opened.json.passkey
  equal(options.authenticatorSelection.userVerification, 'required')
  const form = { token, name: 'Ada Field', email, password }
  return { form, challengeId, response: by.register(options.challenge) }
}

test('a passkey that did not verify its owner, or answers another challenge, does not enrol', async () => {
  const careless = new Authenticator(house.world.settings.publicUrl)
  careless.verifies = false
  const first = await begin(careless)
  const { form, challengeId, response } = first
  const refused = await post('/v1/enrolments/complete', {
    ...form,
    passkey: { challengeId, response },
  })
  equal(told(refused), '401 identity.second-factor-wrong')
  const again = await begin(passkey)
  const crossed = {
    challengeId: again.challengeId,
    response: passkey.register('bm90LXRoZS1jaGFsbGVuZ2U'),
  }
  equal(
    told(await post('/v1/enrolments/complete', { ...again.form, passkey: crossed })),
    '401 identity.second-factor-wrong',
  )
})

test('a passkey of another place does not enrol: phishing pages get nothing', async () => {
  const phished = new Authenticator('https://localhost.evil.example')
  const { form, challengeId, response } = await begin(phished)
  const refused = await post('/v1/enrolments/complete', {
    ...form,
    passkey: { challengeId, response },
  })
  equal(told(refused), '401 identity.second-factor-wrong')
})

test('a passkey enrols instead of an app, and is the second factor from then on', async () => {
  const { form, challengeId, response } = await begin(passkey)
  const done = await post('/v1/enrolments/complete', {
    ...form,
    passkey: { challengeId, response },
  })
  equal(done.status, 200, done.body)
  const half = await signIn(house, email)
  deepEqual(half.json.secondSteps, ['passkey', 'recovery-code'])
  const cookie = cookieOf(half)
  const asked = await inSession(house, cookie, '/v1/sessions/second-factor/passkey-options', {
    method: 'POST',
    json: {},
  })
  equal(asked.status, 200, asked.body)
  equal(asked.json.options.allowCredentials[0].id, passkey.id.toString('base64url'))
  const answer = {
    challengeId: asked.json.challengeId,
    response: passkey.assert(asked.json.options.challenge),
  }
  const prove = () =>
    inSession(house, cookie, '/v1/sessions/second-factor', {
      method: 'POST',
      json: { passkey: answer },
    })
  const whole = await prove()
  equal(whole.status, 200, whole.body)
  equal((await inSession(house, cookieOf(whole), '/v1/persons')).status, 200)
})

const alone = async (by: Authenticator) => {
  const asked = await post('/v1/sessions/passkey-options')
  deepEqual(asked.json.options.allowCredentials, [])
  return { challengeId: asked.json.challengeId, response: by.assert(asked.json.options.challenge) }
}

test('a passkey alone signs in whole, and its answer counts once', async () => {
  const answer = await alone(passkey)
  const whole = await post('/v1/sessions/passkey', answer)
  equal(whole.status, 200, whole.body)
  equal(whole.json.assurance, 2)
  equal((await inSession(house, cookieOf(whole), '/v1/persons')).status, 200)
  equal(told(await post('/v1/sessions/passkey', answer)), '401 identity.sign-in-refused')
})

test('a copy of a passkey that fell behind in counting is refused', async () => {
  passkey.counter -= 2
  equal(
    told(await post('/v1/sessions/passkey', await alone(passkey))),
    '401 identity.sign-in-refused',
  )
  passkey.counter += 2
  equal((await post('/v1/sessions/passkey', await alone(passkey))).status, 200)
})

test('a passkey nobody registered, or without its owner, signs in nobody', async () => {
  const stranger = new Authenticator(house.world.settings.publicUrl)
  equal(
    told(await post('/v1/sessions/passkey', await alone(stranger))),
    '401 identity.sign-in-refused',
  )
  passkey.verifies = false
  equal(
    told(await post('/v1/sessions/passkey', await alone(passkey))),
    '401 identity.sign-in-refused',
  )
  passkey.verifies = true
  ok((await house.owner.rows({ text: 'select from identity.factor' })).length === 1)
  deepEqual(house.faults, [])
})
