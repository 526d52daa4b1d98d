import { type Act, Sealed } from '#kernel'
import { hourMs, newId } from '#ground'
import { sealPersonal, sealSecret, useSecret } from '#keys'
import { insertActor, insertPerson, personByEmail } from '../accounts/actor-store.ts'
import { emailIndexOf } from '../accounts/email-acts.ts'
import type { Passkey } from '../factors/passkey.ts'
import { newRecoveryCodes, recoveryHash } from '../factors/recovery-code.ts'
import { insertPasskey, insertRecoveryCodes, insertTotp, takeChallenge } from '../factors/store.ts'
import { newSeed, stepOf, totpSetup } from '../factors/totp.ts'
import { enrolmentSeedPlace, personPlace, seedPlace } from '../place.ts'
import {
  administratorExists,
  emailNotInvited,
  emailTaken,
  enrolmentNotOpen,
  enrolmentOver,
  rolesConflict,
  secondFactorWrong,
  unknownEnrolment,
} from '../refusals.ts'
import { rightOf, roleNamed } from '../rights/grant-acts.ts'
import { administratorsExist, holdAdministrators, insertGrant } from '../rights/grant-store.ts'
import { roleConflicts } from '../rights/policy-store.ts'
import { conflictsIn } from '../rights/rights.ts'
import { demandPersonal } from '../rights/role.ts'
import { demandSound, previewGrant } from '../rights/sound-acts.ts'
import { beginSession, keepChallenge, type OpenSession } from '../sessions/acts.ts'
import { countAttempt, forgive } from '../sessions/attempt-acts.ts'
import { noteSignIn } from '../sessions/device-acts.ts'
import { newOpaqueToken, tokenHash } from '../workloads/token.ts'
import {
  endEnrolment,
  endFirstAdministratorLinks,
  type EnrolmentKind,
  type EnrolmentRow,
  insertEnrolment,
  openEnrolmentBy,
  openEnrolments,
  setSeed,
} from './enrolment-store.ts'

/** A link is good this long, and once. */
export const linkHours = 24

export interface NewEnrolment {
  readonly kind: EnrolmentKind
  readonly roleNames: readonly string[]
  /** In its normal form; the link is good for no other address. */
  readonly email?: string
}

/**
 * Makes a link's token by which one person may enrol, with the roles named, within
 * {@link linkHours}. A new first-administrator link ends the older ones.
 *
 * @throws {Refusal} `identity.unknown-role`, `identity.role-for-workloads`, `identity.roles-conflict`,
 *   `identity.email-taken`.
 */
export async function invite(
  act: Act,
  { kind, roleNames, email, canary = false }: NewEnrolment & { readonly canary?: boolean },
): Promise<{ enrolmentId: string; token: string; expiresAt: Date }> {
  for (const name of roleNames) {
    const role = await roleNamed(act, name)
    if (!canary) demandPersonal(role)
  }
  const [pair] = conflictsIn({ grants: roleNames.map(heldAs) }, await roleConflicts(act.sql))
  if (pair !== undefined) throw rolesConflict(pair)
  if (email !== undefined && (await personByEmail(act.sql, emailIndexOf(act, email))) !== undefined)
    throw emailTaken()
  if (kind === 'first-administrator' && !canary) await endFirstAdministratorLinks(act.sql, act.now)
  const id = newId()
  const token = newOpaqueToken()
  const expiresAt = new Date(act.now.getTime() + linkHours * hourMs)
  await insertEnrolment(act.sql, {
    id,
    kind,
    roleNames: [...new Set(roleNames)],
    canary,
    createdBy: act.actor.id,
    createdAt: act.now,
    expiresAt,
    tokenHash: tokenHash(token),
    invitedKey: email === undefined ? null : invitedKeyOf(act, email),
  })
  act.tell({ enrolmentId: id, kind, roleNames, ...(email === undefined ? {} : { email }) })
  return { enrolmentId: id, token, expiresAt }
}

const invitedKeyOf = (act: Act, email: string): Buffer =>
  act.secrets.mac('house', 'identity.enrolment', email)

/** As {@link invite}, and only the token: the link is `<publicUrl>/enrol#<token>`. */
export async function createEnrolment(act: Act, enrolment: NewEnrolment): Promise<string> {
  return (await invite(act, enrolment)).token
}

/** Ends a link before it was used. @throws {Refusal} `identity.unknown-enrolment`. */
export async function withdrawEnrolment(act: Act, enrolmentId: string): Promise<void> {
  if ((await endEnrolment(act.sql, enrolmentId, act.now, null)) === 0) throw unknownEnrolment()
  act.tell({ enrolmentId })
}

export const listEnrolments = (act: Act): Promise<EnrolmentRow[]> =>
  openEnrolments(act.sql, act.now)

/** Demands the enrolment a token opens. Guessing is counted against the source. */
async function demandOpen(act: Act, token: string) {
  await countAttempt(act, accountOf(token))
  const enrolment = await openEnrolmentBy(act.sql, tokenHash(token), act.now)
  if (enrolment !== undefined) act.tell({ enrolmentId: enrolment.id })
  return enrolment
}

const accountOf = (token: string) => `enrolment ${tokenHash(token).toString('hex')}`

/** Takes back the attempts counted against a link that is gone. */
export const forgetEnrolment = (act: Act, token: string): Promise<void> =>
  forgive(act, accountOf(token))

/**
 * What an enrolment asks for. The TOTP seed stays the same while the link is open, so a page opened
 * twice shows the code that was scanned. Undefined for a token that opens nothing.
 *
 * @param challenge - of the passkey options made for this opening.
 */
export async function openEnrolment(
  act: Act,
  {
    token,
    label,
    issuer,
    challenge,
  }: { token: string; label: string; issuer: string; challenge: string },
) {
  const enrolment = await demandOpen(act, token)
  if (enrolment === undefined) return undefined
  const { id, kind, roleNames, expiresAt } = enrolment
  const context = enrolmentSeedPlace(id)
  const seed =
    enrolment.seed === null ? newSeed() : useSecret(act, 'house', context, enrolment.seed)
  if (enrolment.seed === null) await setSeed(act.sql, id, sealSecret(act, 'house', context, seed))
  const challengeId = await keepChallenge(act, challenge, { enrolmentId: id })
  await forgive(act, accountOf(token))
  return new Sealed(() => ({
    kind,
    roleNames,
    expiresAt,
    challengeId,
    totp: totpSetup(seed, issuer, label),
  }))
}

/** Says no in its own act, so that the trail has it and the attempt stays counted. */
export function refuseEnrolment(): never {
  throw enrolmentNotOpen()
}

/** Says in an act of its own that the address has an account, and that the link is over. */
export function refuseTaken(): never {
  throw enrolmentOver()
}

/**
 * First step of completing: counts the attempt, and takes out the challenge a passkey answers.
 * Undefined for a token that opens nothing.
 */
export async function attemptEnrolment(
  act: Act,
  { token, challengeId }: { token: string; challengeId: string | undefined },
): Promise<{ readonly challenge: string | undefined } | undefined> {
  const enrolment = await demandOpen(act, token)
  if (enrolment === undefined) return undefined
  const challenge =
    challengeId === undefined
      ? undefined
      : await takeChallenge(act.sql, challengeId, { enrolmentId: enrolment.id }, act.now)
  return { challenge }
}

export interface Enrolling {
  readonly token: string
  readonly name: string
  /** In its normal form. */
  readonly email: string
  readonly passwordHash: string
  readonly factor: { readonly totpCode: string } | { readonly passkey: Passkey }
}

/**
 * Makes the person: sealed name and e-mail, password, second factor, recovery codes, the grants of
 * the enrolment's roles, and a session that has shown both factors.
 *
 * @returns undefined where the address has an account: the link is over with that, so whoever holds one
 *   tries one address with it and no list of them.
 * @throws {Refusal} `identity.enrolment-not-open`, `identity.administrator-exists`,
 *   `identity.email-not-invited`, `identity.email-taken`, `identity.second-factor-wrong`.
 */
export async function completeEnrolment(
  act: Act,
  { token, name, email, passwordHash, factor }: Enrolling,
): Promise<(OpenSession & { personId: string; recoveryCodes: string[] }) | undefined> {
  const enrolment = await openEnrolmentBy(act.sql, tokenHash(token), act.now)
  if (enrolment === undefined || enrolment.canary) throw enrolmentNotOpen()
  const { invitedKey } = enrolment
  // Before anything is looked up by it: whoever has somebody's link learns nothing of other addresses.
  if (invitedKey !== null && !invitedKeyOf(act, email).equals(invitedKey)) throw emailNotInvited()
  if (enrolment.kind === 'first-administrator') {
    await holdAdministrators(act.sql)
    if (await administratorsExist(act.sql)) throw administratorExists()
  }
  // Before the address is looked up: a wrong code would try one and leave the link open.
  const totp = 'passkey' in factor ? undefined : provenTotp(act, enrolment, factor.totpCode)
  const emailIndex = emailIndexOf(act, email)
  if ((await personByEmail(act.sql, emailIndex)) !== undefined) {
    await endEnrolment(act.sql, enrolment.id, act.now, null)
    act.tell({ enrolmentId: enrolment.id, emailTaken: true, linkEnded: true })
    return undefined
  }
  const id = newId()
  await insertActor(act.sql, { id, kind: 'person', canary: false, createdAt: act.now })
  const person = {
    id,
    name: sealPersonal(act, 'house', personPlace('name', id), name),
    email: sealPersonal(act, 'house', personPlace('email', id), email),
    emailIndex,
    passwordHash,
  }
  // Only where two enrol with it at once.
  if ((await insertPerson(act.sql, person, act.now)) === 0) throw emailTaken()
  if ('passkey' in factor)
    await insertPasskey(act.sql, { ...factor.passkey, id: newId(), personId: id }, act.now)
  else await keepTotp(act, id, totp!)
  const recoveryCodes = newRecoveryCodes()
  await insertRecoveryCodes(
    act.sql,
    id,
    recoveryCodes.map((code) => recoveryHash(code)!),
  )
  await grantRoles(act, id, enrolment)
  await endEnrolment(act.sql, enrolment.id, act.now, id)
  await forgive(act, accountOf(token))
  act.tell({ enrolmentId: enrolment.id, personId: id, roleNames: enrolment.roleNames })
  await noteSignIn(act, id)
  return { ...(await beginSession(act, id, 2)), personId: id, recoveryCodes }
}

interface ProvenTotp {
  readonly seed: Buffer
  readonly lastStep: number
}

/** The link's seed, and the step of a code that shows that the app has it. @throws {Refusal} `identity.second-factor-wrong`. */
function provenTotp(
  act: Act,
  { id, seed: sealed }: { readonly id: string; readonly seed: Buffer | null },
  code: string,
): ProvenTotp {
  if (sealed === null) throw secondFactorWrong()
  const seed = useSecret(act, 'house', enrolmentSeedPlace(id), sealed)
  const lastStep = stepOf(seed, code, act.now)
  if (lastStep === undefined) throw secondFactorWrong()
  return { seed, lastStep }
}

async function keepTotp(act: Act, personId: string, { seed, lastStep }: ProvenTotp): Promise<void> {
  const id = newId()
  const sealed = sealSecret(act, 'house', seedPlace(id), seed)
  await insertTotp(act.sql, { id, personId, seed: sealed, lastStep }, act.now)
}

const heldAs = (role: string) => ({ id: role, role, actions: [], ...unbounded })

const unbounded = { controllers: null, categories: null, purposes: null }
const unconfined = { ...unbounded, expiresAt: null }

async function grantRoles(act: Act, actorId: string, enrolment: EnrolmentRow): Promise<void> {
  for (const role of enrolment.roleNames) {
    const right = await rightOf(act, newId(), { actorId, role, ...unconfined })
    await demandSound(act, () => previewGrant(act, actorId, right))
    await insertGrant(act.sql, {
      id: newId(),
      actorId,
      role,
      controllers: null,
      categories: null,
      purposes: null,
      createdBy: enrolment.createdBy,
      createdAt: act.now,
      expiresAt: null,
    })
  }
}
