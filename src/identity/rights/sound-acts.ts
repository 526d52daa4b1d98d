import type { Act } from '#kernel'
import { policyBroken, rolesConflict } from '../refusals.ts'
import { actionBook } from './action-book.ts'
import { allRoles } from './grant-store.ts'
import {
  allHolders,
  holderOf,
  holdersOfRole,
  holdRights,
  policyTests,
  roleConflicts,
} from './policy-store.ts'
import {
  conflictsIn,
  type Difference,
  differences,
  type HeldRight,
  type Holder,
  type PolicyTest,
  type RightsState,
  type RoleConflict,
  untrue,
} from './rights.ts'

/** What a change of rights would do, before it is made. */
export interface Preview {
  readonly differences: readonly Difference[]
  /** Policy tests that hold now and would not afterwards. */
  readonly broken: readonly PolicyTest[]
  readonly conflicts: readonly RoleConflict[]
}

/** What a new grant in somebody's hands would do. */
export async function previewGrant(act: Act, actorId: string, right: HeldRight): Promise<Preview> {
  const holder = await holderOf(act.sql, actorId, act.now)
  if (holder === undefined) return nothing
  const after = { ...holder, grants: [...holder.grants, right] }
  return effect(act, { holders: [holder], roles: [] }, { holders: [after], roles: [] })
}

/** What a role that is made or changed would do, for all who hold it. */
export async function previewRole(
  act: Act,
  role: { readonly name: string; readonly actions: readonly string[] },
): Promise<Preview> {
  const holders = await holdersOfRole(act.sql, role.name, act.now)
  const after = holders.map((holder) => ({
    ...holder,
    grants: holder.grants.map((grant) =>
      grant.role === role.name ? { ...grant, actions: role.actions } : grant,
    ),
  }))
  const old = (await allRoles(act.sql)).filter(({ name }) => name === role.name)
  return effect(act, { holders, roles: old }, { holders: after, roles: [role] })
}

const nothing: Preview = { differences: [], broken: [], conflicts: [] }

async function effect({ sql }: Act, before: RightsState, after: RightsState): Promise<Preview> {
  const known = actionBook.all()
  const tests = await policyTests(sql)
  const untrueBefore = new Set(untrue(tests, before, known).map(({ id }) => id))
  const conflicts = await roleConflicts(sql)
  const had = (actorId: string) => {
    const holder = before.holders.find((each) => each.actorId === actorId)
    return holder === undefined ? [] : conflictsIn(holder, conflicts)
  }
  return {
    differences: differences(before.holders, after.holders, known),
    broken: untrue(tests, after, known).filter(({ id }) => !untrueBefore.has(id)),
    conflicts: after.holders.flatMap((holder) => {
      const old = had(holder.actorId)
      return conflictsIn(holder, conflicts).filter((pair) => !old.includes(pair))
    }),
  }
}

/**
 * Refuses a change that would make a policy test untrue or put two conflicting roles into one hand.
 *
 * @throws {Refusal} `identity.policy-broken`, `identity.roles-conflict`.
 */
export async function demandSound(act: Act, look: () => Promise<Preview>): Promise<Preview> {
  await holdRights(act.sql)
  const preview = await look()
  const [pair] = preview.conflicts
  if (pair !== undefined) throw rolesConflict(pair)
  const [test] = preview.broken
  if (test !== undefined) throw policyBroken(test)
  return preview
}

/** The tests that are untrue as things stand. */
export async function untrueNow(act: Act, tests: readonly PolicyTest[]): Promise<PolicyTest[]> {
  const holders: Holder[] = await allHolders(act.sql, act.now)
  const silent = tests.filter(
    ({ subjectKind, subject }) =>
      subjectKind === 'actor' && !holders.some(({ actorId }) => actorId === subject),
  )
  // Whoever holds nothing is in no list, and may nothing.
  const bare = silent.map(({ subject }) => ({
    actorId: subject!,
    kind: 'person' as const,
    grants: [],
  }))
  const state = { holders: [...holders, ...bare], roles: await allRoles(act.sql) }
  return untrue(tests, state, actionBook.all())
}
