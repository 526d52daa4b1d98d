import { type Act, controllerOf, Sealed } from '#kernel'
import { activeController } from '../controllers/acts.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { fieldOutsidePurpose, unknownField } from '../refusals.ts'
import { subjectsById } from '../subjects/store.ts'
import { sightOf } from './access.ts'
import { demandReadable, gather } from './read-acts.ts'

export interface Revealed {
  readonly category: string
  readonly field: string
  /** Null where the subject has no such record, or the record no such value. */
  readonly value: FieldValue | null
}

/**
 * Shows one field of one subject in full, to whoever may see no more than that. The entry names the
 * field; the rest of the record stays masked.
 *
 * @throws {Refusal} as reading does; `vault.unknown-field`, `vault.field-outside-purpose`.
 */
export async function revealField(
  act: Act,
  subjectId: string,
  place: { readonly category: string; readonly field: string },
): Promise<Sealed<Revealed>> {
  const controller = await activeController(act)
  const { category: name, field: fieldName } = place
  const [category] = sightOf(act, controller, [name]).categories
  const field = category!.fields.find((one) => one.name === fieldName)
  if (field === undefined) {
    const whole = controller.categories.find((one) => one.name === name)
    const isKnown = whole?.fields.some((one) => one.name === fieldName)
    throw isKnown === true ? fieldOutsidePurpose(name, fieldName) : unknownField(name)
  }
  const subjects = await subjectsById(act.sql, controllerOf(act), [subjectId])
  demandReadable(act, controller, subjects, 1)
  const sealed = await gather(act, subjects, {
    categories: [{ ...category!, fields: [field] }],
    revealed: new Set([category!.bit]),
  })
  act.tell({ revealed: [`${name}.${fieldName}`] })
  return new Sealed(async (receipt) => {
    const [open] = await sealed.open(receipt)
    const value = open?.records[0]?.fields[fieldName]
    return { category: name, field: fieldName, value: value ?? null }
  })
}
