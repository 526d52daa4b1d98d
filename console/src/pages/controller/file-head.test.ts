import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMapping } from '../../../../src/vault/transfer/import.ts'
import { headOf } from './file-head.ts'
import { fieldsOf, guessed, lacking, mappingJson, withFields } from './mapping.ts'

const field = (name: string) => ({ name, kind: 'text', searchable: false, special: false }) as const
const categories = [
  { name: 'contact', fields: [field('email'), field('full-name')] },
  { name: 'orders', fields: [field('total')] },
]

test('a comma-separated file with quotes, commas in quotes and doubled quotes is read', () => {
  const head = headOf('id,name\r\n1,"Doe, ""Jo"""\r\n2,Ann\r\n', true)
  assert.deepEqual(head, {
    format: 'csv',
    delimiter: ',',
    columns: ['id', 'name'],
    rows: [
      ['1', 'Doe, "Jo"'],
      ['2', 'Ann'],
    ],
  })
})

test('the delimiter is the one that stands most often in the first line', () => {
  assert.equal(headOf('a;b;c\n1;2,5;3\n', true)?.delimiter, ';')
  assert.equal(headOf('a\tb\n1\t2\n', true)?.delimiter, '\t')
  assert.equal(headOf('"a;b",c\n1,2\n', true)?.delimiter, ',')
})

test('a byte order mark does not become part of the first column', () => {
  assert.deepEqual(headOf('\uFEFFid,name\n', true)?.columns, ['id', 'name'])
})

test('a row cut off at the end of the piece is not shown', () => {
  assert.deepEqual(headOf('a,b\n1,2\n3', false)?.rows, [['1', '2']])
})

test('a file of one column and no line end has its one column', () => {
  assert.deepEqual(headOf('id', true)?.columns, ['id'])
})

test('an empty file has no head', () => {
  assert.equal(headOf('', true), undefined)
  assert.equal(headOf('\n\n', true), undefined)
})

test('lines of JSON give their properties, and those of objects in them', () => {
  const head = headOf('{"subjectKey":"c1","fields":{"email":"a@b.example"}}\nnot json\n', true)
  assert.equal(head?.format, 'ndjson')
  assert.deepEqual(head?.columns, ['subjectKey', 'fields.email'])
  assert.deepEqual(head?.rows, [['c1', 'a@b.example']])
})

test('columns named like fields are found, whatever their spelling', () => {
  const head = headOf('Customer No,E-Mail,Full_Name\n', true)!
  const draft = guessed(head, categories)
  assert.deepEqual(draft, {
    subjectKey: 'Customer No',
    category: 'contact',
    categoryColumn: '',
    fields: { email: 'E-Mail', 'full-name': 'Full_Name' },
  })
  assert.deepEqual(lacking(draft), [])
})

test('a column that names the category is taken for what it is', () => {
  const head = headOf('id,category,email,total\n', true)!
  const draft = guessed(head, categories)
  assert.deepEqual([draft.category, draft.categoryColumn], ['', 'category'])
  assert.deepEqual(fieldsOf(draft, categories), ['email', 'full-name', 'total'])
})

test('another category has other fields', () => {
  const head = headOf('id,email,total\n', true)!
  const draft = { ...guessed(head, categories), category: 'orders' }
  assert.deepEqual(withFields(draft, head, categories).fields, { total: 'total' })
})

test('what lacks is named', () => {
  const head = headOf('a,b\n', true)!
  assert.deepEqual(lacking(guessed(head, categories)), [
    'the column of the identifier',
    'a column for some field',
  ])
})

test('the house reads the mapping as it was meant', () => {
  const head = headOf('id;email\n', true)!
  assert.deepEqual(readMapping(mappingJson(guessed(head, categories), head), 'csv'), {
    subjectKey: 'id',
    category: 'contact',
    fields: { email: 'email' },
    delimiter: ';',
  })
  const lines = headOf('{"id":"1","category":"orders","total":3}\n', true)!
  assert.deepEqual(readMapping(mappingJson(guessed(lines, categories), lines), 'ndjson'), {
    subjectKey: 'id',
    category: { column: 'category' },
    fields: { total: 'total' },
  })
})
