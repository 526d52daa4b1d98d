import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openHouse, type TestHouse } from './house.ts'
import { codeAt, enrol, type Enrolled, inSession, password, told } from './identity-people.ts'
import { mailServer } from './incidents-people.ts'

let house: TestHouse
let root: Enrolled
let post: Awaited<ReturnType<typeof mailServer>>
let dir: string
before(async () => {
  post = await mailServer()
  dir = mkdtempSync(join(tmpdir(), 'holdfast-mail-'))
  writeFileSync(join(dir, 'smtp'), post.url)
  const settings = { smtpFile: join(dir, 'smtp'), mailFrom: 'holdfast@processor.example' }
  house = await openHouse({ listen: true, settings })
  root = await enrol(house, 'root@house.example', ['administrator'], 'first-administrator')
})
after(async () => {
  await house.close()
  post.server.close()
  rmSync(dir, { recursive: true, force: true })
})

const invite = (json: object) =>
  inSession(house, root.cookie, '/v1/enrolments', {
    method: 'POST',
    json: { roleNames: ['support'], ...json },
  })
const complete = async (token: string, email: string) => {
  const opened = await house.request('/v1/enrolments/open', { method: 'POST', json: { token } })
  equal(opened.status, 200, opened.body)
  const totpCode = codeAt(opened.json.totp.secret, house.world.now())
  const json = { token, name: 'Ada Field', email, password, totpCode }
  return house.request('/v1/enrolments/complete', { method: 'POST', json })
}
const tokenIn = (text: string) =>
  /enrol#([A-Za-z0-9_-]{43})/.exec(text.replaceAll('=\r\n', ''))?.[1]

test('an invitation goes by mail to whom it is for, is shown to nobody else, and is good for no other address', async () => {
  const made = await invite({ email: 'Ada@House.example' })
  equal(made.status, 200, made.body)
  deepEqual([made.json.link, made.json.mailed], [null, true])
  const [message] = post.messages
  match(message!, /To: ada@house\.example/i)
  match(message!, /You are invited to the house of Example Processing/)
  const token = tokenIn(message!)
  ok(token !== undefined && !made.body.includes(token))
  equal(told(await complete(token, 'eve@house.example')), '403 identity.email-not-invited')
  equal(
    told(await complete(token, root.email)),
    '403 identity.email-not-invited',
    'nor does it tell who else has an account',
  )
  equal((await complete(token, 'ada@house.example')).status, 200)
  equal(told(await invite({ email: 'ADA@house.example' })), '409 identity.email-taken')
  equal(told(await invite({ email: 'nobody' })), '422 identity.email-not-valid')
})

test('where no mail server takes it, the link is shown, bound all the same', async () => {
  post.refuse.add('bo@house.example')
  const made = await invite({ email: 'bo@house.example' })
  equal(made.json.mailed, false)
  const token = tokenIn(made.json.link)!
  equal(told(await complete(token, 'eve@house.example')), '403 identity.email-not-invited')
  equal((await complete(token, 'bo@house.example')).status, 200)
})

test('without an address the link is shown, and good for whoever opens it', async () => {
  const before = post.messages.length
  const made = await invite({})
  equal(made.json.mailed, false)
  equal(post.messages.length, before)
  equal((await complete(tokenIn(made.json.link)!, 'cleo@house.example')).status, 200)
  deepEqual(house.faults, [])
})
