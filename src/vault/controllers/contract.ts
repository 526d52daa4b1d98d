/**
 * A controller's contract: what we may hold about its subjects, why, how long, and whom to tell.
 * Plain facts without personal data; breach contacts are kept apart and sealed.
 *
 * A category's bit is its number in the trail's sets. It is given once and never again.
 */

export const fieldKinds = [
  'text',
  'email',
  'phone',
  'date',
  'number',
  'identifier',
  'boolean',
  'choice',
] as const
export type FieldKind = (typeof fieldKinds)[number]

/** How much harm a field's value could do, least first. `special` is GDPR Art. 9, `child` Art. 8. */
export const fieldClasses = ['ordinary', 'identifier', 'financial', 'child', 'special'] as const
export type FieldClass = (typeof fieldClasses)[number]

export interface Field {
  readonly name: string
  readonly kind: FieldKind
  readonly class: FieldClass
  /** Its class is `special`: special categories of personal data (GDPR Art. 9). */
  readonly special: boolean
  /** Kept in a blind index, so that it can be found by its exact value. */
  readonly searchable: boolean
  /** Each of its words is kept in the blind index too. */
  readonly words: boolean
  /** Names of the only purposes that may use it; null for all that may use its category. */
  readonly purposes: readonly string[] | null
  /** What a `choice` may be; null for every other kind. */
  readonly options: readonly string[] | null
}

/**
 * How a value is made coarser. `keep` leaves it; `year` and `month` shorten a date; `band` rounds a
 * number down to a multiple of `width`; `prefix` keeps the first `width` characters; `domain` keeps
 * what stands after an e-mail address's `@`.
 */
export const generalisations = ['keep', 'year', 'month', 'band', 'prefix', 'domain'] as const
export type Generalisation = (typeof generalisations)[number]

export interface KeptField {
  readonly field: string
  readonly method: Generalisation
  /** Of `band` and `prefix`: a whole number of at least 1. */
  readonly width?: number
}

/**
 * What is kept of records whose time is over. Fields not named are dropped, and with them who they
 * were. Each combination of values that remains stands for at least `k` records.
 *
 * @see Art. 29 WP, Opinion 05/2014 (WP216) §3.2.1, k-anonymity.
 */
export interface AnonymiseRule {
  readonly k: number
  readonly keep: readonly KeptField[]
}

export interface Category {
  readonly name: string
  /** 0 to 30; stable for ever. */
  readonly bit: number
  readonly fields: readonly Field[]
  /** Whole days from the storing of a record's present version, or from `retainFrom`, to its erasure. */
  readonly retainDays: number
  /** The event of a subject that starts the time, such as `contract-end`; null for the storing itself. */
  readonly retainFrom: string | null
  /** What remains, anonymous, when the time is over; null for nothing. */
  readonly anonymise: AnonymiseRule | null
}

export interface Purpose {
  readonly name: string
  /** Names of the categories this purpose may use. */
  readonly categories: readonly string[]
  /** Rests on the subject's consent (GDPR Art. 6(1)(a)): refused for a subject that has not given it. */
  readonly consent: boolean
}

export interface Contract {
  readonly name: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  readonly categories: readonly Category[]
  readonly purposes: readonly Purpose[]
  /** Hours from awareness of a breach to the notice, at most 72. */
  readonly noticeHours: number
  /** So many subjects one person may export without a second one's approval. */
  readonly exportAlone: number
  /** Kinds of data subjects, as a notice names them: `customers`, `patients`. */
  readonly subjectKinds: readonly string[]
}

/** Who is told of a breach. Personal data: sealed at rest. */
export interface BreachContact {
  readonly name: string
  readonly email: string
}

export type ControllerState = 'active' | 'returning' | 'leaving' | 'left'

/** A tenant with the facts of its contract in force. */
export interface Controller extends Contract {
  readonly controllerId: string
  readonly state: ControllerState
  /** Made by the house for drills and checks. */
  readonly synthetic: boolean
  /** Left out of lists. */
  readonly hidden: boolean
  /** Version of the contract in force, from 1. */
  readonly version: number
  readonly createdAt: Date
  readonly agreedAt: Date
}

/** The category of this name, or undefined. */
export function categoryNamed(contract: Contract, name: string): Category | undefined {
  return contract.categories.find((category) => category.name === name)
}

/** The category with this bit. Bits are never dropped, so a bit in a stored row always has one. */
export function categoryOfBit(contract: Contract, bit: number): Category {
  const category = contract.categories.find((candidate) => candidate.bit === bit)
  if (category === undefined) throw new TypeError(`no category has bit ${bit}`)
  return category
}

/** Whether a purpose may use a field, given that it may use its category. */
export const isForPurpose = ({ purposes }: Pick<Field, 'purposes'>, purpose: string | undefined) =>
  purposes === null || (purpose !== undefined && purposes.includes(purpose))

/** The category with only those fields that the purpose may use. */
export function categoryFor(category: Category, purpose: string | undefined): Category {
  if (category.fields.every((field) => field.purposes === null)) return category
  return { ...category, fields: category.fields.filter((field) => isForPurpose(field, purpose)) }
}
