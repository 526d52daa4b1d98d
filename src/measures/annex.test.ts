import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Measure } from '#kernel'
import { renderPdf } from '#ground'
import { type Annex, annexOf, type Newest, spokenOf } from './annex.ts'
import { csvOf } from './csv.ts'
import { documentOf } from './document.ts'
import { headings } from './lines.ts'
import { publicAnnexOf } from './public-annex.ts'

const now = new Date('2026-11-21T10:00:00Z')
const measure = (id: `${string}.${string}`, lines: string[]): Measure => ({
  id,
  lines,
  statement: 'One promise.',
  class: 'measured',
  references: lines.length === 0 ? ['GDPR 30(2)'] : [],
  freshFor: { hours: 24 },
  every: { minutes: 60 },
  check: async () => ({ holds: true, finding: '', n: 1, of: 1, facts: {} }),
})
const seen = (measureId: string, gap: Partial<Newest> = {}): Newest => ({
  measureId,
  outcome: 'pass',
  n: 4,
  of: 4,
  refused: null,
  probe: null,
  finding: '=1+1 inner finding, "quoted"',
  collected: new Date('2026-11-21T09:30:00Z'),
  covers: new Date('2026-11-21T09:30:00Z'),
  ...gap,
})
const annex = (newest: Newest[]): Annex =>
  annexOf(
    [measure('a.one', ['A1', 'B4']), measure('a.two', ['A1']), measure('a.beyond', [])],
    newest,
    [],
    now,
  )
const lineOf = (of: Annex, id: string) =>
  of.headings.flatMap(({ lines }) => lines).find((line) => line.id === id)

test('a line is as green as its worst measure, and a line without one is unknown', () => {
  const both = annex([seen('a.one'), seen('a.two')])
  equal(lineOf(both, 'A1')?.state, 'proven')
  equal(lineOf(annex([seen('a.one'), seen('a.two', { n: 3 })]), 'A1')?.state, 'failing')
  equal(lineOf(annex([seen('a.one')]), 'A1')?.state, 'unknown')
  equal(lineOf(annex([seen('a.one')]), 'B4')?.state, 'proven')
  equal(lineOf(both, 'A2')?.state, 'unknown')
  deepEqual(
    both.beyond.map(({ id, state }) => [id, state]),
    [['a.beyond', 'unknown']],
  )
  deepEqual([both.summary.proven, both.summary.unknown], [2, 1])
})

test('every line of the annex stands once and has clauses', () => {
  const ids = headings.flatMap(({ lines }) => lines.map(({ id }) => id))
  const wanted = [
    ...Array.from({ length: 33 }, (_, i) => `A${i + 1}`),
    ...Array.from({ length: 16 }, (_, i) => `B${i + 1}`),
  ]
  deepEqual(ids, wanted)
  for (const { lines } of annex([]).headings)
    for (const { id, references } of lines) ok(references.gdpr.length > 0, id)
})

test('the state is said first, and only what is proven is said to be verified', () => {
  const at = new Date('2026-11-21T09:30:00Z')
  match(spokenOf('enforced', 'proven', at), /^proven: verified at 2026-11-21 09:30 UTC by /)
  for (const state of ['failing', 'stale', 'unknown', 'excepted', 'not-applicable'] as const) {
    doesNotMatch(spokenOf('measured', state, at), /verified at/)
    ok(spokenOf('measured', state, at).startsWith(state.replace('-', ' ')))
  }
  equal(spokenOf('measured', 'unknown', undefined), 'unknown: not verified yet')
})

test('the public annex says the same states and nothing of the inside', () => {
  const probe = { tried: 'inner attempt', answer: 'inner answer', refused: true }
  const inside = annex([
    seen('a.one', { probe, refused: true }),
    seen('a.two', { outcome: 'fail' }),
  ])
  const outside = publicAnnexOf(inside)
  deepEqual(outside.summary, inside.summary)
  const text = JSON.stringify(outside)
  for (const word of ['inner', 'a.one', '"n"', '"of"', 'finding', 'probe', 'nextDue', 'covers'])
    ok(!text.includes(word), word)
  deepEqual(
    outside.headings[0]?.lines[0]?.measures.map(({ state, verifiedAt }) => [state, verifiedAt]),
    [
      ['proven', '2026-11-21T09:30:00.000Z'],
      ['failing', undefined],
    ],
  )
})

test('a table for auditors has a row per line and measure, and runs no formula', () => {
  const rows = csvOf(annex([seen('a.one'), seen('a.two')])).split('\r\n')
  equal(rows.length, 1 + 49 + 1 + 1 + 1, 'head, lines, a second measure of A1, one beyond, the end')
  ok(rows[1]?.includes(`"'=1+1 inner finding, ""quoted"""`), rows[1])
})

test('the document renders, and the public one keeps the inside in', async () => {
  const inside = annex([seen('a.one'), seen('a.two')])
  const facts = { processor: 'Example Processing', public: true }
  doesNotMatch(JSON.stringify(documentOf(inside, facts)), /inner finding|4 of 4/)
  const content = documentOf(inside, { ...facts, public: false })
  match(JSON.stringify(content), /inner finding.*4 of 4/)
  const pdf = await renderPdf({ title: 'Annex', createdAt: now, content })
  equal(pdf.subarray(0, 5).toString(), '%PDF-')
})

test('no sentence of ours claims more than was looked at', () => {
  const words = JSON.stringify([
    headings,
    documentOf(annex([seen('a.one')]), { processor: '', public: false }),
  ])
  doesNotMatch(words, /\b(?:secure|compliant|guarantee)/i)
})
