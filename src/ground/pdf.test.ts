import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import type { Block } from './pdf-blocks.ts'
import { type PdfDefinition, renderPdf } from './pdf.ts'

const content: Block[] = [
  { text: 'Personal data breach', heading: 1 },
  'A paragraph long enough to need a second line. '.repeat(6),
  { text: ['One subject in ', { text: '50 000', bold: true }], alignment: 'right' },
  { text: 'Steps', heading: 2 },
  { list: ['cut', 'count'], numbered: true },
  { list: ['tell'] },
  {
    table: {
      head: ['Controller', 'Subjects'],
      rows: Array.from({ length: 80 }, (_, n) => [`controller ${n}`, String(n)]),
      widths: ['*', 60],
    },
  },
]
const definition: PdfDefinition = {
  title: 'Notice',
  author: 'Ada Ltd',
  language: 'en-GB',
  createdAt: new Date('2026-11-21T10:00:00Z'),
  content,
  footer: 'Ada Ltd',
}

/** The document's own syntax, and what its page streams say. */
function parts(pdf: Buffer): { syntax: string; streams: string } {
  const syntax = pdf.toString('latin1')
  const streams = [...syntax.matchAll(/stream\r?\n/g)].map(({ index, 0: match }) => {
    try {
      return inflateSync(pdf.subarray(index + match.length)).toString('latin1')
    } catch {
      return ''
    }
  })
  return { syntax, streams: streams.join('\n') }
}

test('a document is a tagged PDF with its language and title', async () => {
  const { syntax } = parts(await renderPdf(definition))
  assert.ok(syntax.startsWith('%PDF-1.7'))
  for (const fact of ['/Marked true', '/Lang (en-GB)', '/DisplayDocTitle true', '\n(Notice)\n']) {
    assert.ok(syntax.includes(fact), fact)
  }
})

test('headings, paragraphs, lists and tables stand in the structure tree', async () => {
  const { syntax } = parts(await renderPdf(definition))
  const count = (type: string) => syntax.split(`/S /${type}\n`).length - 1
  assert.deepEqual(
    ['Document', 'H1', 'H2', 'L', 'LI', 'Lbl', 'Table', 'TR', 'TH', 'TD'].map(count),
    [1, 1, 1, 2, 3, 2, 1, 81, 2, 160],
  )
  assert.equal(count('P'), 5)
})

test('nothing is drawn outside of a tag or an artifact', async () => {
  const { streams } = parts(await renderPdf(definition))
  let open = 0
  let drawn = 0
  for (const word of streams.split(/\s+/)) {
    if (word === 'BDC' || word === 'BMC') open += 1
    if (word === 'EMC') open -= 1
    if (word === 'TJ' || word === 'Tj' || word === 'S') {
      drawn += 1
      assert.equal(open, 1)
    }
  }
  assert.ok(drawn > 160)
  assert.equal(open, 0)
})

test('the same definition at the same instant gives the same bytes', async () => {
  const [one, two] = await Promise.all([renderPdf(definition), renderPdf(definition)])
  assert.deepEqual(one, two)
  const later = await renderPdf({ ...definition, createdAt: new Date('2026-11-22T10:00:00Z') })
  assert.notDeepEqual(one, later)
})

test('a definition cannot make us read a file or fetch an address', async (t) => {
  const fetched = t.mock.method(globalThis, 'fetch')
  const sneaky = { image: '/etc/hostname', text: 'x' } as unknown as Block
  const pdf = await renderPdf({ ...definition, content: [sneaky] }).catch(() => Buffer.alloc(0))
  assert.ok(!parts(pdf).syntax.includes('/Subtype /Image'))
  assert.equal(fetched.mock.callCount(), 0)
})
