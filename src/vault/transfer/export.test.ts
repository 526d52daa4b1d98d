import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { agree } from '../controllers/agreement.ts'
import { csvLine } from '#ground'
import { formatOf } from './export.ts'
import type { OpenSubject } from '../subjects/subject.ts'

const { categories } = agree({
  name: 'Alder',
  categories: [
    { name: 'contact', fields: [{ name: 'email', kind: 'email' }], retainDays: 1 },
    { name: 'note', fields: [{ name: 'text', kind: 'text' }], retainDays: 1 },
  ],
  purposes: [],
})

const about = {
  controllerId: 'c1',
  exportedAt: '2026-03-01T12:00:00.000Z',
  contract: { name: 'Alder', categories, purposes: [] },
}

const at = new Date('2026-03-01T12:00:00Z')
const record = { version: 2, storedAt: at, eraseAfter: at, masked: false }
const subject: OpenSubject = {
  subjectId: 's1',
  ordinal: 1,
  subjectKey: 'C-1',
  restricted: false,
  records: [
    { ...record, category: 'contact', fields: { email: 'a@b.cd' } },
    { ...record, category: 'note', fields: { text: 'says "hi",\nand goes' } },
  ],
}

test('cells are quoted where they must be, and nowhere else', () => {
  equal(csvLine(['a', 1, true, 'b"c', ' d', 'e,f']), 'a,1,true,"b""c"," d","e,f"\r\n')
})

test('a CSV has a line per record and a column per field, and our own columns cannot be mistaken', () => {
  const { head, lines } = formatOf('csv', categories, about)
  equal(
    head,
    '_subjectId,_subjectKey,_category,_version,_storedAt,_eraseAfter,_masked,_restricted,email,text\r\n',
  )
  const time = at.toISOString()
  deepEqual(
    lines(subject),
    `s1,C-1,contact,2,${time},${time},false,false,a@b.cd,\r\n` +
      `s1,C-1,note,2,${time},${time},false,false,,"says ""hi"",\nand goes"\r\n`,
  )
})

test('NDJSON has an object per record', () => {
  const lines = formatOf('ndjson', categories, about).lines(subject).trimEnd().split('\n')
  deepEqual(
    lines.map((line) => {
      const { subjectKey, category, fields } = JSON.parse(line)
      return { subjectKey, category, fields }
    }),
    subject.records.map(({ category, fields }) => ({ subjectKey: 'C-1', category, fields })),
  )
})

test('a restricted subject stands in an export without data', () => {
  const withheld = { ...subject, subjectKey: '', restricted: true, records: [] }
  equal(
    formatOf('ndjson', categories, about).lines(withheld),
    '{"subjectId":"s1","restricted":true}\n',
  )
  equal(formatOf('csv', categories, about).lines(withheld), 's1,,,,,,,true,,\r\n')
})
