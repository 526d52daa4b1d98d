import type { Act } from '#kernel'
import { newId } from '#ground'
import { kindOf } from '../accounts/actor-store.ts'
import { isId } from '../locks/lock.ts'
import {
  conflictHeld,
  conflictTaken,
  policyUntrue,
  unknownAction,
  unknownActor,
  unknownConflict,
  unknownPolicyTest,
  unknownRole,
} from '../refusals.ts'
import { actionBook } from './action-book.ts'
import { roleBy } from './grant-store.ts'
import {
  allHolders,
  deleteConflict,
  deletePolicyTest,
  holdRights,
  insertConflict,
  insertPolicyTest,
  policyTests,
  type PolicyTestRow,
  roleConflicts,
} from './policy-store.ts'
import { conflictsIn, type PolicyTest } from './rights.ts'
import { untrueNow } from './sound-acts.ts'

/** Every test with whether it holds right now. A grant that ran out can make one untrue by itself. */
export async function listPolicyTests(
  act: Act,
): Promise<(PolicyTestRow & { readonly holds: boolean })[]> {
  const tests = await policyTests(act.sql)
  const untrue = new Set((await untrueNow(act, tests)).map(({ id }) => id))
  return tests.map((test) => ({ ...test, holds: !untrue.has(test.id) }))
}

/**
 * Keeps a sentence that every later change of rights must leave true.
 *
 * @throws {Refusal} `identity.unknown-action`, `identity.unknown-actor`, `identity.unknown-role`,
 *   `identity.policy-untrue` where it does not hold now.
 */
export async function addPolicyTest(
  act: Act,
  test: Omit<PolicyTest, 'id'>,
): Promise<{ policyTestId: string }> {
  const { subjectKind, subject } = test
  if (actionBook.among([test.action]).length === 0) throw unknownAction(test.action)
  if (
    subjectKind === 'actor' &&
    (!isId(subject!) || (await kindOf(act.sql, subject!)) === undefined)
  )
    throw unknownActor()
  if (subjectKind === 'role' && (await roleBy(act.sql, subject!)) === undefined)
    throw unknownRole(subject!)
  await holdRights(act.sql)
  const row = { ...test, id: newId(), createdBy: act.actor.id, createdAt: act.now }
  if ((await untrueNow(act, [row])).length > 0) throw policyUntrue(test.sentence)
  await insertPolicyTest(act.sql, row)
  act.tell({ policyTest: test, policyTestId: row.id })
  return { policyTestId: row.id }
}

/** Takes a test away; from then on nothing keeps it true. @throws {Refusal} `identity.unknown-policy-test`. */
export async function removePolicyTest(act: Act, policyTestId: string): Promise<void> {
  const sentence = await deletePolicyTest(act.sql, policyTestId)
  if (sentence === undefined) throw unknownPolicyTest()
  act.tell({ policyTestId, sentence })
}

export const listConflicts = (act: Act) => roleConflicts(act.sql)

/**
 * Says of two roles that nobody may hold both.
 *
 * @throws {Refusal} `identity.unknown-role`, `identity.conflict-taken`, `identity.conflict-held` where
 *   somebody holds both now.
 */
export async function addConflict(
  act: Act,
  { roles, why }: { readonly roles: readonly string[]; readonly why: string },
): Promise<void> {
  const [roleA = '', roleB = ''] = [...roles].sort()
  for (const role of [roleA, roleB])
    if ((await roleBy(act.sql, role)) === undefined) throw unknownRole(role)
  await holdRights(act.sql)
  const conflict = { roleA, roleB, why }
  const both = (await allHolders(act.sql, act.now)).filter(
    (holder) => conflictsIn(holder, [conflict]).length > 0,
  )
  if (both.length > 0) throw conflictHeld(both.map(({ actorId }) => actorId))
  const row = { ...conflict, createdBy: act.actor.id, createdAt: act.now }
  if ((await insertConflict(act.sql, row)) === 0) throw conflictTaken()
  act.tell({ conflict })
}

/** @throws {Refusal} `identity.unknown-conflict`. */
export async function removeConflict(act: Act, roles: readonly string[]): Promise<void> {
  const [roleA = '', roleB = ''] = [...roles].sort()
  if ((await deleteConflict(act.sql, roleA, roleB)) === 0) throw unknownConflict()
  act.tell({ roleA, roleB })
}
