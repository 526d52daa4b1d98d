import { deepEqual, equal, notEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fieldKinds } from '../controllers/contract.ts'
import { normalForm, readValue, wordsOf } from './field-value.ts'

const searchable = ['email', 'phone', 'text', 'identifier'] as const

test('one e-mail address, phone number or name is found however it is written', () => {
  equal(normalForm('email', ' Ada.Lovelace@Example.ORG '), 'ada.lovelace@example.org')
  equal(normalForm('phone', '+49 (171) 123-45.67'), '+491711234567')
  equal(normalForm('phone', '0049 171 1234567'), '+491711234567')
  equal(normalForm('text', 'Groß'), normalForm('text', 'GROSS'))
  equal(normalForm('text', 'GROẞ'), normalForm('text', 'groß'))
  equal(normalForm('text', 'Zoe\u0308 '), normalForm('text', 'ZO\u00cb'))
})

test('a number of the country is the number that is dialled from abroad', () => {
  equal(normalForm('phone', '0171 1234567', 'DE'), '+491711234567')
  equal(normalForm('phone', '06 30 1234567', 'HU'), '+36301234567')
  // The zero of an Italian number is part of it; Denmark has none.
  equal(normalForm('phone', '06 1234 5678', 'IT'), '+390612345678')
  equal(normalForm('phone', '32 12 34 56', 'DK'), '+4532123456')
  equal(normalForm('phone', '+43 1 234567', 'DE'), '+431234567')
  // Short codes and extensions are dialled nowhere else; without a trunk prefix it is no whole number.
  equal(normalForm('phone', '110', 'DE'), '110')
  equal(normalForm('phone', '171 1234567', 'DE'), '1711234567')
  equal(normalForm('phone', '0171 1234567', 'ZZ'), '01711234567')
})

test('words are runs of letters and digits, folded, each once', () => {
  deepEqual(wordsOf("Groß-Müller, O'Neil GROSS 2"), ['gross', 'müller', 'o', 'neil', '2'])
  deepEqual(wordsOf(' !? '), [])
})

test('different people do not become one', () => {
  notEqual(normalForm('phone', '0171 123'), normalForm('phone', '+0171 123'))
  notEqual(normalForm('identifier', 'ab-1'), normalForm('identifier', 'AB-1'))
  notEqual(normalForm('text', 'Müller'), normalForm('text', 'Muller'))
})

const isStable = (kind: (typeof searchable)[number], text: string) => {
  const form = normalForm(kind, text)
  return normalForm(kind, form) === form
}

test('a normal form is its own normal form', () => {
  const kind = fc.constantFrom(...searchable)
  const text = fc.string({ unit: 'grapheme', maxLength: 60 })
  fc.assert(fc.property(kind, text, isStable), { numRuns: 1000 })
})

test('that holds for every character of Unicode', () => {
  const unstable: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point)
    if (!character.isWellFormed()) continue
    for (const kind of ['text', 'email'] as const)
      if (!isStable(kind, character)) unstable.push(`${kind} ${point.toString(16)}`)
  }
  deepEqual(unstable, [])
})

test('values of the wrong kind are refused by the name of the field, and without the value', () => {
  const wrong = [
    ['email', 'not an address'],
    ['email', 'two@at@signs'],
    ['phone', 'call me'],
    ['date', '2026-02-29'],
    ['date', '2026-13-01'],
    ['date', '01.02.2026'],
    ['number', '1,5'],
    ['number', '1e3'],
    ['number', Number.POSITIVE_INFINITY],
    ['number', '1234567890123456'],
    ['identifier', 'two\nlines'],
    ['text', { deep: true }],
    ['text', true],
    ['text', 'half a pair \ud800'],
  ] as const
  for (const [kind, value] of wrong)
    throws(
      () => readValue('mine', kind, value),
      (error: Error & { code?: string }) =>
        error.code === 'vault.value-malformed' &&
        error.message.includes('mine') &&
        (typeof value !== 'string' || !error.message.includes(value)),
      `${kind} ${JSON.stringify(value)}`,
    )
})

test('values of the right kind are kept as they came', () => {
  equal(readValue('f', 'date', '2024-02-29'), '2024-02-29')
  equal(readValue('f', 'email', 'Ada@Example.org'), 'Ada@Example.org')
  equal(readValue('f', 'phone', '+49 171 123'), '+49 171 123')
  equal(readValue('f', 'text', 'two\nlines'), 'two\nlines')
  equal(readValue('f', 'number', '-12.50'), -12.5)
})

test('nothing, null and empty text are no value, of any kind', () => {
  for (const kind of fieldKinds)
    for (const nothing of [undefined, null, '']) equal(readValue('f', kind, nothing), undefined)
})
