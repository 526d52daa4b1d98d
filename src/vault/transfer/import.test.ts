import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { agree } from '../controllers/agreement.ts'
import { demandMapped, type Import, mapped, readMapping, seenState } from './import.ts'

const contract = agree({
  name: 'Alder',
  categories: [
    { name: 'contact', fields: [{ name: 'email', kind: 'email' }], retainDays: 1 },
    { name: 'health', fields: [{ name: 'note', kind: 'text' }], retainDays: 1 },
  ],
  purposes: [],
})

test('a mapping that is not of its shape is refused', () => {
  const malformed = [
    'no json',
    '[]',
    '{}',
    '{"subjectKey":"id","category":"c"}',
    '{"subjectKey":"id","category":"c","fields":{}}',
    '{"subjectKey":"id","category":"c","fields":{"f":1}}',
    '{"subjectKey":"id","category":{"columns":"x"},"fields":{"f":"g"}}',
    '{"subjectKey":"id","category":"c","fields":{"f":"g"},"delimiter":"\\n"}',
  ]
  for (const json of malformed)
    throws(() => readMapping(json, 'csv'), { code: 'vault.mapping-malformed' })
})

test('a mapping must fit the contract before a row is read', () => {
  const of = (category: string, fields: object) =>
    demandMapped(
      contract,
      readMapping(JSON.stringify({ subjectKey: 'id', category, fields }), 'csv'),
    )
  of('contact', { email: 'mail' })
  throws(() => of('payment', { email: 'mail' }), { code: 'vault.unknown-category' })
  throws(() => of('contact', { note: 'n' }), { code: 'vault.unknown-field' })
})

test('a row keeps only cells with something in them, and its category may come from a column', () => {
  const mapping = readMapping(
    '{"subjectKey":"id","category":{"column":"kind"},"fields":{"email":"mail","note":"text"}}',
    'csv',
  )
  const cells = { id: 7, kind: 'contact', mail: 'a@b.cd', text: '' }
  deepEqual(
    mapped(mapping, (column) => cells[column as keyof typeof cells]),
    { subjectKey: '7', category: 'contact', fields: { email: 'a@b.cd' } },
  )
})

test('an import that has not moved for a quarter of an hour is seen as interrupted', () => {
  const movedAt = new Date('2026-03-01T12:00:00Z')
  const at = (minutes: number, state: Import['state'] = 'running') =>
    seenState({ state, movedAt } as Import, new Date(movedAt.getTime() + minutes * 60_000))
  equal(at(15), 'running')
  equal(at(16), 'interrupted')
  equal(at(16, 'finished'), 'finished')
})
