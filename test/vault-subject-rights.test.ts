import { deepEqual, equal, match, notDeepEqual, ok, rejects } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Cross } from '#kernel'
import { rotateRing } from '#keys'
import { unpackTouched } from '#trail'
import { type Controller, eraseSubject, recordStatement, type Statement, vault } from '#vault'
import { asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { mailServer } from './incidents-people.ts'
import { rectify } from '../src/vault/records/rectify-flow.ts'
import { inController, personWith, takeIn } from './vault-people.ts'

let house: TestHouse
let clinic: Controller
let here: ReturnType<typeof inController>
let caller: Caller
let post: Awaited<ReturnType<typeof mailServer>>
const dir = mkdtempSync(join(tmpdir(), 'holdfast-rights-'))
let now = new Date('2026-03-10T09:00:00Z')

const at = (text: string) => {
  now = new Date(text)
  house.setNow(now)
}

before(async () => {
  post = await mailServer()
  writeFileSync(join(dir, 'smtp'), post.url)
  const settings = { smtpFile: join(dir, 'smtp'), mailFrom: 'holdfast@processor.example' }
  house = await openHouse({ now, settings })
  clinic = await takeIn(house)
  here = inController(house, clinic)
  const expiresAt = new Date('2027-01-01T00:00:00Z')
  caller = await callerWith(house, { actions: ['vault.*'], expiresAt })
})
after(async () => {
  await house.close()
  post.server.close()
  rmSync(dir, { recursive: true })
})

const put = async (subjectKey: string) => {
  const fields = { name: `Name of ${subjectKey}`, email: `${subjectKey}@people.example` }
  const [stored] = await here.put([{ subjectKey, category: 'contact', fields }])
  return stored!.subjectId
}

const send = async (
  method: string,
  rest: string,
  json?: unknown,
  { purpose = 'care', as = caller }: { purpose?: string; as?: Caller } = {},
) => {
  // Not over TLS: the house's clock stands where its certificate is over.
  const { statusCode: status, body } = await house.app.inject({
    method: method as 'GET',
    url: `/v1/controllers/${clinic.controllerId}${rest}`,
    headers: { ...asCaller(as.token, purpose) },
    ...(json === undefined ? {} : { payload: json as object }),
  })
  return { status, json: JSON.parse(body) }
}
const done = async (method: string, rest: string, json?: unknown, why?: { purpose?: string }) => {
  const answer = await send(method, rest, json, why)
  equal(answer.status, 200, `${method} ${rest}: ${JSON.stringify(answer.json)}`)
  return answer.json
}

const say = (subjectId: string, statement: Partial<Statement>) =>
  here.act('vault.consent.record', (act) =>
    recordStatement(act, subjectId, {
      purpose: 'news',
      kind: 'consent',
      stands: true,
      evidence: 'signed form 12 of 2026-03-09',
      ...statement,
    }),
  )
const news = { purpose: 'news' }

test('a correction brings nothing back of somebody who was erased while it was on its way', async () => {
  const id = await put('C-1')
  let acts = 0
  const cross: Cross = async (deed) => {
    acts += 1
    if (acts === 2) {
      await here.act('vault.subject.erase', (act) => eraseSubject(act, id, 'request 12'))
      await here.put([{ subjectKey: 'C-1', category: 'contact', fields: { name: 'Somebody new' } }])
    }
    return here.act('vault.record.rectify', deed)
  }
  const fields = { phone: '+49 30 123456' }
  await rejects(rectify(cross, { subjectId: id, category: 'contact', fields }), {
    code: 'vault.record-moved',
  })
  const email = { field: 'email', value: 'c-1@people.example' }
  deepEqual(await here.find(email), [])
})

test('a purpose that rests on consent sees nobody who has not given it, and nobody who withdrew it', async () => {
  const id = await put('N-1')
  const email = { field: 'email', value: 'n-1@people.example' }
  await rejects(here.read([id], news), { code: 'vault.consent-missing' })
  deepEqual(await here.find(email, news), [])
  await say(id, {})
  equal((await here.read([id], news))[0]?.records.length, 1)
  equal((await here.find(email, news)).length, 1)
  await rejects(say(id, {}), { code: 'vault.already-said' })
  await say(id, { stands: false, evidence: 'mail of 2026-03-10' })
  await rejects(here.read([id], news), { code: 'vault.consent-missing' })
  await rejects(say(id, { stands: false }), { code: 'vault.not-said' })
  const { items } = await done('GET', `/subjects/${id}/consents`)
  deepEqual(
    items.map((one: Record<string, unknown>) => [one['kind'], one['evidence'], one['endedHow']]),
    [['consent', 'signed form 12 of 2026-03-09', 'mail of 2026-03-10']],
  )
})

test('who objected to a purpose is not read, found or stored for it, and is for every other', async () => {
  const id = await put('O-1')
  await say(id, { purpose: 'billing', kind: 'objection' })
  const billing = { purpose: 'billing' }
  await rejects(here.read([id], billing), { code: 'vault.purpose-objected' })
  const row = { subjectKey: 'O-1', category: 'contact', fields: { name: 'Other' } }
  await rejects(here.put([row], billing), { code: 'vault.purpose-objected' })
  deepEqual(await here.find({ field: 'email', value: 'o-1@people.example' }, billing), [])
  equal((await here.read([id])).length, 1)
  await say(id, { purpose: 'billing', kind: 'objection', stands: false })
  equal((await here.read([id], billing)).length, 1)
})

test('evidence lies sealed and goes with its subject', async () => {
  const id = await put('N-2')
  await say(id, { evidence: 'told Mallory by telephone' })
  const rows = () =>
    house.owner.rows<{ evidence: Buffer }>({
      text: 'select evidence from vault.consent where subject_id = $1',
      values: [id],
    })
  ok(!(await rows())[0]!.evidence.includes('Mallory'))
  await here.act('vault.subject.erase', (act) => eraseSubject(act, id, 'asked'))
  deepEqual(await rows(), [])
})

test('evidence put in the place of another’s, or of its own end, does not open', async () => {
  const [a, b] = [await put('X-1'), await put('X-2')]
  for (const id of [a, b]) await say(id, { evidence: `form of ${id}` })
  const swap = (from: string, to: string) =>
    house.owner.run({
      text: `update vault.consent c set evidence = o.evidence from vault.consent o
        where c.subject_id = $2 and o.subject_id = $1`,
      values: [from, to],
    })
  await swap(a, b)
  equal((await send('GET', `/subjects/${b}/consents`)).json.code, 'keys.not-authentic')
  await say(a, { stands: false, evidence: 'the end' })
  await house.owner.run({
    text: 'update vault.consent set evidence = ended_how where subject_id = $1',
    values: [a],
  })
  equal((await send('GET', `/subjects/${a}/consents`)).json.code, 'keys.not-authentic')
  // What was altered would rightly stop the next turn of the subject keys.
  for (const id of [a, b])
    await here.act('vault.subject.erase', (act) => eraseSubject(act, id, 'the test is over'))
})

test('one field is revealed to who sees the rest masked, and its entry names the field and the record', async () => {
  const id = await put('R-1')
  const actor = personWith({ actions: ['vault.record.read'] })
  const [masked] = await here.read([id], { actor })
  equal(masked?.records[0]?.fields['email'], 'r•••@•••.example'.replace('r', 'R'))
  const helper = await callerWith(house, {
    actions: ['vault.field.reveal'],
    categories: ['contact'],
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  })
  const reveal = (category: string, field: string, purpose = 'care') =>
    send('POST', `/subjects/${id}/reveal`, { category, field }, { as: helper, purpose })
  deepEqual((await reveal('contact', 'email')).json, {
    category: 'contact',
    field: 'email',
    value: 'R-1@people.example',
  })
  const entry = await house.owner.first<{ touched: Buffer }>({
    text: `select touched from trail.entry where action = 'vault.field.reveal' order by id desc limit 1`,
  })
  equal(unpackTouched(entry!.touched).length, 1)
  equal((await reveal('contact', 'iban')).json.code, 'vault.field-outside-purpose')
  equal((await reveal('contact', 'nothing')).json.code, 'vault.unknown-field')
  equal((await reveal('health', 'diagnosis')).json.code, 'identity.not-permitted')
})

test('a correction changes its fields and no other, also those its purpose may not see', async () => {
  const fields = { name: 'Ada Lovelace', iban: 'DE02 1203 0000' }
  const row = { subjectKey: 'P-1', category: 'contact', fields }
  const [stored] = await here.put([row], { purpose: 'billing' })
  const path = `/subjects/${stored!.subjectId}/records/contact`
  const { version } = await done('PATCH', path, { fields: { name: 'Ada King' } })
  equal(version, 2)
  const [whole] = await here.read([stored!.subjectId], { purpose: 'billing' })
  deepEqual(whole?.records[0]?.fields, { name: 'Ada King', iban: 'DE02 1203 0000' })
  equal(
    (await send('PATCH', path, { fields: { iban: 'x' } })).json.code,
    'vault.field-outside-purpose',
  )
  equal(
    (await send('PATCH', path, { fields: { name: null, iban: null } }, { purpose: 'billing' })).json
      .code,
    'vault.record-empty',
  )
})

const requests = '/subject-requests'

test('a request goes from receipt to proof, and only as the controller instructs', async () => {
  at('2026-03-10T09:00:00Z')
  const id = await put('Q-1')
  const asked = 'Please delete everything you hold about Quentin.'
  const { requestId, dueAt } = await done('POST', requests, { kind: 'erasure', asked })
  equal(dueAt, '2026-04-11T00:00:00.000Z')
  const path = `${requests}/${requestId}`
  equal((await send('POST', `${path}/carry-out`, {})).json.code, 'vault.not-instructed')
  await done('POST', `${path}/forward`, { how: 'mail to olive@alder.example' })
  await done('POST', `${path}/instruct`, { comply: true, instruction: 'Erase, she is right.' })
  equal((await send('POST', `${path}/carry-out`, {})).json.code, 'vault.subject-not-named')
  await done('PUT', `${path}/subject`, { subjectId: id })
  const { facts } = await done('POST', `${path}/carry-out`, {})
  equal(facts.subjectId, id)
  equal(facts.keys.length, 1)
  const read = await done('GET', path)
  equal(read.state, 'done')
  equal(read.asked, asked)
  deepEqual(
    read.steps.map(({ what, said }: { what: string; said: string | null }) => [what, said]),
    [
      ['received', null],
      ['forwarded', 'mail to olive@alder.example'],
      ['instructed', 'Erase, she is right.'],
      ['found', null],
      ['done', null],
    ],
  )
  equal(read.steps.at(-1).facts.goneFromBackupsBy, facts.goneFromBackupsBy)
  await rejects(here.read([id]), { code: 'vault.subject-erased' })
  equal((await send('POST', `${path}/forward`, { how: 'again' })).json.code, 'vault.request-ended')
})

test('a request is mailed to the controller without a word of the subject, unless somebody wants it there', async () => {
  at('2026-03-10T09:00:00Z')
  const id = await put('M-1')
  const asked = 'Send me what you have about Marguerite.'
  const { requestId } = await done('POST', requests, { kind: 'access', asked, subjectId: id })
  const path = `${requests}/${requestId}`
  const letter = await done('GET', `${path}/letter`)
  deepEqual([letter.to, letter.mailIsSet], [['olive@alder.example'], true])
  match(letter.text, new RegExp(`Reference: ${requestId}`))
  match(letter.text, /Due: +2026-04-10/)
  ok(!letter.text.includes('Marguerite') && !letter.text.includes('M-1'))

  post.refuse.add('olive@alder.example')
  equal((await send('POST', `${path}/mail`, {})).json.code, 'vault.mail-not-accepted')
  equal((await done('GET', path)).state, 'received', 'nobody has it')
  post.refuse.clear()
  const mailed = await done('POST', `${path}/mail`, { words: true })
  deepEqual(mailed, { requestId, state: 'forwarded', accepted: 1, failed: 0 })
  const mail = post.messages.at(-1)!
  match(mail, /Marguerite/)
  match(mail, /M-1/)
  const read = await done('GET', path)
  equal(read.state, 'forwarded')
  deepEqual(
    read.steps.map(({ what, facts }: { what: string; facts: object }) => [what, facts]).slice(1),
    [
      ['unsent', { by: 'mail', accepted: 0, failed: 1 }],
      ['forwarded', { by: 'mail', accepted: 1, failed: 0 }],
    ],
  )
  await house.integrate()
  const entries = await house.owner.rows<{ outcome: string }>({
    text: `select outcome from trail.entry where action = 'vault.request.mail' order by id`,
  })
  ok(entries.filter(({ outcome }) => outcome === 'done').length >= 4)
  await done('POST', `${path}/instruct`, { comply: false, instruction: 'No.' })
  equal((await send('POST', `${path}/mail`, {})).json.code, 'vault.request-ended')
  equal((await send('GET', `${requests}/${id}/letter`)).json.code, 'vault.unknown-subject-request')
})

test('a copy holds everything in full, also of a restricted subject, and ends its request', async () => {
  const id = await put('Q-2')
  await say(id, {})
  await here.put([{ subjectKey: 'Q-2', category: 'health', fields: { diagnosis: 'fever' } }])
  await done('PATCH', `/subjects/${id}`, { restricted: true })
  const open = async (kind: string) => {
    const { requestId } = await done('POST', requests, { kind, asked: 'a copy', subjectId: id })
    await done('POST', `${requests}/${requestId}/instruct`, {
      comply: true,
      instruction: 'Give it.',
    })
    return requestId as string
  }
  const requestId = await open('access')
  const copy = await done('POST', `${requests}/${requestId}/answer`)
  equal(copy.format, 'holdfast-subject-copy')
  equal(copy.subject.subjectKey, 'Q-2')
  deepEqual(
    copy.records.map(({ category, fields }: { category: string; fields: object }) => [
      category,
      fields,
    ]),
    [
      ['contact', { name: 'Name of Q-2', email: 'Q-2@people.example' }],
      ['health', { diagnosis: 'fever' }],
    ],
  )
  equal(copy.said[0].evidence, 'signed form 12 of 2026-03-09')
  equal((await done('GET', `${requests}/${requestId}`)).state, 'done')
  // Whoever is not granted every category does not hand out less than everything.
  const partly = await callerWith(house, {
    actions: ['vault.*'],
    categories: ['contact'],
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  })
  const other = await open('portability')
  const refused = await send('POST', `${requests}/${other}/answer`, undefined, { as: partly })
  equal(refused.json.code, 'identity.not-permitted')
  equal((await done('GET', `${requests}/${other}`)).state, 'instructed')
})

test('a restriction and an objection are carried out with the request as their reason', async () => {
  const id = await put('Q-3')
  const carry = async (kind: string, body: object) => {
    const { requestId } = await done('POST', requests, { kind, asked: 'please', subjectId: id })
    await done('POST', `${requests}/${requestId}/instruct`, { comply: true, instruction: 'Do it.' })
    const { statusCode, body: answer } = await house.app.inject({
      method: 'POST',
      url: `/v1/controllers/${clinic.controllerId}${requests}/${requestId}/carry-out`,
      headers: { authorization: `Bearer ${caller.token}` },
      payload: body,
    })
    equal(statusCode, 200, answer)
  }
  await carry('objection', { purposes: ['billing'] })
  await rejects(here.read([id], { purpose: 'billing' }), { code: 'vault.purpose-objected' })
  await carry('restriction', {})
  await rejects(here.read([id]), { code: 'vault.subject-restricted' })
})

test('two months more are given once, within the first; and what is late stands first among the tasks', async () => {
  at('2026-03-10T09:00:00Z')
  const terms = { kind: 'objection', asked: 'No more calls.' }
  const { requestId } = await done('POST', requests, {
    ...terms,
    receivedAt: '2026-03-01T08:00:00Z',
  })
  const { requestId: late } = await done('POST', requests, {
    ...terms,
    receivedAt: '2026-02-05T08:00:00Z',
  })
  equal(
    (await send('POST', requests, { ...terms, receivedAt: '2026-03-11T08:00:00Z' })).json.code,
    'vault.received-in-future',
  )
  const extend = (id: string) => send('POST', `${requests}/${id}/extend`, { why: 'many at once' })
  equal((await extend(requestId)).json.dueAt, '2026-06-02T00:00:00.000Z')
  equal((await extend(requestId)).json.code, 'vault.extended-already')
  equal((await extend(late)).json.code, 'vault.too-late-to-extend')
  const { items } = await done('GET', `${requests}?open=true`)
  equal(items[0].requestId, late)
  ok(!JSON.stringify(items).includes('No more calls'), 'a list of tasks tells what was asked')
})

test('evidence and records stay readable when their subject gets another key', async () => {
  const id = await put('K-1')
  await say(id, { evidence: 'form 13' })
  await say(id, { stands: false, evidence: 'mail 14' })
  const keyIdOf = () =>
    house.owner.first<{ keyId: string }>({
      text: 'select key_id as "keyId" from vault.subject where subject_id = $1',
      values: [id],
    })
  const before = await keyIdOf()
  await here.act('keys.ring.rotate', (act) => rotateRing(act, ['data']))
  const loop = vault.loops!.find(({ action }) => action === 'vault.rekey')!
  for (let left = 20; left > 0 && (await loop.due(house.owner)); left -= 1) {
    await loop.turn(house.threshold.asHouse, house.world)
    house.setNow((now = new Date(now.getTime() + 16_000)))
  }
  notDeepEqual(await keyIdOf(), before)
  const { items } = await done('GET', `/subjects/${id}/consents`)
  deepEqual([items[0].evidence, items[0].endedHow], ['form 13', 'mail 14'])
})

test('nothing of all this was a fault', () => {
  deepEqual(house.faults, [])
})
