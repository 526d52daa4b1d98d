/**
 * A controller's contract: what we may hold about its subjects, why, how long, and whom to tell.
 * Plain facts without personal data; breach contacts are kept apart and sealed.
 *
 * A category's bit is its number in the trail's sets. It is given once and never again.
 */

export const fieldKinds = ['text', 'email', 'phone', 'date', 'number', 'identifier'] as const
export type FieldKind = (typeof fieldKinds)[number]

export interface Field {
  readonly name: string
  readonly kind: FieldKind
  /** Kept in a blind index, so that it can be found by its exact value. */
  readonly searchable: boolean
  /** Special categories of personal data (GDPR Art. 9). */
  readonly special: boolean
}

export interface Category {
  readonly name: string
  /** 0 to 30; stable for ever. */
  readonly bit: number
  readonly fields: readonly Field[]
  /** Whole days from the storing of a record's present version to its erasure. */
  readonly retainDays: number
}

export interface Purpose {
  readonly name: string
  /** Names of the categories this purpose may use. */
  readonly categories: readonly string[]
}

export interface Contract {
  readonly name: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  readonly categories: readonly Category[]
  readonly purposes: readonly Purpose[]
  /** Hours from awareness of a breach to the notice, at most 72. */
  readonly noticeHours: number
  /** Kinds of data subjects, as a notice names them: `customers`, `patients`. */
  readonly subjectKinds: readonly string[]
}

/** Who is told of a breach. Personal data: sealed at rest. */
export interface BreachContact {
  readonly name: string
  readonly email: string
}

export type ControllerState = 'active' | 'leaving' | 'left'

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
