import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ControllerRead,
  draftOf,
  emptyDraft,
  exampleDraft,
  mayBeFoundBy,
  newCategory,
  termsOf,
} from './draft.ts'

const inForce: ControllerRead = {
  controllerId: '01a1fc77-3de8-771d-9731-f5bf34095cee',
  name: 'Northwind',
  state: 'active',
  synthetic: false,
  version: 3,
  country: 'DE',
  categories: [
    {
      name: 'contact',
      bit: 0,
      retainDays: 30,
      retainFrom: 'contract-end',
      anonymise: null,
      fields: [
        {
          name: 'email',
          kind: 'email',
          class: 'ordinary',
          special: false,
          searchable: true,
          words: false,
          purposes: ['support'],
          options: null,
          leakage: 'some',
        },
      ],
    },
    {
      name: 'health',
      bit: 1,
      retainDays: 90,
      retainFrom: null,
      anonymise: { k: 5, keep: [{ field: 'ward', method: 'keep' }] },
      fields: [
        {
          name: 'ward',
          kind: 'choice',
          class: 'special',
          special: true,
          searchable: false,
          words: false,
          purposes: null,
          options: ['north', 'south'],
          leakage: null,
        },
      ],
    },
  ],
  purposes: [{ name: 'support', categories: ['contact', 'health'], consent: true }],
  noticeHours: 12,
  exportAlone: 300,
  subjectKinds: ['patients', 'staff'],
  createdAt: '2026-11-21T00:00:00.000Z',
  agreedAt: '2026-11-21T00:00:00.000Z',
  breachContacts: [{ name: 'Dana', email: 'dana@northwind.example' }],
  subjects: 0,
  records: 0,
}

test('a contract in force, drafted and left alone, comes back as it was', () => {
  const { name, country, noticeHours, exportAlone, subjectKinds, purposes, breachContacts } =
    inForce
  assert.deepEqual(termsOf(draftOf(inForce)), {
    name,
    country,
    noticeHours,
    exportAlone,
    subjectKinds,
    categories: inForce.categories.map(({ bit: _bit, fields, ...category }) => ({
      ...category,
      // What the house derives is not sent back to it.
      fields: fields.map(({ special: _special, leakage: _leakage, ...field }) => field),
    })),
    purposes,
    breachContacts,
  })
})

test('a purpose follows a category that is renamed while it is drafted', () => {
  const draft = emptyDraft()
  const [category] = draft.categories
  const renamed = { ...draft, categories: [{ ...category!, name: 'contact' }] }
  assert.deepEqual(termsOf(renamed).purposes[0]?.categories, ['contact'])
})

test('a purpose loses a category that is taken out of the draft', () => {
  const draft = exampleDraft(emptyDraft())
  const terms = termsOf({ ...draft, categories: draft.categories.slice(1) })
  assert.deepEqual(
    terms.purposes.map(({ categories }) => categories),
    [['orders'], []],
  )
})

test('a contact row left wholly empty is no contact', () => {
  assert.deepEqual(termsOf(emptyDraft()).breachContacts, [])
})

test('special categories, numbers and dates cannot be searched, and only a text by its words', () => {
  assert.deepEqual(mayBeFoundBy({ kind: 'email', class: 'ordinary' }), ['nothing', 'value'])
  assert.deepEqual(mayBeFoundBy({ kind: 'text', class: 'child' }), ['nothing', 'value', 'words'])
  for (const kind of ['number', 'date', 'choice', 'boolean'] as const)
    assert.deepEqual(mayBeFoundBy({ kind, class: 'ordinary' }), ['nothing'])
  assert.deepEqual(mayBeFoundBy({ kind: 'text', class: 'special' }), ['nothing'])
})

test('retention that was not typed is not a number, so the house refuses it', () => {
  const draft = { ...emptyDraft(), categories: [newCategory({ retainDays: 'soon' })] }
  assert.ok(Number.isNaN(termsOf(draft).categories[0]?.retainDays))
})
