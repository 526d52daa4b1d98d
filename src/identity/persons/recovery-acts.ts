import { type Act, Sealed } from '#kernel'
import { hourMs, minuteMs, newId } from '#ground'
import { openPersonal, sealPersonal, sealSecret, useSecret } from '#keys'
import { personNames, setPasswordHash, standingOf } from '../accounts/actor-store.ts'
import { demandActor, openPerson } from '../accounts/acts.ts'
import { demandFresh } from '../factors/fresh.ts'
import { currentPasswordHash } from '../factors/own-store.ts'
import type { Passkey } from '../factors/passkey.ts'
import { newRecoveryCodes, recoveryHash } from '../factors/recovery-code.ts'
import {
  insertPasskey,
  insertRecoveryCodes,
  insertTotp,
  passkeyBy,
  type PasskeyRow,
  passkeysOf,
  takeChallenge,
  totpsOf,
  usePasskey,
  useRecoveryCode,
  useStep,
} from '../factors/store.ts'
import { newSeed, stepOf, totpSetup } from '../factors/totp.ts'
import { recoveryProofingPlace, recoverySeedPlace, seedPlace } from '../place.ts'
import {
  ownRequest,
  ownRights,
  recoveryNotApproved,
  recoveryNotOpen,
  recoveryNotPossible,
  recoveryNotYours,
  secondFactorWrong,
  unknownRecovery,
} from '../refusals.ts'
import { isGlassHolder } from '../requests/store.ts'
import { grantsOf } from '../rights/grant-store.ts'
import { beginSession, keepChallenge, type OpenSession, secondStepsOf } from '../sessions/acts.ts'
import { countAttempt, forgive } from '../sessions/attempt-acts.ts'
import { noteSignIn } from '../sessions/device-acts.ts'
import { endAllOf } from '../sessions/store.ts'
import { newOpaqueToken, tokenHash } from '../workloads/token.ts'
import { noLongerWaits, notify } from './notice-acts.ts'
import { peopleWhoMay } from './notice-store.ts'
import {
  deleteFactorsOf,
  endRecovery,
  insertRecovery,
  type Lost,
  openRecoveries,
  openRecoveryBy,
  recoveryByToken,
  type RecoveryRow,
  replaceRecoveries,
  setApproved,
  setLink,
  setRecoverySeed,
} from './recovery-store.ts'

/** A link lives so long once it was given out: its person waits beside the telephone. */
export const recoveryMinutes = 60

/** What was asked for is approved and given out within so long, or lapses. */
const recoveryHours = 24

/** A link's token, for its address and nowhere else. */
export interface RecoveryLink {
  readonly token: string
  readonly expiresAt: Date
}

/**
 * Begins to let somebody back in, who was recognised by other means. Where they hold a privileged role,
 * or may open the glass, somebody else has to approve first; else the link is made at once. The
 * person and everybody who could approve are told in any case.
 *
 * The operator on the host, who could do anything to the house, needs nobody where nobody is left.
 *
 * @param proofing - how the person was recognised, in words; kept sealed.
 * @throws {Refusal} `identity.own-rights`, `identity.fresh-factor-required`, `identity.unknown-actor`,
 *   `identity.recovery-not-possible`.
 */
export async function beginRecovery(
  act: Act,
  { personId, lost, proofing }: { personId: string; lost: Lost; proofing: string },
): Promise<{
  readonly recoveryId: string
  readonly needsApproval: boolean
  readonly lapsesAt: Date
  readonly link: RecoveryLink | undefined
}> {
  const { actor, sql, now } = act
  if (actor.id === personId) throw ownRights()
  demandFresh(act)
  const standing = await demandActor(act, { kind: 'person', id: personId })
  if (standing.disabledAt !== null || standing.locked) throw recoveryNotPossible('stopped')
  // Who comes in by a provider alone lost nothing that is kept here.
  if ((await currentPasswordHash(sql, personId)) === undefined)
    throw recoveryNotPossible('by-provider')
  if (lost === 'password' && (await secondStepsOf(act, personId)).length === 0)
    throw recoveryNotPossible('nothing-left')
  await replaceRecoveries(sql, personId, now)
  const approvers = (await peopleWhoMay(sql, 'identity.recovery.approve', now)).filter(
    (id) => id !== actor.id && id !== personId,
  )
  const isAlone = actor.kind === 'operator' && approvers.length === 0
  const needsApproval = !isAlone && (await isPrivilegedPerson(act, personId))
  const id = newId()
  const lapsesAt = new Date(now.getTime() + recoveryHours * hourMs)
  await insertRecovery(sql, {
    id,
    personId,
    lost,
    proofing: sealPersonal(act, 'house', recoveryProofingPlace(id), proofing),
    needsApproval,
    askedBy: actor.id,
    askedAt: now,
    lapsesAt,
  })
  act.tell({ recoveryId: id, personId, lost, needsApproval, proofing })
  const facts = { at: now.toISOString(), lost }
  await notify(act, [personId], 'recovery-begun', facts)
  const asked = { at: lapsesAt.toISOString(), approval: needsApproval ? 'wanted' : 'not wanted' }
  await notify(act, approvers, 'recovery-asked', asked, { about: id, endsAt: lapsesAt })
  const link = needsApproval ? undefined : await giveLink(act, id)
  return { recoveryId: id, needsApproval, lapsesAt, link }
}

/** Whoever could do harm with it is let back in by two. */
async function isPrivilegedPerson({ sql, now }: Act, personId: string): Promise<boolean> {
  const grants = await grantsOf(sql, [personId], now)
  return grants.some(({ privileged }) => privileged) || (await isGlassHolder(sql, personId))
}

/**
 * Says yes to letting somebody back in. Neither who asked does it, nor the person themselves.
 *
 * @throws {Refusal} `identity.fresh-factor-required`, `identity.unknown-recovery`, `identity.own-request`.
 */
export async function approveRecovery(act: Act, recoveryId: string): Promise<void> {
  demandFresh(act)
  const recovery = await demandOpen(act, recoveryId)
  if ([recovery.askedBy, recovery.personId].includes(act.actor.id)) throw ownRequest()
  if ((await setApproved(act.sql, recoveryId, act.actor.id, act.now)) === 0) throw unknownRecovery()
  act.tell({ recoveryId, personId: recovery.personId, askedBy: recovery.askedBy })
  await noLongerWaits(act, 'recovery-asked', recoveryId)
  const { askedBy, lapsesAt } = recovery
  const end = { about: recoveryId, endsAt: lapsesAt }
  await notify(act, [askedBy], 'recovery-approved', { at: lapsesAt.toISOString() }, end)
}

/**
 * Gives out the link, to whoever recognised the person. A link given out before opens nothing any more.
 *
 * @throws {Refusal} `identity.fresh-factor-required`, `identity.unknown-recovery`,
 *   `identity.recovery-not-yours`, `identity.recovery-not-approved`.
 */
export async function issueRecovery(act: Act, recoveryId: string): Promise<RecoveryLink> {
  demandFresh(act)
  const recovery = await demandOpen(act, recoveryId)
  if (recovery.askedBy !== act.actor.id) throw recoveryNotYours()
  if (!(await isApproved(act, recovery))) throw recoveryNotApproved()
  act.tell({ recoveryId, personId: recovery.personId })
  return giveLink(act, recoveryId)
}

/** Ends a recovery before it was used. @throws {Refusal} `identity.unknown-recovery`. */
export async function withdrawRecovery(act: Act, recoveryId: string): Promise<void> {
  if ((await endRecovery(act.sql, recoveryId, act.now, 'withdrawn')) === 0) throw unknownRecovery()
  act.tell({ recoveryId })
}

/** Who is being let back in, with names and how they were recognised once a receipt opens them. */
export async function listRecoveries(act: Act) {
  const rows = await openRecoveries(act.sql, act.now)
  const { secrets } = act
  const persons = await personNames(act.sql, [...new Set(rows.map(({ personId }) => personId))])
  return new Sealed((receipt) => {
    const names = new Map(persons.map((p) => [p.id, openPerson(receipt, secrets, p).name]))
    return rows.map(({ id, proofing, ...row }) => ({
      ...row,
      recoveryId: id,
      personName: names.get(row.personId) ?? null,
      proofing: openPersonal(receipt, secrets, 'house', recoveryProofingPlace(id), proofing),
    }))
  })
}

async function demandOpen(act: Act, recoveryId: string): Promise<RecoveryRow> {
  const recovery = await openRecoveryBy(act.sql, recoveryId, act.now)
  if (recovery === undefined) throw unknownRecovery()
  return recovery
}

/** Asked again when a link is made and when it is used: rights may have grown since it was asked for. */
async function isApproved(act: Act, recovery: RecoveryRow): Promise<boolean> {
  if (recovery.approvedAt !== null) return true
  if (recovery.needsApproval) return false
  return recovery.askedBy === 'operator' || !(await isPrivilegedPerson(act, recovery.personId))
}

async function giveLink(act: Act, recoveryId: string): Promise<RecoveryLink> {
  const token = newOpaqueToken()
  const expiresAt = new Date(act.now.getTime() + recoveryMinutes * minuteMs)
  await setLink(act.sql, recoveryId, tokenHash(token), expiresAt)
  return { token, expiresAt }
}

const accountOf = (token: string) => `recovery ${tokenHash(token).toString('hex')}`

/** The recovery a token opens, of somebody who may be let in. Guessing is counted against the source. */
async function openedBy(act: Act, token: string): Promise<RecoveryRow | undefined> {
  await countAttempt(act, accountOf(token))
  return goodFor(act, token)
}

async function goodFor(act: Act, token: string): Promise<RecoveryRow | undefined> {
  const recovery = await recoveryByToken(act.sql, tokenHash(token), act.now)
  if (recovery === undefined) return undefined
  const standing = await standingOf(act.sql, recovery.personId)
  if (standing === undefined || standing.disabledAt !== null || standing.locked) return undefined
  if (!(await isApproved(act, recovery))) return undefined
  act.tell({ recoveryId: recovery.id, personId: recovery.personId })
  return recovery
}

/** Says no in its own act, so that the trail has it and the attempt stays counted. */
export function refuseRecovery(): never {
  throw recoveryNotOpen()
}

/** What a link leads to, before any challenge is made: what was lost, and what may still be shown. */
export async function lookAtRecovery(act: Act, token: string) {
  const recovery = await openedBy(act, token)
  if (recovery === undefined) return undefined
  const { lost, personId } = recovery
  return lost === 'everything'
    ? { lost, passkeys: [], secondSteps: [] }
    : {
        lost,
        passkeys: await passkeysOf(act.sql, personId),
        secondSteps: await secondStepsOf(act, personId),
      }
}

/**
 * Opens a link: keeps the challenge its passkey will answer and, where everything was lost, the seed of
 * a new app. The seed stays the same while the link is good, so a page opened twice shows one code.
 */
export async function openRecovery(
  act: Act,
  {
    token,
    issuer,
    label,
    challenge,
  }: { token: string; issuer: string; label: string; challenge: string },
) {
  const recovery = await goodFor(act, token)
  if (recovery === undefined) return undefined
  const { id, lost, expiresAt } = recovery
  const challengeId = await keepChallenge(act, challenge, { recoveryId: id })
  await forgive(act, accountOf(token))
  const seed = lost === 'everything' ? await seedOf(act, recovery) : undefined
  return new Sealed(() => ({
    expiresAt: expiresAt!,
    challengeId,
    totp: seed === undefined ? null : totpSetup(seed, issuer, label),
  }))
}

async function seedOf(act: Act, { id, seed: kept }: RecoveryRow): Promise<Buffer> {
  const place = recoverySeedPlace(id)
  if (kept !== null) return useSecret(act, 'house', place, kept)
  const seed = newSeed()
  await setRecoverySeed(act.sql, id, sealSecret(act, 'house', place, seed))
  return seed
}

/**
 * First step of using a link: counts the attempt, takes out the challenge a passkey answers, and names
 * whose account it is, for the words no password may contain.
 */
export async function attemptRecovery(
  act: Act,
  {
    token,
    challengeId,
    passkeyId,
  }: { token: string; challengeId: string | undefined; passkeyId: string | undefined },
) {
  const recovery = await openedBy(act, token)
  if (recovery === undefined) return undefined
  const { id: recoveryId, personId, lost } = recovery
  const challenge =
    challengeId === undefined
      ? undefined
      : await takeChallenge(act.sql, challengeId, { recoveryId }, act.now)
  const found = passkeyId === undefined ? undefined : await passkeyBy(act.sql, passkeyId)
  const passkey = found?.personId === personId ? found : undefined
  const [person] = await personNames(act.sql, [personId])
  const { secrets } = act
  return new Sealed((receipt) => ({
    lost,
    challenge,
    passkey,
    ...openPerson(receipt, secrets, person!),
  }))
}

/** What was shown: something new where everything was lost, else something that was there before. */
export type Shown =
  | { readonly totpCode: string }
  | { readonly recoveryCode: string }
  | { readonly made: Passkey }
  | { readonly passkey: PasskeyRow; readonly counter: number }

/**
 * Lets the person back in: the new password counts, every session from before ends and, where everything
 * was lost, so does every factor and code from before. They and everybody who could approve are told.
 *
 * @throws {Refusal} `identity.recovery-not-open`, `identity.second-factor-wrong`.
 */
export async function completeRecovery(
  act: Act,
  { token, passwordHash, shown }: { token: string; passwordHash: string; shown: Shown },
): Promise<OpenSession & { recoveryCodes: string[] }> {
  const { sql, now } = act
  const recovery = await goodFor(act, token)
  if (recovery === undefined) throw recoveryNotOpen()
  const { id, personId, lost } = recovery
  const recoveryCodes =
    lost === 'everything'
      ? await replaceFactors(act, recovery, shown)
      : await demandShown(act, personId, shown)
  await setPasswordHash(sql, personId, passwordHash, now)
  const sessions = await endAllOf(sql, personId, now, 'let back in')
  await endRecovery(sql, id, now, 'used')
  await forgive(act, accountOf(token))
  act.tell({ lost, sessions })
  const at = { at: now.toISOString() }
  await notify(act, [personId], 'recovered', { ...at, lost })
  const others = await peopleWhoMay(sql, 'identity.recovery.approve', now)
  await notify(
    act,
    others.filter((other) => other !== personId),
    'recovery-used',
    at,
  )
  await noteSignIn(act, personId)
  return { ...(await beginSession(act, personId, 2)), recoveryCodes }
}

/** Every factor and code from before goes; the one shown now takes their place, with ten new codes. */
async function replaceFactors(act: Act, recovery: RecoveryRow, shown: Shown): Promise<string[]> {
  const { sql, now } = act
  const { id: recoveryId, personId } = recovery
  const factorsGone = await deleteFactorsOf(sql, personId)
  const id = newId()
  if ('made' in shown) await insertPasskey(sql, { ...shown.made, id, personId }, now)
  else {
    if (!('totpCode' in shown) || recovery.seed === null) throw secondFactorWrong()
    const seed = useSecret(act, 'house', recoverySeedPlace(recoveryId), recovery.seed)
    const lastStep = stepOf(seed, shown.totpCode, now)
    if (lastStep === undefined) throw secondFactorWrong()
    const sealed = sealSecret(act, 'house', seedPlace(id), seed)
    await insertTotp(sql, { id, personId, seed: sealed, lastStep }, now)
  }
  const codes = newRecoveryCodes()
  await insertRecoveryCodes(
    sql,
    personId,
    codes.map((code) => recoveryHash(code)!),
  )
  act.tell({ factorsGone, factor: 'made' in shown ? 'passkey' : 'totp' })
  return codes
}

/** Who lost the password alone shows a second factor they have: the link is not one (ASVS 6.4.3). */
async function demandShown(act: Act, personId: string, shown: Shown): Promise<string[]> {
  if (!(await isShown(act, personId, shown))) throw secondFactorWrong()
  return []
}

async function isShown(act: Act, personId: string, shown: Shown): Promise<boolean> {
  const { sql, now } = act
  if ('passkey' in shown) return (await usePasskey(sql, shown.passkey.id, shown.counter, now)) > 0
  if ('recoveryCode' in shown) {
    const hash = recoveryHash(shown.recoveryCode)
    return hash !== undefined && (await useRecoveryCode(sql, personId, hash, now)) > 0
  }
  if (!('totpCode' in shown)) return false
  for (const totp of await totpsOf(sql, personId)) {
    const step = stepOf(useSecret(act, 'house', seedPlace(totp.id), totp.seed), shown.totpCode, now)
    if (step !== undefined && (await useStep(sql, totp.id, step, now)) === 1) return true
  }
  return false
}
