import type { Act } from '#kernel'
import { blindIndex, blindIndexes } from '#keys'
import type { Category, Field } from '../controllers/contract.ts'
import type { FieldIndex, ReadyRow } from '../records/row.ts'
import { type FieldValue, normalForm, wordsOf } from './field-value.ts'

/** Blind index of a controller's own identifier of a subject. */
export const subjectIndex = (act: Act, subjectKey: string): Buffer =>
  blindIndex(act, subjectUse, subjectKey)

/** As {@link subjectIndex}, under every living version of the index key: what to look up by. The one that writes comes first. */
export const subjectIndexes = (act: Act, subjectKey: string): Buffer[] =>
  blindIndexes(act, subjectUse, subjectKey)

/**
 * Blind indexes of a searchable field's value in its normal form, under every living version of the
 * index key: what to look up by.
 *
 * @param country - of the contract; null leaves a national phone number as it is.
 */
export const fieldIndexes = (
  act: Act,
  category: Category,
  field: Field,
  value: FieldValue,
  country: string | null,
): Buffer[] =>
  blindIndexes(act, fieldUse(category, field), normalForm(field.kind, String(value), country))

/** Blind indexes of each word of a text, each under every living version of the index key. */
export const wordIndexes = (act: Act, category: Category, field: Field, text: string): Buffer[][] =>
  wordsOf(text).map((word) => blindIndexes(act, wordUse(category, field), word))

const subjectUse = 'vault.subject-key'
const fieldUse = ({ bit }: Category, { name }: Field) => `vault.field:${bit}:${name}`
const wordUse = ({ bit }: Category, { name }: Field) => `vault.word:${bit}:${name}`

/** Everything a row can be found by: its searchable values, and the words of those searched by words. */
export const indexesOf = (act: Act, { category, values, country }: ReadyRow): FieldIndex[] =>
  category.fields.flatMap((field) => {
    const value = values.get(field.name)
    if (!field.searchable || value === undefined) return []
    const form = normalForm(field.kind, String(value), country)
    const whole = blindIndex(act, fieldUse(category, field), form)
    const words = field.words
      ? wordsOf(String(value)).map((word) => blindIndex(act, wordUse(category, field), word))
      : []
    return [whole, ...words].map((index) => ({ field: field.name, value: index }))
  })
