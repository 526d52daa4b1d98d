import type { Act } from '#kernel'
import { type Category, categoryNamed, type Contract } from './contract.ts'
import {
  notGranted,
  outsidePurpose,
  purposeNotAgreed,
  purposeRequired,
  reasonRequired,
  unknownCategory,
} from './refusals.ts'

/** What an act may see: which categories, and which of them unmasked. */
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

/** Demands that the act's own action is granted for a category. @throws {Refusal} the permission's own code. */
export function demandGranted(act: Act, name: string): void {
  const decision = act.may({ action: act.action, categories: [name] })
  if (!decision.allowed) throw notGranted(decision.code, decision.message)
}

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
  const categories = [...new Set(names)].map((name) => demandCategory(act, contract, name))
  const revealed = new Set(
    categories.filter(({ name }) => may('vault.record.reveal', name)).map(({ bit }) => bit),
  )
  return { categories, revealed }
}
