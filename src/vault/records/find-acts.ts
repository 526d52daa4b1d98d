import type { Act } from '#kernel'
import { activeController } from '../controllers/acts.ts'
import {
  type Category,
  type Controller,
  type Field,
  isForPurpose,
} from '../controllers/contract.ts'
import { readValue } from '../fields/field-value.ts'
import { fieldIndexes, subjectIndexes, wordIndexes } from '../fields/indexes.ts'
import {
  fieldAmbiguous,
  fieldNotSearchable,
  fieldOutsidePurpose,
  searchMalformed,
  unknownField,
  valueMalformed,
  wordsMalformed,
  wordsNotSearchable,
} from '../refusals.ts'
import { liveByKey } from '../subjects/store.ts'
import { demandCategory, demandSome, grantedOf } from './access.ts'
import { readSubjectKey } from './row.ts'
import { matchesOf } from './store.ts'

/** So many words one search looks for. */
const mostWords = 10

interface InField {
  readonly category?: string
  readonly field: string
}

/**
 * Exactly one of three: the controller's own identifier, the exact value of a searchable field, or
 * words that all stand in a field searched by its words.
 */
export type Sought =
  | { readonly subjectKey: string }
  | (InField & { readonly value: string })
  | (InField & { readonly words: string })

/**
 * Reads which of them a request means.
 *
 * @throws {Refusal} `vault.search-malformed` where it is several, none or half.
 */
export function soughtIn(given: {
  readonly subjectKey?: string
  readonly category?: string
  readonly field?: string
  readonly value?: string
  readonly words?: string
}): Sought {
  const { subjectKey, category, field, value, words } = given
  const place = category === undefined ? {} : { category }
  const isInField = subjectKey === undefined && field !== undefined
  if (isInField && value !== undefined && words === undefined) return { field, value, ...place }
  if (isInField && words !== undefined && value === undefined) return { field, words, ...place }
  const others = [category, field, value, words]
  if (subjectKey === undefined || others.some((other) => other !== undefined))
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
  if ('subjectKey' in sought) {
    demandSome(act, controller)
    const indexes = subjectIndexes(act, readSubjectKey(sought.subjectKey))
    const found = await liveByKey(act.sql, controller.controllerId, indexes)
    const answered = found !== undefined && found.ordinal > after ? [found] : []
    // To know that somebody is here is to know something of them.
    for (const { ordinal } of answered) act.touchSubject(ordinal)
    act.tell({ by: 'subjectKey', found: answered.length })
    return answered
  }
  const { category, field } = placeOf(act, controller, sought)
  demandCategory(act, controller, category.name)
  if (!isForPurpose(field, act.purpose)) throw fieldOutsidePurpose(category.name, field.name)
  const matches = await matchesOf(act.sql, {
    ...soughtIndex(act, controller, category, field, sought),
    controllerId: controller.controllerId,
    bit: category.bit,
    field: field.name,
    now: act.now,
    purpose: act.purpose!,
    consent: controller.purposes.some(({ name, consent }) => consent && name === act.purpose),
    after,
    limit,
  })
  // To know that somebody's field has this value is to know the field.
  for (const { subject, record } of matches) act.touch({ subject, record, category: category.bit })
  act.tell({ by: `${category.name}.${field.name}`, found: matches.length })
  return matches.map(({ subjectId, subject }) => ({ subjectId, ordinal: subject }))
}

/** Index values to look for, and how many of them a subject must have. */
interface SoughtIndex {
  readonly values: readonly Buffer[]
  readonly least: number
}

/** What is not searchable in this way is refused; an empty answer would be a lie. */
function soughtIndex(
  act: Act,
  { country }: Controller,
  category: Category,
  field: Field,
  sought: Exclude<Sought, { readonly subjectKey: string }>,
): SoughtIndex {
  if ('words' in sought) {
    if (!field.words) throw wordsNotSearchable(field.name)
    const words = wordIndexes(act, category, field, sought.words)
    if (words.length === 0 || words.length > mostWords) throw wordsMalformed(mostWords)
    return { values: words.flat(), least: words.length }
  }
  if (!field.searchable) throw fieldNotSearchable(field.name)
  const value = readValue(field.name, field.kind, sought.value)
  if (value === undefined) throw valueMalformed(field.name, field.kind)
  // A number put in before the contract named a country lies in its bare form.
  const forms = country === null || field.kind !== 'phone' ? [country] : [country, null]
  const values = forms.flatMap((form) => fieldIndexes(act, category, field, value, form))
  return { values, least: 1 }
}

/** A field among the categories the caller may search: of others not even the names of fields are told. */
function placeOf(
  act: Act,
  controller: Controller,
  sought: InField,
): { category: Category; field: Field } {
  const places = searchable(act, controller, sought.category)
    .flatMap((category) => category.fields.map((field) => ({ category, field })))
    .filter(({ field }) => field.name === sought.field)
  const [place, another] = places
  if (place === undefined) throw unknownField(sought.category)
  if (another !== undefined) throw fieldAmbiguous(sought.field)
  return place
}

function searchable(
  act: Act,
  controller: Controller,
  name: string | undefined,
): readonly Category[] {
  if (name !== undefined) return [demandCategory(act, controller, name)]
  demandSome(act, controller)
  return grantedOf(act, controller)
}
