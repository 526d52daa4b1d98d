import { equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fieldKinds } from '../controllers/contract.ts'
import { mask } from './mask.ts'

const plain = (kind: (typeof fieldKinds)[number]) => ({ kind, special: false })

test('a mask lets a person be recognised and no more', () => {
  equal(mask(plain('email'), 'ada@example.org'), 'a•••@•••.org')
  equal(mask(plain('email'), 'ada@localhost'), 'a•••@•••')
  equal(mask(plain('phone'), '+49 171 1234567'), '•••67')
  equal(mask(plain('phone'), '110'), '•••')
  equal(mask(plain('date'), '1815-12-10'), '1815')
  equal(mask(plain('text'), 'Ada Lovelace'), '•••')
  equal(mask(plain('identifier'), 'C-4711'), '•••')
  equal(mask(plain('number'), 42), '•••')
})

test('of a special category nothing is shown, whatever its kind', () => {
  for (const kind of fieldKinds) equal(mask({ kind, special: true }, 'a@b.cd'), '•••')
})

test('what is masked as text says nothing of its length or letters', () => {
  const text = fc.string({ minLength: 1, maxLength: 100 })
  fc.assert(fc.property(text, (t) => mask(plain('text'), t) === '•••'))
})

test('a masked e-mail address keeps at most its first letter and its top-level domain', () => {
  const part = fc.stringMatching(/^[a-z0-9]{4,20}$/)
  fc.assert(
    fc.property(part, part, (local, domain) => {
      const shown = mask(plain('email'), `${local}@${domain}.example.de`)
      ok(shown === `${local[0]}•••@•••.de`)
    }),
  )
})
