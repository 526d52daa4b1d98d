import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { incidents } from '#incidents'
import type { Controller } from '#vault'
import type { NoticeDto, WholeIncidentDto } from '../src/incidents/wire.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, inSession, told } from './identity-people.ts'
import {
  mailServer,
  readerOf,
  readSubject,
  seededController,
  subjectIdsOf,
  until,
} from './incidents-people.ts'

// One breach from the first stolen read to the notice in the controller's mailbox, over real TLS,
// loops turning. Alder is read by sweep, Birch by a few lookups, Cedar not at all.

let house: TestHouse
let post: Awaited<ReturnType<typeof mailServer>>
const dir = mkdtempSync(join(tmpdir(), 'holdfast-breach-'))
let alder: Controller
let birch: Controller
let cedar: Controller
let token: string
let officer: string
let incidentId: string
/** What was truly taken: subject ids by controller. */
const truth = new Map<string, Set<string>>()

before(async () => {
  post = await mailServer()
  writeFileSync(join(dir, 'smtp'), post.url)
  house = await openHouse({
    listen: true,
    work: true,
    settings: { smtpFile: join(dir, 'smtp'), mailFrom: 'holdfast@processor.example' },
  })
  alder = await seededController(house, 'Alder', { people: 300, synthetic: false })
  birch = await seededController(house, 'Birch', { people: 100 })
  cedar = await seededController(house, 'Cedar', { people: 20 })
  token = (await readerOf(house, 'billing', [alder, birch, cedar])).token
  officer = (await enrol(house, 'nadia@processor.example', ['administrator'])).cookie
})
after(async () => {
  await house.close()
  post.server.close()
  rmSync(dir, { recursive: true })
})

async function steal(controller: Controller, subjectId: string): Promise<boolean> {
  if ((await readSubject(house, token, controller, subjectId)) !== 200) return false
  const { controllerId } = controller
  truth.set(controllerId, (truth.get(controllerId) ?? new Set()).add(subjectId))
  return true
}

const ask = (method: string, path: string, json?: unknown) =>
  inSession(house, officer, path, { method, ...(json === undefined ? {} : { json }) })
const incident = async (): Promise<WholeIncidentDto> =>
  (await ask('GET', `/v1/incidents/${incidentId}`)).json
const counted = async () => {
  const { scope } = await incident()
  ok(scope !== null)
  return scope
}
const noticeTo = async ({ controllerId }: Controller) =>
  (await incident()).notices.findLast((one) => one.controllerId === controllerId)!
const notice = async (noticeId: string): Promise<NoticeDto> =>
  (await ask('GET', `/v1/notices/${noticeId}`)).json
const outcomes = ({ deliveries }: NoticeDto) => deliveries.map(({ outcome }) => outcome).sort()

test('a canary gives the thief away, and the credential is refused before the sweep goes on', async () => {
  const [first, second] = [await subjectIdsOf(house, alder), await subjectIdsOf(house, birch)]
  for (const id of second.slice(0, 15)) ok(await steal(birch, id))
  // Canaries were planted last: the sweep meets the first of them here.
  for (const id of [...first.slice(0, 25), first.at(-1)!]) ok(await steal(alder, id))
  await until(house, 'the cut', async () => ((await steal(alder, first[30]!)) ? undefined : true))
  const { items } = await until(house, 'two drafts', async () => {
    const list = (await ask('GET', '/v1/incidents')).json
    const [found] = list.items
    if (found?.state !== 'contained') return undefined
    incidentId = found.incidentId
    return (await incident()).notices.length === 2 ? list : undefined
  })
  equal(items.length, 1)
  deepEqual([items[0].severity, items[0].origin], ['certain', 'finding'])
})

test('the cut was made after evidence was secured, was tried from outside, and took seconds', async () => {
  const { containment, evidence } = await incident()
  deepEqual(
    containment.map(({ step, held }) => `${step} ${held}`),
    ['snapshot true', 'probe-before true', 'cut true', 'probe-after true'],
  )
  ok(containment.every(({ seconds }) => seconds > 0 && seconds < 10))
  deepEqual(
    evidence.map(({ kind, intact }) => `${kind} ${intact}`),
    ['trail-head true', 'suspects true', 'findings true', 'entries true', 'cut true'],
  )
})

test('the count equals what was taken, for each controller, and names no other', async () => {
  const { synthetic } = await incident()
  const scope = await counted()
  equal(scope.gap, null)
  deepEqual(
    scope.controllers
      .map((one) => [one.name, one.certain.subjects, one.certain.records])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    [alder, birch].map(({ name, controllerId }) => {
      const subjects = truth.get(controllerId)!.size
      return [name, subjects, subjects * 2]
    }),
  )
  deepEqual(
    scope.controllers[0]?.certain.categories.map(({ name }) => name),
    ['contact', 'health'],
  )
  equal(synthetic, false)
})

test('a count made again from the same trail has the same digest and makes no new version', async () => {
  const before = await counted()
  const again = await ask('POST', `/v1/incidents/${incidentId}/scope`)
  deepEqual(
    [told(again), again.json.version, again.json.digest],
    ['200', before.version, before.digest],
  )
})

test('clocks run for those certainly reached, and for nobody else', async () => {
  const { clocks } = await incident()
  equal(clocks.length, 6)
  for (const { controllerId } of [alder, birch]) {
    const own = clocks.filter((one) => one.controllerId === controllerId)
    deepEqual(
      own.map(({ kind, hours, state }) => `${kind} ${hours} ${state}`),
      ['target 24 running', 'contract 36 running', 'bound 72 running'],
    )
  }
})

test('who was reached gets no all-clear, who was not gets one with its document', async () => {
  const clear = ({ controllerId }: Controller) =>
    ask('POST', `/v1/incidents/${incidentId}/all-clear`, { controllerId })
  for (const controller of [alder, birch])
    equal(told(await clear(controller)), '409 incidents.controller-affected')
  const answer = await clear(cedar)
  equal(told(answer), '200')
  equal(answer.json.statement.controller.name, 'Cedar')
  ok(Buffer.from(answer.json.pdfBase64, 'base64').toString('latin1').startsWith('%PDF-1.7'))
})

test('an incident is not closed while a controller waits for its notice', async () => {
  const answer = await ask('POST', `/v1/incidents/${incidentId}/close`, { reason: 'done' })
  equal(told(answer), '409 incidents.notices-unsent')
})

test('a notice that lacks something is not approved, except as a phase', async () => {
  const { noticeId } = await noticeTo(birch)
  const blank = await ask('PATCH', `/v1/notices/${noticeId}`, { consequences: ' ' })
  deepEqual(blank.json.missing, ['the likely consequences'])
  const refused = await ask('POST', `/v1/notices/${noticeId}/approve`, {})
  equal(told(refused), '422 incidents.notice-incomplete')
  equal(
    told(await ask('POST', `/v1/notices/${noticeId}/send`)),
    '409 incidents.notice-not-approved',
  )
  const phase = await ask('POST', `/v1/notices/${noticeId}/approve`, { asPhase: true })
  deepEqual([told(phase), phase.json.state, phase.json.partial], ['200', 'approved', true])
})

test('a notice about made-up people is sent to nobody', async () => {
  const { noticeId } = await noticeTo(birch)
  const sent = await ask('POST', `/v1/notices/${noticeId}/send`)
  deepEqual([told(sent), sent.json.state], ['200', 'withheld'])
  deepEqual(outcomes(sent.json), ['withheld'])
  deepEqual(post.messages, [])
})

test('a notice reaches the contacts by mail, the failed ones again, and meets the clocks', async () => {
  const { noticeId, missing, reference } = await noticeTo(alder)
  deepEqual(missing, [])
  equal(told(await ask('POST', `/v1/notices/${noticeId}/approve`, {})), '200')
  post.refuse.add('otto@alder.example')
  const first = await ask('POST', `/v1/notices/${noticeId}/send`)
  deepEqual([first.json.state, outcomes(first.json)], ['approved', ['accepted', 'failed']])
  post.refuse.clear()
  const second = await ask('POST', `/v1/notices/${noticeId}/send`)
  equal(second.json.state, 'sent')
  deepEqual(
    post.messages.map((mail) => /^To: (.*)\r$/m.exec(mail)?.[1]),
    ['olive@alder.example', 'otto@alder.example'],
  )
  ok(post.messages[0]!.includes(`${reference.replace('/', '-')}.pdf`))
  const { clocks, state } = await incident()
  const own = clocks.filter(({ controllerId }) => controllerId === alder.controllerId)
  deepEqual(
    own.map((one) => one.state),
    ['met', 'met', 'met'],
  )
  equal(state, 'notified')
  const known = await ask('POST', `/v1/notices/${noticeId}/acknowledge`)
  equal(known.json.state, 'acknowledged')
})

test('what a notice says holds no one else and no personal data', async () => {
  const { noticeId } = await noticeTo(alder)
  const { body } = await notice(noticeId)
  const taken = truth.get(alder.controllerId)!.size
  deepEqual(body.subjects, { certain: taken, possible: taken, kinds: ['patients'] })
  match(body.nature, /^Breach of confidentiality: personal data were read/)
  match(body.consequences, /special categories/)
  const text = JSON.stringify(body)
  for (const foreign of [birch.controllerId, 'Birch', 'olive', 'example.com', 'billing'])
    ok(!text.includes(foreign), foreign)
  const pdf = await ask('GET', `/v1/notices/${noticeId}.pdf`)
  deepEqual([pdf.status, pdf.headers['content-type']], [200, 'application/pdf'])
})

test('a closed incident takes its findings with it and no more notes', async () => {
  const close = await ask('POST', `/v1/incidents/${incidentId}/close`, {
    reason: 'The key was rotated.',
  })
  deepEqual([told(close), close.json.state], ['200', 'closed'])
  const note = await ask('POST', `/v1/incidents/${incidentId}/notes`, { text: 'later' })
  equal(told(note), '409 incidents.incident-closed')
  const { items }: { items: { rule: string }[] } = (await ask('GET', '/v1/findings?state=closed'))
    .json
  deepEqual(
    items.map(({ rule }) => rule),
    ['canary'],
  )
  const { timeline } = await incident()
  equal(timeline.at(-1)?.text, 'The key was rotated.')
})

test('the measures of cutting off and telling hold, and say how fast it was', async () => {
  for (const id of ['containment', 'revocation', 'notification', 'evidence', 'notice-content']) {
    const measure = incidents.measures!.find((one) => one.id === `incidents.${id}`)!
    const { holds, finding, n, of } = await measure.check!(
      house.threshold.asHouse,
      house.world,
      house.world.now(),
    )
    ok(holds, `${id}: ${finding}`)
    ok(of > 0 && n === of, finding)
  }
})

test('nothing failed on the way', () => {
  deepEqual(house.faults, [])
})
