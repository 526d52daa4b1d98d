import type { Act } from '#kernel'
import { newId } from '#ground'
import { keepingAdministrators, rightOf, roleNamed } from '../rights/grant-acts.ts'
import { insertGrant, setGrantRevoked } from '../rights/grant-store.ts'
import { demandPersonal } from '../rights/role.ts'
import { demandSound, previewGrant } from '../rights/sound-acts.ts'
import type { ProviderTerms } from './provider.ts'
import { grantsThrough } from './store.ts'

/** Who gave a grant that comes and goes with a group. */
export const giverOf = (providerId: string) => `provider ${providerId}`

/** @throws {Refusal} `identity.unknown-role`, `identity.role-for-workloads` for a mapping people get nothing by. */
export async function demandRoles(
  act: Act,
  groupRoles: ProviderTerms['groupRoles'],
): Promise<void> {
  for (const role of new Set(Object.values(groupRoles).flat()))
    demandPersonal(await roleNamed(act, role))
}

export interface RoleChange {
  readonly rolesGained: readonly string[]
  readonly rolesLost: readonly string[]
}

/**
 * Gives and takes roles until somebody holds through a provider exactly those wanted. Grants that
 * people gave stay as they are.
 *
 * @returns undefined where nothing had to change.
 * @throws {Refusal} `identity.roles-conflict`, `identity.policy-broken`, `identity.last-administrator`.
 */
export async function followRoles(
  act: Act,
  providerId: string,
  actorId: string,
  wanted: readonly string[],
): Promise<RoleChange | undefined> {
  const createdBy = giverOf(providerId)
  const held = await grantsThrough(act.sql, actorId, createdBy, act.now)
  const gone = held.filter(({ role }) => !wanted.includes(role))
  if (gone.length > 0)
    await keepingAdministrators(act, async () => {
      for (const { id } of gone)
        await setGrantRevoked(act.sql, id, act.now, 'no longer in the group at the provider')
    })
  const fresh = wanted.filter((role) => !held.some((grant) => grant.role === role))
  for (const role of fresh) {
    const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }
    const right = await rightOf(act, newId(), { actorId, role, ...unconfined })
    await demandSound(act, () => previewGrant(act, actorId, right))
    await insertGrant(act.sql, {
      id: right.id,
      actorId,
      role,
      ...unconfined,
      createdBy,
      createdAt: act.now,
    })
  }
  if (gone.length + fresh.length === 0) return undefined
  const change = { rolesGained: fresh, rolesLost: gone.map(({ role }) => role) }
  act.tell(change)
  return change
}
