import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  canBeSearched,
  type ControllerRead,
  draftOf,
  emptyDraft,
  exampleDraft,
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
      fields: [{ name: 'email', kind: 'email', searchable: true, special: false }],
    },
    {
      name: 'health',
      bit: 1,
      retainDays: 90,
      fields: [{ name: 'diagnosis', kind: 'text', searchable: false, special: true }],
    },
  ],
  purposes: [{ name: 'support', categories: ['contact', 'health'] }],
  noticeHours: 12,
  subjectKinds: ['patients', 'staff'],
  createdAt: '2026-11-21T00:00:00.000Z',
  agreedAt: '2026-11-21T00:00:00.000Z',
  breachContacts: [{ name: 'Dana', email: 'dana@northwind.example' }],
  subjects: 0,
  records: 0,
}

test('a contract in force, drafted and left alone, comes back as it was', () => {
  const { name, country, noticeHours, subjectKinds, purposes, breachContacts } = inForce
  assert.deepEqual(termsOf(draftOf(inForce)), {
    name,
    country,
    noticeHours,
    subjectKinds,
    categories: inForce.categories.map(({ name, retainDays, fields }) => ({
      name,
      retainDays,
      fields,
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

test('special categories, numbers and dates cannot be searched', () => {
  assert.equal(canBeSearched({ kind: 'email', special: false }), true)
  assert.equal(canBeSearched({ kind: 'email', special: true }), false)
  assert.equal(canBeSearched({ kind: 'number', special: false }), false)
  assert.equal(canBeSearched({ kind: 'date', special: false }), false)
})

test('retention that was not typed is not a number, so the house refuses it', () => {
  const draft = { ...emptyDraft(), categories: [newCategory({ retainDays: 'soon' })] }
  assert.ok(Number.isNaN(termsOf(draft).categories[0]?.retainDays))
})
