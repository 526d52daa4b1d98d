import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, emptyIn, type Entry, firstOf, type Form, optional, starting } from './entry.ts'

interface Body {
  readonly name: string
  readonly tags: string[]
  readonly agreed: boolean
  readonly bound: string[] | null
  readonly note?: string
}

const entry = <T>(label: string): Entry<T> => ({ label, needed: true, draw: () => null })
const form: Form<Body> = {
  name: entry('Name'),
  tags: entry('Tags'),
  agreed: starting(entry<boolean>('Agreed'), false),
  bound: starting(entry<string[] | null>('Bound'), null),
  note: optional(entry('Note')),
}

test('a form begins with what its entries begin with', () => {
  assert.deepEqual(firstOf(form), { agreed: false, bound: null })
})

test('what is needed and left empty is named, blanks and empty lists too', () => {
  assert.deepEqual(emptyIn(form, { ...firstOf(form), name: '  ', tags: [] }), ['name', 'tags'])
})

test('no, and no bounds, are answers and not nothing', () => {
  assert.deepEqual(emptyIn(form, { ...firstOf(form), name: 'a', tags: ['b'] }), [])
})

test('a list that confines to nothing is empty, so it is asked for again', () => {
  assert.deepEqual(emptyIn(form, { name: 'a', tags: ['b'], agreed: true, bound: [] }), ['bound'])
})

test('the body leaves out what was left empty and keeps null', () => {
  assert.deepEqual(bodyOf<Body>({ name: 'a', tags: ['b'], agreed: false, bound: null, note: '' }), {
    name: 'a',
    tags: ['b'],
    agreed: false,
    bound: null,
  })
})
