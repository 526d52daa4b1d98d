import type { Act } from '#kernel'
import { demandCategory, demandPurpose } from './access.ts'
import type { Category, Controller, Field } from './contract.ts'
import { activeController } from './controller-acts.ts'
import { readValue } from './field-value.ts'
import { fieldIndexes, subjectIndexes } from './indexes.ts'
import { matchesOf } from './record-store.ts'
import {
  fieldAmbiguous,
  fieldNotSearchable,
  searchMalformed,
  unknownField,
  valueMalformed,
} from './refusals.ts'
import { readSubjectKey } from './row.ts'
import { liveByKey } from './subject-store.ts'

/** Exactly one of the two: the controller's own identifier, or the exact value of a searchable field. */
export type Sought =
  | { readonly subjectKey: string }
  | { readonly category?: string; readonly field: string; readonly value: string }

/**
 * Reads which of the two a request means.
 *
 * @throws {Refusal} `vault.search-malformed` where it is both, neither or half.
 */
export function soughtIn(given: {
  readonly subjectKey?: string
  readonly category?: string
  readonly field?: string
  readonly value?: string
}): Sought {
  const { subjectKey, category, field, value } = given
  const isByField = field !== undefined && value !== undefined
  if (subjectKey === undefined && isByField)
    return { field, value, ...(category === undefined ? {} : { category }) }
  if (
    subjectKey === undefined ||
    category !== undefined ||
    field !== undefined ||
    value !== undefined
  )
    throw searchMalformed()
  return { subjectKey }
}

export interface Found {
  readonly subjectId: string
  readonly ordinal: number
}

/**
 * Finds subjects, under their pseudonyms, in the order of their ordinals.
 *
 * @param after - the ordinal of the last one seen; 0 at first.
 * @throws {Refusal} `vault.field-not-searchable`: what is not indexed is never answered with "none";
 *   `vault.field-ambiguous` where the category must be named; `vault.value-malformed`.
 */
export async function findSubjects(
  act: Act,
  sought: Sought,
  after: number,
  limit: number,
): Promise<Found[]> {
  const controller = await activeController(act)
  demandPurpose(act, controller)
  if ('subjectKey' in sought) {
    const indexes = subjectIndexes(act, readSubjectKey(sought.subjectKey))
    const found = await liveByKey(act.sql, controller.controllerId, indexes)
    act.tell({ by: 'subjectKey', found: found === undefined ? 0 : 1 })
    return found === undefined || found.ordinal <= after ? [] : [found]
  }
  const { category, field } = placeOf(controller, sought)
  demandCategory(act, controller, category.name)
  if (!field.searchable) throw fieldNotSearchable(field.name)
  const value = readValue(field.name, field.kind, sought.value)
  if (value === undefined) throw valueMalformed(field.name, field.kind)
  const matches = await matchesOf(act.sql, {
    controllerId: controller.controllerId,
    bit: category.bit,
    field: field.name,
    values: fieldIndexes(act, category, field, value),
    now: act.now,
    after,
    limit,
  })
  // To know that somebody's field has this value is to know the field.
  for (const { subject, record } of matches) act.touch({ subject, record, category: category.bit })
  act.tell({ by: `${category.name}.${field.name}`, found: matches.length })
  return matches.map(({ subjectId, subject }) => ({ subjectId, ordinal: subject }))
}

function placeOf(
  { categories }: Controller,
  sought: { readonly category?: string; readonly field: string },
): { category: Category; field: Field } {
  const places = categories
    .filter(({ name }) => sought.category === undefined || name === sought.category)
    .flatMap((category) => category.fields.map((field) => ({ category, field })))
    .filter(({ field }) => field.name === sought.field)
  const [place, another] = places
  if (place === undefined) throw unknownField(sought.category)
  if (another !== undefined) throw fieldAmbiguous(sought.field)
  return place
}
