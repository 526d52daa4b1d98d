import { type Act, type Receipt, Sealed } from '#kernel'
import { dayMs, newId } from '#ground'
import { openPersonal, useSecret } from '#keys'
import { personPlace } from '../place.ts'
import {
  credentialLifetime,
  emailTaken,
  nameTaken,
  ownRights,
  unknownActor,
  unknownCredential,
} from '../refusals.ts'
import { keepingAdministrators } from '../rights/grant-acts.ts'
import { removedPerson, setReturned } from '../scim/directory-store.ts'
import { endAllOf } from '../sessions/store.ts'
import { insertCredential, setRevoked } from '../workloads/credential-store.ts'
import { type Environment, newCredentialToken, tokenHash } from '../workloads/token.ts'
import {
  type ActorRef,
  insertActor,
  insertWorkload,
  personNames,
  type PersonRow,
  setDisabled,
  setEnabled,
  type Standing,
  standingOf,
  workloadOf,
} from './actor-store.ts'
import { emailIndexOf } from './email-acts.ts'

/** A plain secret is the weakest proof there is: it must be renewed within this many days. */
export const longestCredentialDays = 366

/**
 * Makes a workload: a program that acts under its own name, with no rights until some are granted.
 *
 * @throws {Refusal} `identity.name-taken`.
 */
export async function createWorkload(
  act: Act,
  {
    name,
    environment = 'production',
    canary = false,
  }: {
    readonly name: string
    readonly environment?: Environment
    readonly canary?: boolean
  },
): Promise<{ workloadId: string }> {
  const id = newId()
  await insertActor(act.sql, { id, kind: 'workload', canary, createdAt: act.now })
  if ((await insertWorkload(act.sql, { id, name, environment })) === 0) throw nameTaken(name)
  act.tell({ workloadId: id, name, environment })
  return { workloadId: id }
}

/** The person who can act by what is made now; a workload that renews its certificate hands on whose the one before was. */
export const maker = ({ actor }: Act, before: string | null = null): string | null =>
  actor.kind === 'person' ? actor.id : before

/**
 * Issues a workload's token. It is in the answer and nowhere else. Several may live side by side,
 * so that one is replaced without a pause.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.credential-lifetime`.
 */
export async function issueCredential(
  act: Act,
  workloadId: string,
  { label, expiresAt }: { readonly label: string; readonly expiresAt: Date },
): Promise<{ credentialId: string; token: string }> {
  const workload = await workloadOf(act.sql, workloadId)
  if (workload === undefined) throw unknownActor()
  demandLifetime(act, expiresAt)
  const { environment } = workload
  const made = await makeSecret(act, { workloadId, environment, label, expiresAt })
  const { credentialId } = made
  act.tell({ workloadId, credentialId, label, expiresAt: expiresAt.toISOString() })
  return made
}

/** @throws {Refusal} `identity.credential-lifetime` for an end that has been, or is too far away. */
export function demandLifetime({ now }: Act, expiresAt: Date): void {
  const latest = now.getTime() + longestCredentialDays * dayMs
  if (!(expiresAt > now) || expiresAt.getTime() > latest)
    throw credentialLifetime(longestCredentialDays)
}

/** Makes a secret and stores its hash. Nothing but the result ever holds the token. */
export async function makeSecret(
  act: Act,
  secret: {
    readonly workloadId: string
    readonly environment: Environment
    readonly label: string
    readonly expiresAt: Date
  },
): Promise<{ credentialId: string; token: string }> {
  const { environment, ...row } = secret
  const id = newId()
  const token = newCredentialToken(environment, id)
  const stored = { ...row, id, tokenHash: tokenHash(token), createdAt: act.now }
  await insertCredential(act.sql, { ...stored, madeBy: maker(act) })
  return { credentialId: id, token }
}

/** Revokes one credential: its next request is refused. @throws {Refusal} `identity.unknown-credential`. */
export async function revokeCredential(act: Act, credentialId: string): Promise<void> {
  if ((await setRevoked(act.sql, credentialId, act.now)) === 0) throw unknownCredential()
  act.tell({ credentialId })
}

/** @throws {Refusal} `identity.unknown-actor` for an id nobody has, or of another kind. */
export async function demandActor(act: Act, { kind, id }: ActorRef): Promise<Standing> {
  const standing = await standingOf(act.sql, id)
  if (standing === undefined || standing.kind !== kind) throw unknownActor()
  return standing
}

/**
 * Switches an account off and ends its sessions.
 *
 * @returns the sessions ended.
 * @throws {Refusal} `identity.unknown-actor`, `identity.own-rights`, `identity.last-administrator`.
 */
export async function disableActor(act: Act, ref: ActorRef, because: string): Promise<string[]> {
  if (act.actor.id === ref.id) throw ownRights()
  await demandActor(act, ref)
  await keepingAdministrators(act, () => setDisabled(act.sql, ref.id, act.now, because))
  const sessions = ref.kind === 'person' ? await endAllOf(act.sql, ref.id, act.now, 'disabled') : []
  act.tell({ [`${ref.kind}Id`]: ref.id, because, sessions })
  return sessions
}

/**
 * Switches an account on again; whom a directory had removed is back under the old address.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.own-rights`, `identity.email-taken`.
 */
export async function enableActor(act: Act, ref: ActorRef): Promise<void> {
  if (act.actor.id === ref.id) throw ownRights()
  await demandActor(act, ref)
  const removed = await removedPerson(act.sql, ref.id)
  if (removed !== undefined) {
    const email = useSecret(act, 'house', personPlace('email', ref.id), removed.email).toString()
    if ((await setReturned(act.sql, ref.id, emailIndexOf(act, email))) === 0) throw emailTaken()
  }
  await setEnabled(act.sql, ref.id, act.now)
  act.tell({ [`${ref.kind}Id`]: ref.id })
}

/** Name and e-mail of a person, in the clear. */
export function openPerson(
  receipt: Receipt,
  secrets: Act['secrets'],
  { id, name, email }: PersonRow,
): { name: string; email: string } {
  const open = (field: 'name' | 'email', blob: Buffer) =>
    openPersonal(receipt, secrets, 'house', personPlace(field, id), blob)
  return { name: open('name', name), email: open('email', email) }
}

/** Seals a list in which people are named by id until the receipt opens their names. */
export async function withNames<T>(
  act: Act,
  ids: readonly string[],
  build: (nameOf: (id: string) => string | undefined) => T,
): Promise<Sealed<T>> {
  const persons = await personNames(act.sql, [...new Set(ids)])
  const { secrets } = act
  return new Sealed((receipt) => {
    const names = new Map(persons.map((p) => [p.id, openPerson(receipt, secrets, p).name]))
    return build((id) => names.get(id))
  })
}
