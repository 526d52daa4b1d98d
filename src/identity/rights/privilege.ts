import type { KnownAction } from './action-book.ts'
import { matches } from './decide.ts'

interface Measured {
  readonly role: string
  readonly actions: readonly string[]
  readonly used: readonly string[]
}

/** A role, with how much of what it allows anybody who holds it has used. */
export interface RoleBreadth {
  readonly role: string
  readonly holders: number
  readonly granted: number
  readonly used: number
  /** 0 to 1. */
  readonly share: number
  /** What a role that allows only what was used would hold. */
  readonly usedActions: readonly string[]
}

/** Roles by how little of them is used, the broadest first. */
export function breadths(
  grants: readonly Measured[],
  known: readonly KnownAction[],
): RoleBreadth[] {
  return [...Map.groupBy(grants, ({ role }) => role)]
    .map(([role, own]) => {
      const granted = known.filter(({ action }) => matches(own[0]!.actions, action)).length
      const usedActions = [...new Set(own.flatMap(({ used }) => used))].sort()
      const used = usedActions.length
      const share = granted === 0 ? 1 : used / granted
      return { role, holders: own.length, granted, used, share, usedActions }
    })
    .sort((a, b) => a.share - b.share || b.granted - a.granted)
}
