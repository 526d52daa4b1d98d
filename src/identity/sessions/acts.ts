import type { Act } from '#kernel'
import { minuteMs, newId } from '#ground'
import { openPersonal, sealPersonal, useSecret } from '#keys'
import { personByEmail, personForSignIn, setPasswordHash } from '../accounts/actor-store.ts'
import { emailIndexOf } from '../accounts/email-acts.ts'
import { demandFresh } from '../factors/fresh.ts'
import { recoveryHash } from '../factors/recovery-code.ts'
import {
  type ChallengeOwner,
  insertChallenge,
  passkeyBy,
  type PasskeyRow,
  passkeysOf,
  recoveryCodesLeft,
  takeChallenge,
  totpsOf,
  usePasskey,
  useRecoveryCode,
  useStep,
} from '../factors/store.ts'
import { stepOf } from '../factors/totp.ts'
import { isLockedNetwork } from '../locks/store.ts'
import { addressIn } from '../network.ts'
import { notify } from '../persons/notice-acts.ts'
import { seedPlace, sessionSourcePlace } from '../place.ts'
import {
  locked,
  secondFactorWrong,
  sessionExpired,
  signInRefused,
  unknownSession,
} from '../refusals.ts'
import { newOpaqueToken, tokenHash } from '../workloads/token.ts'
import { countAttempt, forgive } from './attempt-acts.ts'
import { noteSignIn } from './device-acts.ts'
import { challengeMinutes, expiryOf, mostSessions } from './session.ts'
import {
  endOldestOf,
  endSessionOf,
  insertSession,
  liveSessionsOf,
  rotateSession,
  sessionOf,
} from './store.ts'

/** A session's token, to be set as its cookie and nowhere else. */
export interface OpenSession {
  readonly sessionId: string
  readonly token: string
  readonly expiresAt: Date
}

export type SecondStep = 'totp' | 'passkey' | 'recovery-code'

/** Who tries to sign in, or undefined for an e-mail nobody has; for the flow, never for the answer. */
export interface Tried {
  readonly personId: string
  readonly passwordHash: string | null
}

/** First step of a sign-in: counts the attempt and finds whose it would be. */
export async function attemptSignIn(act: Act, email: string): Promise<Tried | undefined> {
  await countAttempt(act, `password ${email}`)
  const found = await personByEmail(act.sql, emailIndexOf(act, email))
  act.tell({ attempt: 'password', personId: found?.id ?? null })
  if (found === undefined || !found.stands) return undefined
  return { personId: found.id, passwordHash: found.passwordHash }
}

/** Says no in the one way there is. Its own act, so that the trail has it. */
export function refuseSignIn(): never {
  throw signInRefused()
}

/**
 * Opens a session for a person whose password was right a moment ago.
 *
 * @param fresh - a new hash of the same password, where the stored one has old parameters.
 * @throws {Refusal} `identity.sign-in-refused` when the account changed in between.
 */
export async function openSession(
  act: Act,
  { personId, email, passwordHash, fresh }: Tried & { email: string; fresh: string | undefined },
): Promise<OpenSession & { readonly secondSteps: SecondStep[] }> {
  const person = await personForSignIn(act.sql, personId)
  if (person === undefined || !person.stands || person.passwordHash !== passwordHash)
    throw signInRefused()
  if (fresh !== undefined) await setPasswordHash(act.sql, personId, fresh, act.now)
  await forgive(act, `password ${email}`)
  const session = await beginSession(act, personId, 1)
  return { ...session, secondSteps: await secondStepsOf(act, personId) }
}

/** The second factors a person has. */
export async function secondStepsOf(act: Act, personId: string): Promise<SecondStep[]> {
  const steps: SecondStep[] = []
  if ((await passkeysOf(act.sql, personId)).length > 0) steps.push('passkey')
  if ((await totpsOf(act.sql, personId)).length > 0) steps.push('totp')
  if ((await recoveryCodesLeft(act.sql, personId)) > 0) steps.push('recovery-code')
  return steps
}

/**
 * A new session of a person, with a token of its own; the one the browser came with ends (ASVS 7.2.4),
 * and so does the oldest beyond {@link mostSessions}.
 *
 * @param provenAt - when both factors were shown, where that was before now; null where nobody says.
 */
export async function beginSession(
  act: Act,
  personId: string,
  assurance: 1 | 2,
  provenAt: Date | null = assurance === 2 ? act.now : null,
): Promise<OpenSession> {
  const { actor, sql, now } = act
  if (await isLockedNetwork(sql, addressIn(act.source.address))) throw locked()
  if (actor.sessionId !== undefined)
    await endSessionOf(sql, actor.id, actor.sessionId, now, 'signed in anew')
  const id = newId()
  const token = newOpaqueToken()
  const expiresAt = expiryOf(now, assurance)
  const source = sealPersonal(act, 'house', sessionSourcePlace(id), JSON.stringify(act.source))
  await insertSession(sql, {
    id,
    personId,
    tokenHash: tokenHash(token),
    assurance,
    source,
    startedAt: now,
    expiresAt,
    provenAt,
  })
  act.tell({ sessionId: id, personId, assurance })
  await endTooMany(act, personId, assurance)
  return { sessionId: id, token, expiresAt }
}

async function endTooMany(act: Act, personId: string, assurance: 1 | 2): Promise<void> {
  const most = mostSessions[assurance]
  const ended = await endOldestOf(act.sql, { personId, assurance, most }, act.now)
  if (ended.length > 0) act.tell({ ended })
}

/** First step of a second factor: counts the attempt. */
export async function attemptSecondFactor(act: Act): Promise<void> {
  await countAttempt(act, `second-factor ${act.actor.id}`)
  act.tell({ attempt: 'second-factor' })
}

/** @throws {Refusal} `identity.second-factor-wrong` for a wrong code, or one that was used. */
export async function proveByTotp(act: Act, code: string): Promise<OpenSession> {
  for (const totp of await totpsOf(act.sql, act.actor.id)) {
    const step = stepOf(useSecret(act, 'house', seedPlace(totp.id), totp.seed), code, act.now)
    if (step !== undefined && (await useStep(act.sql, totp.id, step, act.now)) === 1)
      return proven(act, 'totp')
  }
  throw secondFactorWrong()
}

/** @throws {Refusal} `identity.second-factor-wrong` for a code that is not one, or was used. */
export async function proveByRecoveryCode(act: Act, code: string): Promise<OpenSession> {
  const hash = recoveryHash(code)
  if (hash === undefined || (await useRecoveryCode(act.sql, act.actor.id, hash, act.now)) === 0)
    throw secondFactorWrong()
  return proven(act, 'recovery-code')
}

/** Keeps a challenge for a passkey of the session's person, or of whoever has one for us. */
export async function keepChallenge(
  act: Act,
  challenge: string,
  owner: ChallengeOwner,
): Promise<string> {
  const id = newId()
  await insertChallenge(act.sql, {
    id,
    challenge,
    sessionId: owner.sessionId ?? null,
    enrolmentId: owner.enrolmentId ?? null,
    recoveryId: owner.recoveryId ?? null,
    expiresAt: new Date(act.now.getTime() + challengeMinutes * minuteMs),
  })
  return id
}

/** A challenge kept for this session, taken out so that it answers once. */
export const takeOwnChallenge = (act: Act, challengeId: string): Promise<string | undefined> =>
  act.actor.sessionId === undefined
    ? Promise.resolve(undefined)
    : takeChallenge(act.sql, challengeId, { sessionId: act.actor.sessionId }, act.now)

/** The passkeys the session's person may answer with. */
export const ownPasskeys = (act: Act): Promise<PasskeyRow[]> => passkeysOf(act.sql, act.actor.id)

/** A challenge, taken out, and the passkey that claims to answer it; undefined when either is missing. */
export async function takeAsked(
  act: Act,
  challengeId: string,
  passkeyId: string,
  owner: { readonly sessionId?: string },
): Promise<{ readonly challenge: string; readonly passkey: PasskeyRow } | undefined> {
  const challenge = await takeChallenge(act.sql, challengeId, owner, act.now)
  const passkey = await passkeyBy(act.sql, passkeyId)
  if (challenge === undefined || passkey === undefined) return undefined
  const own = owner.sessionId === undefined || passkey.personId === act.actor.id
  return own ? { challenge, passkey } : undefined
}

/** @throws {Refusal} `identity.second-factor-wrong` when the passkey's counter tells of a copy. */
export async function proveByPasskey(
  act: Act,
  passkey: PasskeyRow,
  counter: number,
): Promise<OpenSession> {
  if ((await usePasskey(act.sql, passkey.id, counter, act.now)) === 0) throw secondFactorWrong()
  return proven(act, 'passkey')
}

/**
 * Opens a whole session by a passkey alone: it was held, and its owner was verified by it, which is
 * two factors (NIST 800-63B-4 §3.1.7).
 *
 * @throws {Refusal} `identity.sign-in-refused`.
 */
export async function openByPasskey(
  act: Act,
  passkey: PasskeyRow,
  counter: number,
): Promise<OpenSession> {
  const person = await personForSignIn(act.sql, passkey.personId)
  if (person === undefined || !person.stands) throw signInRefused()
  if ((await usePasskey(act.sql, passkey.id, counter, act.now)) === 0) throw signInRefused()
  await forgive(act, `passkey ${passkey.passkeyId}`)
  act.tell({ factor: 'passkey' })
  await noteSignIn(act, passkey.personId)
  return beginSession(act, passkey.personId, 2)
}

/** Counts an attempt with a passkey alone. */
export async function attemptPasskey(act: Act, passkeyId: string): Promise<void> {
  await countAttempt(act, `passkey ${passkeyId}`)
  act.tell({ attempt: 'passkey' })
}

/** The session goes on under a new token: the old one could have been fixed or seen before (ASVS 7.2.4). */
async function proven(act: Act, factor: SecondStep): Promise<OpenSession> {
  const session = await ownSession(act)
  const token = newOpaqueToken()
  const expiresAt = expiryOf(session.startedAt, 2)
  const id = session.id
  if ((await rotateSession(act.sql, { id, tokenHash: tokenHash(token), expiresAt }, act.now)) === 0)
    throw sessionExpired()
  await endTooMany(act, act.actor.id, 2)
  await forgive(act, `second-factor ${act.actor.id}`)
  act.tell({ factor, assurance: 2 })
  await noteSignIn(act, act.actor.id)
  if (factor === 'recovery-code')
    await notify(act, [act.actor.id], 'recovery-code-used', { at: act.now.toISOString() })
  return { sessionId: id, token, expiresAt }
}

/** @throws {Refusal} `identity.session-expired` where the actor came without a session. */
async function ownSession({ sql, actor }: Act) {
  const session = actor.sessionId === undefined ? undefined : await sessionOf(sql, actor.sessionId)
  if (session === undefined) throw sessionExpired()
  return session
}

/** Ends the session the actor came with. */
export async function leave(act: Act): Promise<void> {
  const { id } = await ownSession(act)
  await endSessionOf(act.sql, act.actor.id, id, act.now, 'left')
}

/** Ends another session of the actor's own. @throws {Refusal} `identity.unknown-session`, `identity.fresh-factor-required`. */
export async function endOwnSession(act: Act, sessionId: string): Promise<void> {
  demandFresh(act)
  if ((await endSessionOf(act.sql, act.actor.id, sessionId, act.now, 'ended by owner')) === 0)
    throw unknownSession()
  act.tell({ ended: sessionId })
}

/** The actor's live sessions, with where they come from still sealed. */
export const ownSessions = (act: Act) => liveSessionsOf(act.sql, act.actor.id, act.now)

/** Opens where a session came from. */
export function sourceOf(
  receipt: Parameters<typeof openPersonal>[0],
  secrets: Act['secrets'],
  session: { readonly id: string; readonly source: Buffer },
): { address: string; agent?: string } {
  const text = openPersonal(
    receipt,
    secrets,
    'house',
    sessionSourcePlace(session.id),
    session.source,
  )
  return JSON.parse(text) as { address: string; agent?: string }
}
