import type { Act } from '#kernel'
import { blindIndex } from '#keys'
import type { Category, Field } from './contract.ts'
import { type FieldValue, normalForm } from './field-value.ts'

/** Blind index of a controller's own identifier of a subject. */
export const subjectIndex = (act: Act, subjectKey: string): Buffer =>
  blindIndex(act, 'vault.subject-key', subjectKey)

/** Blind index of a searchable field's value. */
export const fieldIndex = (act: Act, category: Category, field: Field, value: FieldValue): Buffer =>
  blindIndex(
    act,
    `vault.field:${category.bit}:${field.name}`,
    normalForm(field.kind, String(value)),
  )
