import type { Evidence } from '#kernel'

/** A day's count for a register's promise: how many entries hold, and what is wrong with the others. */
export interface Tally {
  readonly n: number
  readonly of: number
  /** The entries counted, in the plural: `active vendors`. */
  readonly what: string
  /** What holds of each: `assessed, under contract and past their objection window`. */
  readonly holding: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Someone's word that there is nothing to enter. */
export interface NothingThere {
  readonly at: Date
  readonly expiresAt: Date
}

/**
 * Evidence from a register. Empty is not green: it holds only where a person has said, not too
 * long ago, that there is nothing to enter.
 */
export function evidenceOf(
  { n, of, what, holding, facts = {} }: Tally,
  nothing?: NothingThere,
): Evidence {
  if (of > 0) {
    const finding = `${what.charAt(0).toUpperCase()}${what.slice(1)} ${holding}: ${n} of ${of}.`
    return { holds: n === of, finding, n, of, facts }
  }
  if (nothing === undefined) {
    const finding = `No ${what} are entered, and nobody has stated that there are none.`
    return { holds: false, finding, n, of, facts }
  }
  const finding = `There are no ${what}; a person stated so on ${nothing.at.toISOString().slice(0, 10)}.`
  return { holds: true, finding, n, of, facts, covers: nothing.at }
}
