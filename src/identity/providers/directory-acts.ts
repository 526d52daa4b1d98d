import type { Act } from '#kernel'
import { workloadOf } from '../accounts/actor-store.ts'
import { directoryTaken, unknownProvider, unknownWorkload } from '../refusals.ts'
import { followAll } from '../scim/directory-acts.ts'
import { countedGroups, holdDirectory } from '../scim/directory-store.ts'
import { demandRoles } from './group-role-acts.ts'
import { type ProviderTerms, rolesFor } from './provider.ts'
import { providerBy, type ProviderRow, setDirectory, setGroupRoles } from './store.ts'

async function demandProvider(act: Act, providerId: string): Promise<ProviderRow> {
  await holdDirectory(act.sql, providerId)
  const provider = await providerBy(act.sql, providerId)
  if (provider === undefined) throw unknownProvider()
  return provider
}

/**
 * Says which roles a provider's groups bring. Whom its directory keeps gains and loses them at once, all
 * others at their next sign-in.
 *
 * @throws {Refusal} `identity.unknown-provider`, `identity.unknown-role`, `identity.own-rights` where the
 *   change would reach its maker, `identity.roles-conflict`, `identity.policy-broken`,
 *   `identity.last-administrator`.
 */
export async function mapGroups(
  act: Act,
  providerId: string,
  groupRoles: ProviderTerms['groupRoles'],
): Promise<void> {
  const provider = await demandProvider(act, providerId)
  await demandRoles(act, groupRoles)
  await setGroupRoles(act.sql, providerId, groupRoles)
  await followAll(act, { ...provider, groupRoles })
  act.tell({ providerId, before: provider.groupRoles, after: groupRoles })
}

/**
 * Names the workload that keeps a provider's people and groups here. It still needs a role that allows
 * it, such as `directory`.
 *
 * @throws {Refusal} `identity.unknown-provider`, `identity.unknown-workload`, `identity.directory-taken`.
 */
export async function nameDirectory(
  act: Act,
  providerId: string,
  workloadId: string | null,
): Promise<void> {
  const { directoryId } = await demandProvider(act, providerId)
  if (workloadId !== null && (await workloadOf(act.sql, workloadId)) === undefined)
    throw unknownWorkload()
  if ((await setDirectory(act.sql, providerId, workloadId)) === 0) throw directoryTaken()
  act.tell({ providerId, before: directoryId, after: workloadId })
}

/** The groups a directory has written, with the roles they bring. @throws {Refusal} `identity.unknown-provider`. */
export async function directoryGroups(act: Act, providerId: string) {
  const provider = await providerBy(act.sql, providerId)
  if (provider === undefined) throw unknownProvider()
  const groups = await countedGroups(act.sql, providerId)
  return groups.map((group) => ({
    ...group,
    roles: rolesFor(provider.groupRoles, [group.displayName, group.externalId ?? '']),
  }))
}
