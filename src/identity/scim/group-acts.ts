import type { Act } from '#kernel'
import { newId } from '#ground'
import { isId } from '../locks/lock.ts'
import { scimChanged, scimRefused, scimUnknown } from '../refusals.ts'
import type { Condition } from './condition.ts'
import {
  type ActingDirectory,
  demandDirectory,
  demandTouchable,
  demandWriting,
  followGroups,
} from './directory-acts.ts'
import {
  deleteGroup,
  type Directory,
  type DirectoryGroupRow,
  groupOf,
  groupsWhere,
  insertGroup,
  membersOf,
  setMembers,
  updateGroup,
  usersAmong,
} from './directory-store.ts'
import { type ShownGroup, writableGroup, type WrittenGroup, writtenGroup } from './group.ts'
import { patched, readResource, type Resource } from './resource.ts'
import { groupKind } from './schema.ts'
import { keepUnwritten, type Wanted } from './user-acts.ts'
import { namesVersion, versionOf } from './user.ts'

export async function listGroups(
  act: Act,
  { providerId }: Directory,
  condition: Condition,
  window: { readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly groups: ShownGroup[] }> {
  const { total, rows } = await groupsWhere(act.sql, providerId, condition, window)
  return { total, groups: await shownGroups(act, rows) }
}

/** @throws {Refusal} `identity.not-a-directory`, `identity.scim-unknown`. */
export async function readGroup(act: Act, id: string): Promise<ShownGroup> {
  const { providerId } = await demandDirectory(act)
  return demandGroup(act, providerId, id)
}

async function demandGroup(act: Act, providerId: string, id: string): Promise<ShownGroup> {
  const row = isId(id) ? await groupOf(act.sql, providerId, id) : undefined
  if (row === undefined) throw scimUnknown('group')
  return (await shownGroups(act, [row]))[0]!
}

async function shownGroups(act: Act, rows: readonly DirectoryGroupRow[]): Promise<ShownGroup[]> {
  const members = await membersOf(
    act.sql,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => {
    const own = members.filter(({ groupId }) => groupId === row.id).map(({ personId }) => personId)
    const { displayName, externalId, changedAt } = row
    const version = versionOf([displayName, externalId, changedAt.toISOString(), ...own])
    return { ...row, members: own, version }
  })
}

/**
 * A group of the directory. It gives its members the roles people mapped to its name, and none else.
 *
 * @throws {Refusal} `identity.not-a-directory`, `identity.scim-uniqueness`, `identity.glass-untouched`,
 *   `identity.roles-conflict`, `identity.policy-broken`, and those of a resource that is not right.
 */
export async function createGroup(act: Act, body: object): Promise<ShownGroup> {
  const directory = await demandWriting(act)
  const written = writtenGroup(readResource(groupKind, body))
  const id = newId()
  const facts = { ...written, id, providerId: directory.providerId, at: act.now }
  if ((await insertGroup(act.sql, facts)) === 0) throw taken()
  await putMembers(act, directory, id, [], written.members)
  act.tell({ providerId: directory.providerId, groupId: id, displayName: written.displayName })
  return demandGroup(act, directory.providerId, id)
}

/** Writes a group anew. @throws {Refusal} as {@link changeGroup}. */
export const replaceGroup = (act: Act, id: string, body: object, wanted: Wanted) =>
  saveGroup(act, id, wanted, () => readResource(groupKind, body))

/**
 * Changes a group: who comes gains its roles, who goes loses them, from their next request on.
 *
 * @throws {Refusal} as {@link createGroup}, and `identity.scim-unknown`, `identity.scim-changed`,
 *   `identity.last-administrator`.
 */
export const changeGroup = (act: Act, id: string, body: object, wanted: Wanted) =>
  saveGroup(act, id, wanted, (before) => patched(groupKind, before, body))

async function saveGroup(
  act: Act,
  id: string,
  wanted: Wanted,
  next: (before: Resource) => Resource,
): Promise<ShownGroup> {
  const { directory, group } = await demandChangeable(act, id, wanted)
  const written = writtenGroup(next(writableGroup(group)))
  const { providerId, provider } = directory
  const facts = { ...written, id, providerId, at: act.now }
  if ((await updateGroup(act.sql, facts)) === 0) throw taken()
  const isRenamed =
    written.displayName !== group.displayName || written.externalId !== group.externalId
  await putMembers(act, directory, id, group.members, written.members)
  if (isRenamed) {
    // Another name may be mapped to other roles: also for those who stayed.
    await demandTouchable(act, written.members)
    await followGroups(act, provider, written.members)
  }
  act.tell({ providerId, groupId: id, displayName: written.displayName })
  return demandGroup(act, providerId, id)
}

async function demandChangeable(act: Act, id: string, { ifMatch }: Wanted) {
  const directory = await demandWriting(act)
  const group = await demandGroup(act, directory.providerId, id)
  if (ifMatch !== undefined && !namesVersion(ifMatch, group.version)) throw scimChanged()
  return { directory, group }
}

async function putMembers(
  act: Act,
  directory: ActingDirectory,
  groupId: string,
  before: readonly string[],
  after: WrittenGroup['members'],
): Promise<void> {
  const [had, has] = [new Set(before), new Set(after)]
  const come = after.filter((each) => !had.has(each))
  const gone = before.filter((each) => !has.has(each))
  const seen = new Set(await usersAmong(act.sql, directory, come))
  if (come.some((each) => !seen.has(each)))
    throw scimRefused('invalidValue', 'A member is no user this directory sees.')
  const touched = [...come, ...gone]
  if (touched.length === 0) return
  await demandTouchable(act, touched)
  for (const personId of come) await keepUnwritten(act, directory, personId)
  await setMembers(act.sql, groupId, { come, gone })
  await followGroups(act, directory.provider, touched)
  act.tell({ come, gone })
}

/** Ends a group: its members lose what it gave them. @throws {Refusal} as {@link changeGroup}. */
export async function removeGroup(act: Act, id: string, wanted: Wanted): Promise<void> {
  const { directory, group } = await demandChangeable(act, id, wanted)
  await putMembers(act, directory, id, group.members, [])
  await deleteGroup(act.sql, id)
  act.tell({ providerId: directory.providerId, groupId: id, removed: true })
}

const taken = () => scimRefused('uniqueness', 'Another group has this displayName.')
