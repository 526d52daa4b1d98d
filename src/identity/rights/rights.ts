import type { Grant } from '#kernel'
import type { KnownAction } from './action-book.ts'
import { isForPersons, matches } from './decide.ts'

/** Somebody's rights: a grant with the role it is of. */
export interface HeldRight extends Grant {
  readonly role: string
}

/** Everybody a change of rights touches, as they stand or as they would. */
export interface Holder {
  readonly actorId: string
  readonly kind: 'person' | 'workload'
  readonly grants: readonly HeldRight[]
}

/** A sentence about rights: somebody must be able, or must never be. */
export interface PolicyTest {
  readonly id: string
  readonly sentence: string
  readonly subjectKind: 'actor' | 'role' | 'persons' | 'workloads' | 'everybody'
  readonly subject: string | null
  readonly may: boolean
  /** An action or a prefix ending in `.*`. */
  readonly action: string
  /** Null asks about any place. */
  readonly controllerId: string | null
}

export interface RoleConflict {
  readonly roleA: string
  readonly roleB: string
  readonly why: string
}

/** What somebody would gain or lose, as actions; the same action may be gained for one controller only. */
export interface Difference {
  readonly actorId: string
  readonly kind: 'person' | 'workload'
  readonly gains: readonly string[]
  readonly losses: readonly string[]
}

/** Whether everything `narrow` reaches, `wide` reaches as well, whatever the action. */
export function reaches(wide: Grant, narrow: Grant): boolean {
  const within = (outer: readonly string[] | null, inner: readonly string[] | null) =>
    outer === null || (inner !== null && inner.every((each) => outer.includes(each)))
  return (
    within(wide.controllers, narrow.controllers) &&
    within(wide.categories, narrow.categories) &&
    within(wide.purposes, narrow.purposes)
  )
}

/** The actions among those known that a holder's grant allows somewhere. */
export function actionsOf(
  { kind }: Pick<Holder, 'kind'>,
  grant: Grant,
  known: readonly KnownAction[],
): string[] {
  return known
    .map(({ action }) => action)
    .filter(
      (action) => matches(grant.actions, action) && (kind === 'person' || !isForPersons(action)),
    )
}

/** The actions that some grant of `more` allows where none of `less` does. */
function beyond(
  holder: Pick<Holder, 'kind'>,
  more: readonly Grant[],
  less: readonly Grant[],
  known: readonly KnownAction[],
): string[] {
  const found = more.flatMap((grant) =>
    actionsOf(holder, grant, known).filter(
      (action) => !less.some((other) => matches(other.actions, action) && reaches(other, grant)),
    ),
  )
  return [...new Set(found)].sort()
}

/** Who gains or loses what between two states of the same holders. */
export function differences(
  before: readonly Holder[],
  after: readonly Holder[],
  known: readonly KnownAction[],
): Difference[] {
  return after.flatMap(({ actorId, kind, grants }) => {
    const old = before.find((each) => each.actorId === actorId)?.grants ?? []
    const gains = beyond({ kind }, grants, old, known)
    const losses = beyond({ kind }, old, grants, known)
    return gains.length + losses.length === 0 ? [] : [{ actorId, kind, gains, losses }]
  })
}

/** The state of rights a policy test is held against. */
export interface RightsState {
  readonly holders: readonly Holder[]
  /** Roles that are being made or changed, as they would be. */
  readonly roles: readonly { readonly name: string; readonly actions: readonly string[] }[]
}

/**
 * The tests a state leaves untrue. Of holders and roles that are not in it nothing is said: a change
 * is held against those it touches.
 */
export function untrue(
  tests: readonly PolicyTest[],
  { holders, roles }: RightsState,
  known: readonly KnownAction[],
): PolicyTest[] {
  return tests.filter((test) => {
    const asked = known.filter(({ action }) => matches([test.action], action))
    if (test.subjectKind === 'role') {
      const role = roles.find(({ name }) => name === test.subject)
      return (
        role !== undefined &&
        isUntrue(
          test,
          asked.some(({ action }) => matches(role.actions, action)),
        )
      )
    }
    return subjectsOf(test, holders).some((holder) => {
      const able = holder.grants.some(
        (grant) => isThere(test, grant) && actionsOf(holder, grant, asked).length > 0,
      )
      return isUntrue(test, able)
    })
  })
}

const isUntrue = ({ may }: PolicyTest, able: boolean): boolean => able !== may

/** A grant without confinement reaches every controller, one confined to others does not. */
const isThere = ({ controllerId }: PolicyTest, { controllers }: Grant): boolean =>
  controllerId === null || controllers === null || controllers.includes(controllerId)

function subjectsOf({ subjectKind, subject }: PolicyTest, holders: readonly Holder[]): Holder[] {
  return holders.filter(({ actorId, kind }) => {
    switch (subjectKind) {
      case 'actor':
        return actorId === subject
      case 'persons':
        return kind === 'person'
      case 'workloads':
        return kind === 'workload'
      default:
        return subjectKind === 'everybody'
    }
  })
}

/** The pairs of roles that conflict in one hand. */
export function conflictsIn(
  { grants }: Pick<Holder, 'grants'>,
  conflicts: readonly RoleConflict[],
): RoleConflict[] {
  const held = new Set(grants.map(({ role }) => role))
  return conflicts.filter(({ roleA, roleB }) => held.has(roleA) && held.has(roleB))
}
