import { roleForWorkloads, roleNotValid, unknownAction } from '../refusals.ts'
import { actionBook } from './action-book.ts'

/** A role: a name for a set of actions. Patterns end in `.*`, never in the middle. */
export interface AccessRole {
  readonly name: string
  readonly description: string
  readonly actions: readonly string[]
  /** Sessions of its holders go idle sooner, and a second factor is demanded of them. */
  readonly privileged: boolean
  readonly builtIn: boolean
  /** Only a program can sensibly hold it. */
  readonly forWorkloads: boolean
}

/** @throws {Refusal} `identity.role-for-workloads` for a person's hands. */
export function demandPersonal({ name, forWorkloads }: AccessRole): void {
  if (forWorkloads) throw roleForWorkloads(name)
}

const pattern = /^[a-z]+(?:\.[a-z]+(?:-[a-z]+)*)*(?:\.\*)?$/

/** Reading verbs; but whoever reads data subjects' records is privileged whatever the verb. */
const looking = /\.(?:read|list|find|who|show|status)$/

/**
 * Demands action patterns that match something in this house.
 *
 * @throws {Refusal} `identity.role-not-valid`, `identity.unknown-action`.
 */
export function demandPatterns(actions: readonly string[]): void {
  if (actions.length === 0) throw roleNotValid('A role without actions allows nothing.')
  for (const action of actions) {
    if (!pattern.test(action) || !action.includes('.'))
      throw roleNotValid(`"${action}" is neither an action nor a prefix ending in ".*".`)
    if (actionBook.among([action]).length === 0) throw unknownAction(action)
  }
}

/** Whether a set of actions does more than look at things that are not personal data. Prefixes do. */
export const isPrivileged = (actions: readonly string[]): boolean =>
  actions.some(
    (action) =>
      action.endsWith('*') || !looking.test(action) || /^vault\.(?:record|subject)\./.test(action),
  )
