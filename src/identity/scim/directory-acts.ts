import type { Act } from '#kernel'
import { useSecret } from '#keys'
import { standingOf } from '../accounts/actor-store.ts'
import { directoryPersonPlace, personPlace } from '../place.ts'
import { followRoles, type RoleChange } from '../providers/group-role-acts.ts'
import { rolesFor } from '../providers/provider.ts'
import { providerOfDirectory, type ProviderRow } from '../providers/store.ts'
import { glassUntouched, notDirectory, ownRights } from '../refusals.ts'
import {
  allMembers,
  type Directory,
  type DirectoryUserRow,
  glassAmong,
  holdDirectory,
  membershipsOf,
} from './directory-store.ts'
import type { UserDocument } from './user.ts'

/** A provider as its directory acts for it. */
export interface ActingDirectory extends Directory {
  readonly provider: ProviderRow
}

/** @throws {Refusal} `identity.not-a-directory` for whoever no provider has named. */
export async function demandDirectory(act: Act): Promise<ActingDirectory> {
  const provider = await providerOfDirectory(act.sql, act.actor.id)
  if (provider === undefined) throw notDirectory()
  return { provider, providerId: provider.id, linksByEmail: provider.linksByEmail }
}

/** As {@link demandDirectory}, for one that writes: its writes come one after the other. */
export async function demandWriting(act: Act): Promise<ActingDirectory> {
  const { id } = (await demandDirectory(act)).provider
  await holdDirectory(act.sql, id)
  // Asked again: what people changed while this waited must count.
  return demandDirectory(act)
}

/**
 * Holds persons until the transaction ends, and refuses those a directory never changes.
 *
 * @throws {Refusal} `identity.glass-untouched`.
 */
export async function demandTouchable(act: Act, personIds: readonly string[]): Promise<void> {
  for (const id of [...personIds].sort()) await standingOf(act.sql, id)
  if ((await glassAmong(act.sql, personIds)).length > 0) throw glassUntouched()
}

/**
 * Gives and takes roles until these persons hold what their groups are mapped to. Nobody gains or
 * loses by their own deed.
 *
 * @throws {Refusal} as {@link followRoles}, and `identity.own-rights`.
 */
export async function followGroups(
  act: Act,
  { id, groupRoles }: Pick<ProviderRow, 'id' | 'groupRoles'>,
  personIds: readonly string[],
): Promise<void> {
  const memberships = await membershipsOf(act.sql, id, personIds)
  const changes: (RoleChange & { personId: string })[] = []
  for (const personId of personIds) {
    const names = memberships
      .filter((each) => each.personId === personId)
      .flatMap(({ displayName, externalId }) => [displayName, externalId ?? displayName])
    const change = await followRoles(act, id, personId, rolesFor(groupRoles, names))
    if (change === undefined) continue
    if (personId === act.actor.id) throw ownRights()
    changes.push({ personId, ...change })
  }
  act.tell({ changes })
}

/** As {@link followGroups}, for everybody in some group. */
export const followAll = async (act: Act, provider: ProviderRow): Promise<void> =>
  followGroups(act, provider, await allMembers(act.sql, provider.id))

/** Opens a row for work inside the act. What goes out is opened again, by its receipt. */
export function userInAct(act: Act, { id, name, email, document }: DirectoryUserRow) {
  const use = (place: readonly string[], blob: Buffer) =>
    useSecret(act, 'house', place, blob).toString()
  return {
    name: use(personPlace('name', id), name),
    email: use(personPlace('email', id), email),
    document:
      document === null
        ? {}
        : (JSON.parse(use(directoryPersonPlace(id), document)) as UserDocument),
  }
}
