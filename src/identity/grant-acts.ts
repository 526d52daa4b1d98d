import type { Act } from '#kernel'
import { newId } from '#ground'
import { standingOf } from './actor-store.ts'
import {
  administratorsExist,
  grantBy,
  grantsOf,
  holdAdministrators,
  insertGrant,
  insertRole,
  roleBy,
  setGrantRevoked,
  updateRole,
} from './grant-store.ts'
import {
  grantEmpty,
  grantExpired,
  lastAdministrator,
  ownRights,
  roleBuiltIn,
  roleTaken,
  unknownActor,
  unknownGrant,
  unknownRole,
} from './refusals.ts'
import { type AccessRole, demandPatterns, isPrivileged } from './role.ts'

export interface Granting {
  /** A person's or a workload's id. */
  readonly actorId: string
  readonly role: string
  /** Ids of controllers; null means all, and the house. */
  readonly controllers: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly purposes: readonly string[] | null
  readonly expiresAt: Date | null
}

/**
 * Puts a role into somebody's hands, confined as said. It counts from their next request on.
 *
 * @throws {Refusal} `identity.own-rights`, `identity.unknown-role`, `identity.unknown-actor`,
 *   `identity.grant-empty` for a list that confines to nothing, `identity.grant-expired`.
 */
export async function grantRole(act: Act, granting: Granting): Promise<{ grantId: string }> {
  const { actorId, role, controllers, categories, purposes, expiresAt } = granting
  if (act.actor.id === actorId) throw ownRights()
  if ([controllers, categories, purposes].some((list) => list?.length === 0)) throw grantEmpty()
  if (expiresAt !== null && !(expiresAt > act.now)) throw grantExpired()
  if ((await standingOf(act.sql, actorId)) === undefined) throw unknownActor()
  if ((await roleBy(act.sql, role)) === undefined) throw unknownRole(role)
  const id = newId()
  const by = { createdBy: act.actor.id, createdAt: act.now }
  await insertGrant(act.sql, {
    id,
    actorId,
    role,
    controllers: controllers && [...new Set(controllers)],
    categories: categories && [...new Set(categories)],
    purposes: purposes && [...new Set(purposes)],
    expiresAt,
    ...by,
  })
  act.tell({ grantId: id, ...granting, expiresAt: expiresAt?.toISOString() ?? null })
  return { grantId: id }
}

/**
 * Takes a grant back. It counts from the holder's next request on.
 *
 * @throws {Refusal} `identity.unknown-grant`, `identity.own-rights`, `identity.last-administrator`.
 */
export async function revokeGrant(act: Act, grantId: string, because: string): Promise<void> {
  const grant = await grantBy(act.sql, grantId)
  if (grant === undefined) throw unknownGrant()
  if (act.actor.id === grant.actorId) throw ownRights()
  await keepingAdministrators(act, () => setGrantRevoked(act.sql, grantId, act.now, because))
  act.tell({ grantId, actorId: grant.actorId, role: grant.role, because })
}

/**
 * Does something that may leave the house without an administrator, and refuses if it did.
 *
 * @throws {Refusal} `identity.last-administrator`.
 */
export async function keepingAdministrators<T>(act: Act, deed: () => Promise<T>): Promise<T> {
  await holdAdministrators(act.sql)
  const before = await administratorsExist(act.sql)
  const result = await deed()
  if (before && !(await administratorsExist(act.sql))) throw lastAdministrator()
  return result
}

export type NewRole = Pick<AccessRole, 'name' | 'description' | 'actions'>

/** Makes a role. @throws {Refusal} `identity.role-not-valid`, `identity.role-taken`. */
export async function createRole(act: Act, role: NewRole): Promise<AccessRole> {
  demandPatterns(role.actions)
  const made = { ...role, privileged: isPrivileged(role.actions), builtIn: false }
  if ((await insertRole(act.sql, made)) === 0) throw roleTaken(role.name)
  act.tell({ role: made })
  return made
}

/**
 * Changes what a role allows, for all who hold it, from their next request on.
 *
 * @throws {Refusal} `identity.unknown-role`, `identity.role-built-in`, `identity.role-not-valid`,
 *   `identity.own-rights` where the changer holds it.
 */
export async function changeRole(act: Act, role: NewRole): Promise<AccessRole> {
  demandPatterns(role.actions)
  const before = await roleBy(act.sql, role.name)
  if (before === undefined) throw unknownRole(role.name)
  if (before.builtIn) throw roleBuiltIn()
  const { actor, sql, now } = act
  const holds = actor.kind === 'person' || actor.kind === 'workload'
  const own = holds ? await grantsOf(sql, [actor.id], now) : []
  if (own.some((grant) => grant.role === role.name)) throw ownRights()
  const made = { ...role, privileged: isPrivileged(role.actions), builtIn: false }
  await updateRole(act.sql, made)
  act.tell({ before, after: made })
  return made
}
