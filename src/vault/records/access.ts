import type { Act, Refusal } from '#kernel'
import {
  type Category,
  categoryFor,
  categoryNamed,
  type Contract,
} from '../controllers/contract.ts'
import {
  consentMissing,
  notGranted,
  objected,
  outsidePurpose,
  purposeNotAgreed,
  purposeRequired,
  reasonRequired,
  unknownCategory,
} from '../refusals.ts'

/** What an act may see: which categories, with the fields its purpose may use, and which unmasked. */
export interface Sight {
  readonly categories: readonly Category[]
  /** Bits of the categories that are shown in full. */
  readonly revealed: ReadonlySet<number>
}

/**
 * Names of the categories the act's purpose may use by the contract.
 *
 * @throws {Refusal} `vault.purpose-required`, `vault.reason-required`, `vault.purpose-not-agreed`.
 */
export function demandPurpose({ purpose, reason }: Act, contract: Contract): readonly string[] {
  if (purpose === undefined) throw purposeRequired()
  if (reason === undefined || reason.trim() === '') throw reasonRequired()
  const agreed = contract.purposes.find(({ name }) => name === purpose)
  if (agreed === undefined) throw purposeNotAgreed()
  return agreed.categories
}

/**
 * Demands one category for the act: named by the contract, covered by the purpose, granted to the actor.
 *
 * @throws {Refusal} `vault.unknown-category`, `vault.category-outside-purpose`, what
 *   {@link demandPurpose} throws, and the permission's own code where it is not granted.
 */
export function demandCategory(act: Act, contract: Contract, name: string): Category {
  const covered = demandPurpose(act, contract)
  const category = categoryNamed(contract, name)
  if (category === undefined) throw unknownCategory()
  if (!covered.includes(name)) throw outsidePurpose(name)
  demandGranted(act, name)
  return category
}

/** What a subject has said about purposes. */
export interface Said {
  readonly consents: readonly string[] | null
  readonly objections: readonly string[] | null
}

/**
 * Why the act's purpose may not use this subject's data, by what the subject itself has said; a
 * subject not known yet has said nothing. Undefined where it may.
 *
 * @see GDPR Art. 6(1)(a) and 7(3), consent; Art. 21, objection.
 */
export function whyNot(
  { purpose }: Act,
  contract: Contract,
  said: Said | undefined,
): Refusal | undefined {
  if (purpose === undefined) return undefined
  if (said?.objections?.includes(purpose) === true) return objected()
  if (said?.consents?.includes(purpose) === true) return undefined
  const needs = contract.purposes.find(({ name }) => name === purpose)?.consent
  return needs === true ? consentMissing() : undefined
}

/** Demands that the act's own action is granted for a category. @throws {Refusal} the permission's own code. */
export function demandGranted(act: Act, name: string): void {
  const decision = act.may({ action: act.action, categories: [name] })
  if (!decision.allowed) throw notGranted(decision.code, decision.message)
}

/**
 * Demands that of the categories the act's purpose covers one at least is granted, where it wants none in
 * particular.
 *
 * @param action - default the act's own.
 * @throws {Refusal} what {@link demandPurpose} throws, `vault.category-outside-purpose` where it covers none,
 *   and the permission's own code where none is granted.
 */
export function demandSome(act: Act, contract: Contract, action = act.action): void {
  const decisions = demandPurpose(act, contract).map((name) =>
    act.may({ action, categories: [name] }),
  )
  if (decisions.some(({ allowed }) => allowed)) return
  for (const decision of decisions)
    if (!decision.allowed) throw notGranted(decision.code, decision.message)
  throw outsidePurpose()
}

/** The categories that the act's own action is granted for, where it wants none in particular. */
export const grantedOf = (act: Act, { categories }: Pick<Contract, 'categories'>) =>
  categories.filter(({ name }) => act.may({ action: act.action, categories: [name] }).allowed)

/**
 * What the act may see of the wanted categories; with none named, of all that its purpose covers
 * and its grants allow. Every wanted category must be allowed; revealing is asked one by one.
 *
 * @throws {Refusal} what {@link demandCategory} throws.
 */
export function sightOf(act: Act, contract: Contract, wanted?: readonly string[]): Sight {
  const covered = demandPurpose(act, contract)
  const may = (action: string, name: string) => act.may({ action, categories: [name] }).allowed
  const names = wanted ?? covered.filter((name) => may(act.action, name))
  // Nothing left to see: say why for the first that is denied.
  if (names.length === 0) for (const name of covered) demandCategory(act, contract, name)
  if (names.length === 0) throw outsidePurpose()
  const categories = [...new Set(names)].map((name) => {
    const seen = categoryFor(demandCategory(act, contract, name), act.purpose)
    if (seen.fields.length === 0) throw outsidePurpose(name)
    return seen
  })
  const revealed = new Set(
    categories.filter(({ name }) => may('vault.record.reveal', name)).map(({ bit }) => bit),
  )
  return { categories, revealed }
}
