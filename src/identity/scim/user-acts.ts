import { type Act, Sealed } from '#kernel'
import { newId } from '#ground'
import { openPersonal, sealPersonal } from '#keys'
import { insertActor, insertPerson, setDisabled, setEnabled } from '../accounts/actor-store.ts'
import { disableActor, openPerson } from '../accounts/acts.ts'
import { emailIndexOf } from '../accounts/email-acts.ts'
import { oneSpelling } from '../accounts/email.ts'
import { isId } from '../locks/lock.ts'
import { directoryPersonPlace, personPlace } from '../place.ts'
import { giverOf } from '../providers/group-role-acts.ts'
import { directoryBringsNobody, scimChanged, scimRefused, scimUnknown } from '../refusals.ts'
import type { Condition, Hashes } from './condition.ts'
import {
  type ActingDirectory,
  demandDirectory,
  demandTouchable,
  demandWriting,
  followGroups,
  userInAct,
} from './directory-acts.ts'
import {
  type Directory,
  type DirectoryUserRow,
  hasOtherRights,
  isNameTaken,
  type Membership,
  membershipsOf,
  setMembers,
  setPersonFacts,
  setRemoved,
  upsertDirectoryPerson,
  userOf,
  usersWhere,
} from './directory-store.ts'
import { patched, readResource, type Resource } from './resource.ts'
import { userKind } from './schema.ts'
import {
  calledName,
  namesVersion,
  type ShownUser,
  type UserDocument,
  versionOf,
  writableUser,
  type WrittenUser,
  writtenUser,
} from './user.ts'

/** Why somebody is off whom a directory switched off: it alone may then switch them on again. */
const byDirectory = 'by directory'

/** Keyed hashes by which a directory finds its people; those of its own words no rotation turns. */
export function hashesFor(act: Act, providerId: string): Hashes {
  const mac = (what: string, text: string) =>
    act.secrets.mac('house', `identity.directory.${what}`, `${providerId} ${text}`)
  return {
    userName: (text) => mac('user-name', oneSpelling(text)),
    email: (text) => emailIndexOf(act, oneSpelling(text)).all,
    externalId: (text) => mac('external-id', text),
  }
}

/** A page of users, opened by the receipt. */
export async function listUsers(
  act: Act,
  directory: Directory,
  condition: Condition,
  window: { readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly users: Sealed<ShownUser[]> }> {
  const { total, rows } = await usersWhere(act.sql, directory, condition, window)
  return { total, users: await shownUsers(act, directory, rows) }
}

/** @throws {Refusal} `identity.not-a-directory`, `identity.scim-unknown`. */
export async function readUser(act: Act, id: string): Promise<Sealed<ShownUser>> {
  const directory = await demandDirectory(act)
  return shownUser(act, directory, await demandUser(act, directory, id))
}

async function demandUser(act: Act, directory: Directory, id: string): Promise<DirectoryUserRow> {
  const row = isId(id) ? await userOf(act.sql, directory, id) : undefined
  if (row === undefined) throw scimUnknown('user')
  return row
}

async function shownUser(
  act: Act,
  directory: Directory,
  row: DirectoryUserRow,
): Promise<Sealed<ShownUser>> {
  const all = await shownUsers(act, directory, [row])
  return new Sealed(async (receipt) => (await all.open(receipt))[0]!)
}

async function shownUsers(
  act: Act,
  { providerId }: Directory,
  rows: readonly DirectoryUserRow[],
): Promise<Sealed<ShownUser[]>> {
  const { secrets, sql } = act
  const memberships = await membershipsOf(
    sql,
    providerId,
    rows.map(({ id }) => id),
  )
  act.tell({ users: rows.map(({ id }) => id) })
  return new Sealed((receipt) =>
    rows.map((row) => {
      const { id, document } = row
      const groups = memberships.filter(({ personId }) => personId === id)
      const opened = openPerson(receipt, secrets, row)
      const written =
        document === null
          ? '{}'
          : openPersonal(receipt, secrets, 'house', directoryPersonPlace(id), document)
      return {
        id,
        email: opened.email,
        calledName: opened.name,
        document: JSON.parse(written) as UserDocument,
        active: row.disabledAt === null,
        groups,
        createdAt: row.createdAt,
        modifiedAt: row.modifiedAt,
        version: versionOfRow(row, groups),
      }
    }),
  )
}

/** Seals are never twice the same, so that ciphertext tells of a change as well as what is in it. */
const versionOfRow = (
  { name, email, document, disabledAt }: DirectoryUserRow,
  groups: readonly Membership[],
) =>
  versionOf([
    name,
    email,
    document,
    disabledAt?.toISOString() ?? null,
    ...groups.flatMap(({ groupId, displayName }) => [groupId, displayName]),
  ])

/**
 * A person a directory brings: without a password or factor here, so that they come in by its provider,
 * and without rights but those its groups are mapped to.
 *
 * @throws {Refusal} `identity.not-a-directory`, `identity.directory-brings-nobody`,
 *   `identity.scim-uniqueness`, and those of a resource that is not right.
 */
export async function createUser(act: Act, body: object): Promise<Sealed<ShownUser>> {
  const directory = await demandWriting(act)
  const written = writtenUser(readResource(userKind, body))
  if (!directory.provider.makesAccounts) throw directoryBringsNobody()
  const id = newId()
  await demandFree(act, directory, id, written)
  await insertActor(act.sql, { id, kind: 'person', canary: false, createdAt: act.now })
  const person = { id, ...personFacts(act, id, written), passwordHash: null }
  if ((await insertPerson(act.sql, person, act.now)) === 0) throw taken()
  await keep(act, directory, id, written)
  if (written.active === false) await setDisabled(act.sql, id, act.now, byDirectory)
  act.tell({ providerId: directory.providerId, made: id })
  return shownUser(act, directory, await demandUser(act, directory, id))
}

/** What a change asks for beside what it changes. */
export interface Wanted {
  /** `If-Match`, as it came. */
  readonly ifMatch: string | undefined
}

/** Writes a user anew. @throws {Refusal} as {@link changeUser}. */
export const replaceUser = (act: Act, id: string, body: object, wanted: Wanted) =>
  saveUser(act, id, wanted, () => readResource(userKind, body))

/**
 * Changes a user.
 *
 * @throws {Refusal} `identity.not-a-directory`, `identity.scim-unknown`, `identity.scim-changed`,
 *   `identity.glass-untouched`, `identity.last-administrator`, `identity.scim-uniqueness`,
 *   `identity.scim-mutability` where the person holds rights of another origin, or was switched off here.
 */
export const changeUser = (act: Act, id: string, body: object, wanted: Wanted) =>
  saveUser(act, id, wanted, (before) => patched(userKind, before, body))

async function saveUser(
  act: Act,
  id: string,
  wanted: Wanted,
  next: (before: Resource) => Resource,
): Promise<Sealed<ShownUser>> {
  const { directory, row } = await demandChangeable(act, id, wanted)
  const held = userInAct(act, row)
  const active = row.disabledAt === null
  const before = writableUser({ ...held, calledName: held.name, active })
  const written = writtenUser(next(before))
  const isRenamed = held.email !== written.email || held.name !== calledName(written)
  if (isRenamed) await demandOwn(act, directory, id)
  await demandFree(act, directory, id, written)
  if (isRenamed) {
    const facts = { id, ...personFacts(act, id, written) }
    if ((await setPersonFacts(act.sql, facts)) === 0) throw taken()
  }
  await keep(act, directory, id, written)
  await switchTo(act, row, written.active ?? active)
  act.tell({ providerId: directory.providerId, personId: id, renamed: isRenamed })
  return shownUser(act, directory, await demandUser(act, directory, id))
}

async function demandChangeable(act: Act, id: string, { ifMatch }: Wanted) {
  const directory = await demandWriting(act)
  await demandUser(act, directory, id)
  await demandTouchable(act, [id])
  // Read again: whoever held the row before may have changed it.
  const row = await demandUser(act, directory, id)
  if (ifMatch !== undefined) {
    const groups = await membershipsOf(act.sql, directory.providerId, [id])
    if (!namesVersion(ifMatch, versionOfRow(row, groups))) throw scimChanged()
  }
  return { directory, row }
}

/**
 * Whoever has an address may come to have the account: so a directory writes names and addresses only
 * of those whose rights it gives itself.
 */
async function demandOwn(act: Act, { providerId }: Directory, id: string): Promise<void> {
  if (await hasOtherRights(act.sql, id, giverOf(providerId), act.now))
    throw scimRefused(
      'mutability',
      'This person holds rights that no group gives: name and address are not for a directory to change.',
    )
}

async function demandFree(
  act: Act,
  directory: Directory,
  id: string,
  { userName }: WrittenUser,
): Promise<void> {
  const hashes = hashesFor(act, directory.providerId)
  const name = { userName: hashes.userName(userName), email: hashes.email(userName) }
  if (await isNameTaken(act.sql, directory, name, id)) throw taken()
}

const taken = () => scimRefused('uniqueness', 'Somebody else has this userName or address.')

function personFacts(act: Act, id: string, written: WrittenUser) {
  return {
    name: sealPersonal(act, 'house', personPlace('name', id), calledName(written)),
    email: sealPersonal(act, 'house', personPlace('email', id), written.email),
    emailIndex: emailIndexOf(act, written.email),
  }
}

async function keep(
  act: Act,
  { providerId }: ActingDirectory,
  personId: string,
  { userName, externalId, name, displayName, emailType }: WrittenUser,
): Promise<void> {
  const hashes = hashesFor(act, providerId)
  const document = { userName, externalId, name, displayName, emailType }
  await upsertDirectoryPerson(act.sql, {
    personId,
    providerId,
    userNameIndex: hashes.userName(userName),
    externalIdIndex: externalId === undefined ? null : hashes.externalId(externalId),
    document: sealPersonal(act, 'house', directoryPersonPlace(personId), JSON.stringify(document)),
    changedAt: act.now,
  })
}

/** From now on the directory keeps somebody whom none has written before. */
export async function keepUnwritten(
  act: Act,
  directory: ActingDirectory,
  personId: string,
): Promise<void> {
  const row = await demandUser(act, directory, personId)
  if (row.document !== null) return
  const held = userInAct(act, row)
  const resource = writableUser({ ...held, calledName: held.name, active: true })
  await keep(act, directory, personId, writtenUser(resource))
}

/** Off ends every session at once. On again is only whom the directory itself switched off. */
async function switchTo(
  act: Act,
  { id, disabledAt, disabledBecause }: DirectoryUserRow,
  active: boolean,
): Promise<void> {
  if (active === (disabledAt === null)) return
  if (!active) {
    await disableActor(act, { kind: 'person', id }, byDirectory)
    return
  }
  if (disabledBecause !== byDirectory)
    throw scimRefused('mutability', 'This person was switched off here, and is switched on here.')
  await setEnabled(act.sql, id, act.now)
}

/**
 * Takes a user out of the directory: switched off, every session ended, in no group; the address is
 * free. People may switch the account on again (RFC 7644 §3.6 leaves that to the service).
 *
 * @throws {Refusal} as {@link changeUser}.
 */
export async function removeUser(act: Act, id: string, wanted: Wanted): Promise<void> {
  const { directory, row } = await demandChangeable(act, id, wanted)
  const { provider, providerId } = directory
  await keepUnwritten(act, directory, id)
  if (row.disabledAt === null) await disableActor(act, { kind: 'person', id }, byDirectory)
  for (const { groupId } of await membershipsOf(act.sql, providerId, [id]))
    await setMembers(act.sql, groupId, { come: [], gone: [id] })
  await followGroups(act, provider, [id])
  const freed = act.secrets.mac('house', 'identity.directory.removed', id)
  await setRemoved(act.sql, id, freed, act.now)
  act.tell({ providerId, personId: id, removed: true })
}
