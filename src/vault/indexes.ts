import type { Act } from '#kernel'
import { blindIndex, blindIndexes } from '#keys'
import type { Category, Field } from './contract.ts'
import { type FieldValue, normalForm } from './field-value.ts'
import type { FieldIndex, ReadyRow } from './row.ts'

/** Blind index of a controller's own identifier of a subject. */
export const subjectIndex = (act: Act, subjectKey: string): Buffer =>
  blindIndex(act, subjectUse, subjectKey)

/** As {@link subjectIndex}, under every living version of the index key: what to look up by. The one that writes comes first. */
export const subjectIndexes = (act: Act, subjectKey: string): Buffer[] =>
  blindIndexes(act, subjectUse, subjectKey)

/** Blind index of a searchable field's value. */
export const fieldIndex = (act: Act, category: Category, field: Field, value: FieldValue): Buffer =>
  blindIndex(act, fieldUse(category, field), normalForm(field.kind, String(value)))

/** As {@link fieldIndex}, under every living version of the index key: what to look up by. */
export const fieldIndexes = (
  act: Act,
  category: Category,
  field: Field,
  value: FieldValue,
): Buffer[] => blindIndexes(act, fieldUse(category, field), normalForm(field.kind, String(value)))

const subjectUse = 'vault.subject-key'
const fieldUse = ({ bit }: Category, { name }: Field) => `vault.field:${bit}:${name}`

/** Blind indexes of a row's searchable fields. */
export const indexesOf = (act: Act, { category, values }: ReadyRow): FieldIndex[] =>
  category.fields.flatMap((field) => {
    const value = values.get(field.name)
    if (!field.searchable || value === undefined) return []
    return [{ field: field.name, value: fieldIndex(act, category, field, value) }]
  })
