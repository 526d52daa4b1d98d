import type { Act } from '#kernel'
import { newId } from '#ground'
import { standingOf } from '../accounts/actor-store.ts'
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
} from '../refusals.ts'
import {
  administratorsExist,
  grantBy,
  type GrantOrigin,
  grantsOf,
  holdAdministrators,
  insertGrant,
  insertRole,
  roleBy,
  setGrantRevoked,
  updateRole,
} from './grant-store.ts'
import { type AccessRole, demandPatterns, demandPersonal, isPrivileged } from './role.ts'
import { demandSound, type Preview, previewGrant, previewRole } from './sound-acts.ts'

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
 *   `identity.role-for-workloads`, `identity.grant-empty` for a list that confines to nothing, `identity.grant-expired`,
 *   `identity.roles-conflict`, `identity.policy-broken`.
 */
export async function grantRole(act: Act, granting: Granting): Promise<{ grantId: string }> {
  if (act.actor.id === granting.actorId) throw ownRights()
  return putGrant(act, granting, 'standing')
}

/** As {@link grantRole}, where somebody else has said yes already. */
export async function putGrant(
  act: Act,
  granting: Granting,
  origin: GrantOrigin,
): Promise<{ grantId: string }> {
  const { actorId, role, controllers, categories, purposes, expiresAt } = granting
  if ([controllers, categories, purposes].some((list) => list?.length === 0)) throw grantEmpty()
  if (expiresAt !== null && !(expiresAt > act.now)) throw grantExpired()
  const standing = await standingOf(act.sql, actorId)
  if (standing === undefined) throw unknownActor()
  if (standing.kind === 'person') demandPersonal(await roleNamed(act, role))
  const id = newId()
  const right = await rightOf(act, id, granting)
  await demandSound(act, () => previewGrant(act, actorId, right))
  const by = { createdBy: act.actor.id, createdAt: act.now }
  await insertGrant(act.sql, {
    id,
    actorId,
    role,
    controllers: controllers && [...new Set(controllers)],
    categories: categories && [...new Set(categories)],
    purposes: purposes && [...new Set(purposes)],
    expiresAt,
    origin,
    ...by,
  })
  act.tell({ grantId: id, ...granting, expiresAt: expiresAt?.toISOString() ?? null })
  return { grantId: id }
}

/** @throws {Refusal} `identity.unknown-role`. */
export async function roleNamed({ sql }: Act, name: string): Promise<AccessRole> {
  const role = await roleBy(sql, name)
  if (role === undefined) throw unknownRole(name)
  return role
}

/** A grant as it would stand in somebody's hands. @throws {Refusal} `identity.unknown-role`. */
export async function rightOf(act: Act, id: string, { role, ...confined }: Granting) {
  const { actions } = await roleNamed(act, role)
  const { controllers, categories, purposes } = confined
  return { id, role, actions, controllers, categories, purposes }
}

/** Who would gain what by a grant, and whether it would be refused. Nothing is changed. */
export async function tryGrant(act: Act, granting: Granting): Promise<Preview> {
  return previewGrant(act, granting.actorId, await rightOf(act, newId(), granting))
}

/** Who would gain and lose what by a role as given, and whether it would be refused. */
export async function tryRole(
  act: Act,
  role: Pick<AccessRole, 'name' | 'actions'>,
): Promise<Preview> {
  demandPatterns(role.actions)
  return previewRole(act, role)
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

const ownMade = (actions: readonly string[]) => ({
  privileged: isPrivileged(actions),
  builtIn: false,
  forWorkloads: false,
})

export type NewRole = Pick<AccessRole, 'name' | 'description' | 'actions'>

/**
 * Makes a role.
 *
 * @throws {Refusal} `identity.role-not-valid`, `identity.unknown-action`, `identity.role-taken`,
 *   `identity.policy-broken`.
 */
export async function createRole(act: Act, role: NewRole): Promise<AccessRole> {
  demandPatterns(role.actions)
  const made = { ...role, ...ownMade(role.actions) }
  await demandSound(act, () => previewRole(act, role))
  if ((await insertRole(act.sql, made, act.actor.id, act.now)) === 0) throw roleTaken(role.name)
  act.tell({ role: made })
  return made
}

/**
 * Changes what a role allows, for all who hold it, from their next request on.
 *
 * @throws {Refusal} `identity.unknown-role`, `identity.role-built-in`, `identity.role-not-valid`,
 *   `identity.unknown-action`, `identity.policy-broken`, `identity.own-rights` where the changer holds it.
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
  const made = { ...role, ...ownMade(role.actions) }
  await demandSound(act, () => previewRole(act, role))
  await updateRole(act.sql, made, act.actor.id, act.now)
  act.tell({ before, after: made })
  return made
}
