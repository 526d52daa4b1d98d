import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderPdf } from '#ground'
import { digestOf } from './canonical.ts'
import type { Incident, Step } from './incident.ts'
import { noticeDocument, noticeMail } from './notice-document.ts'
import { bodyOf, type Given, sameSubstance } from './notice-draft.ts'
import { missingIn, type NoticeBody } from './notice.ts'
import type { ScopeResult, Tally } from './scope.ts'

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'testdata/notice.json'), 'utf8'),
) as NoticeBody

const tally = (subjects: number, records: number, more: Partial<Tally>): Tally => ({
  subjects,
  records,
  categories: [
    { bit: 0, subjects, records: subjects },
    { bit: 1, subjects: records - subjects, records: records - subjects },
  ],
  access: { read: subjects, exported: 0, written: 0, erased: 0 },
  entries: 40,
  firstAt: '2026-03-06T08:40:00.000Z',
  lastAt: '2026-03-06T08:59:58.000Z',
  ...more,
})
const controllerId = '0195a000-0000-7000-8000-00000000000a'
const result: ScopeResult = {
  engine: 1,
  window: { from: '2025-12-06T09:00:00.000Z', to: '2026-03-06T09:03:01.200Z' },
  entries: 55,
  firstEntry: null,
  lastEntry: null,
  unknown: false,
  gap: null,
  controllers: [
    {
      controllerId,
      certain: tally(412, 700, {}),
      possible: tally(1930, 2600, { entries: 55, firstAt: '2026-02-01T10:00:00.000Z' }),
    },
  ],
}
const incident: Incident = {
  incidentId: '0195a000-0000-7000-8000-0000000000ff',
  number: 7,
  openedAt: new Date('2026-03-06T09:00:00.000Z'),
  title: 'Canary subjects touched by workload 0195a000-0000-7000-8000-0000000000aa',
  state: 'contained',
  severity: 'certain',
  origin: 'finding',
  synthetic: false,
  due: false,
  containedAt: new Date('2026-03-06T09:00:01.200Z'),
  closedAt: null,
}
const step = (name: Step['step'], second: number): Step => ({
  step: name,
  actorKind: 'workload',
  actorId: '0195a000-0000-7000-8000-0000000000aa',
  startedAt: incident.openedAt,
  endedAt: new Date(incident.openedAt.getTime() + second * 1000),
  seconds: second,
  held: true,
  sentence: '',
  facts: {},
})
const field = (kind: 'email' | 'text', special: boolean) => ({
  name: kind,
  kind,
  searchable: false,
  special,
})
const given: Given = {
  incident,
  scope: {
    version: 1,
    at: new Date('2026-03-06T09:00:02.000Z'),
    digest: digestOf(result),
    result,
  },
  controller: {
    controllerId,
    name: 'Alder Clinic',
    subjectKinds: ['patients'],
    synthetic: false,
    categories: [
      { name: 'contact', bit: 0, fields: [field('email', false)] },
      { name: 'health', bit: 1, fields: [field('text', true)] },
      { name: 'payment', bit: 2, fields: [field('text', false)] },
    ],
  },
  teller: { processorName: 'Example Processing', contactPoint: 'dpo@processor.example' },
  steps: [step('snapshot', 0.4), step('cut', 1.2), step('probe-after', 1.3)],
  last: undefined,
}

test('a draft says exactly what the golden notice says, and lacks nothing', () => {
  deepEqual(bodyOf(given), golden)
  deepEqual(missingIn(golden), [])
})

test('each of the five items, the contact point and a verified trail is missed when it is not there', () => {
  const lacking: [Partial<NoticeBody>, string][] = [
    [{ nature: ' ' }, 'the nature of the breach'],
    [{ subjects: { ...golden.subjects, kinds: [] } }, 'the categories of data subjects'],
    [{ subjects: { ...golden.subjects, possible: 0 } }, 'the number of data subjects'],
    [{ records: { ...golden.records, categories: [] } }, 'the categories of records'],
    [{ records: { ...golden.records, possible: 0 } }, 'the number of records'],
    [{ consequences: '' }, 'the likely consequences'],
    [{ measures: { taken: [''], proposed: [] } }, 'the measures taken or proposed'],
    [{ processor: { ...golden.processor, contactPoint: '' } }, 'the contact point'],
    [{ times: { ...golden.times, contained: null } }, 'when it was contained'],
    [{ basis: { ...golden.basis, verified: false } }, 'a verified trail to count from'],
  ]
  for (const [part, what] of lacking) deepEqual(missingIn({ ...golden, ...part }), [what])
})

test('of people who were only found no record is missed, and the notice says what was learnt', () => {
  const found = { ...golden, records: { certain: 0, possible: 0, categories: [] } }
  deepEqual(missingIn(found), [])
  const said = 'No record was opened: what was learnt is that these persons are known'
  ok(noticeMail(found).text.includes(said))
  ok(JSON.stringify(noticeDocument(found).content).includes(said))
  ok(!noticeMail(golden).text.includes(said))
})

test('a recount after sending makes an update, after a draft only another version', () => {
  const after = (state: string, worded = false) =>
    bodyOf({
      ...given,
      last: { state, version: 1, worded, body: { ...golden, nature: 'In our words.' } },
    })
  deepEqual(
    [after('sent').phase, after('sent').supersedes, after('sent').reference],
    ['update', 'INC-7/1', 'INC-7/2'],
  )
  deepEqual([after('draft').phase, after('draft').supersedes], ['initial', null])
  equal(after('draft').nature, golden.nature)
  equal(after('draft', true).nature, 'In our words.')
})

test('only facts make a notice another one', () => {
  const later = { ...golden, nature: 'x', version: 9, times: { ...golden.times, counted: 'later' } }
  ok(sameSubstance(golden, later))
  ok(!sameSubstance(golden, { ...golden, subjects: { ...golden.subjects, possible: 1931 } }))
  ok(!sameSubstance(golden, { ...golden, times: { ...golden.times, contained: null } }))
})

test('document and mail carry the numbers, and the same notice gives the same bytes', async () => {
  const { subject, text } = noticeMail(golden)
  equal(subject, 'Personal data breach: notice INC-7/1')
  ok(text.includes('412 certainly, up to 1,930 possibly'))
  const words = JSON.stringify(noticeDocument(golden).content)
  for (const said of ['patients', 'health (special category)', golden.basis.scopeDigest, 'dpo@'])
    ok(words.includes(said), said)
  const [one, two] = await Promise.all([
    renderPdf(noticeDocument(golden)),
    renderPdf(noticeDocument(golden)),
  ])
  ok(one.equals(two))
})
