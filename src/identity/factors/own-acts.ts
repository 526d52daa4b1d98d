import type { Act } from '#kernel'
import { minuteMs, newId } from '#ground'
import { openPersonal, sealPersonal, sealSecret, useSecret } from '#keys'
import { type PersonRow, personNames, setPasswordHash } from '../accounts/actor-store.ts'
import { notify } from '../persons/notice-acts.ts'
import { factorLabelPlace, pendingSeedPlace, seedPlace } from '../place.ts'
import {
  factorsTooMany,
  lastFactor,
  passwordWrong,
  factorNotProven,
  selfIsPerson,
  unknownFactor,
} from '../refusals.ts'
import { countAttempt, forgive } from '../sessions/attempt-acts.ts'
import { endOthersOf } from '../sessions/store.ts'
import { demandFresh } from './fresh.ts'
import { currentPasswordHash } from './own-store.ts'
import type { Passkey } from './passkey.ts'
import { newRecoveryCodes, recoveryHash } from './recovery-code.ts'
import {
  deleteFactor,
  factorsOf,
  type FactorRow,
  forgetRecoveryCodes,
  insertPasskey,
  insertRecoveryCodes,
  insertTotp,
  keepPendingSeed,
  setFactorLabel,
  takePendingSeed,
} from './store.ts'
import { newSeed, stepOf, totpSetup } from './totp.ts'

/** A seed that was shown waits this long for its first code. */
const seedMinutes = 15
/** Enough for every device of a person, too few to fill a table with. */
const mostFactors = 20

/** The person who acts. @throws {Refusal} `identity.self-is-person` where it is a program or the operator. */
function selfOf({ actor }: Act): string {
  if (actor.kind !== 'person') throw selfIsPerson()
  return actor.id
}

/** The acting person's second factors, their labels still sealed. */
export const ownFactors = (act: Act): Promise<FactorRow[]> => factorsOf(act.sql, selfOf(act))

/** What its owner calls a factor; undefined where nobody named it. */
export function labelOf(
  receipt: Parameters<typeof openPersonal>[0],
  secrets: Act['secrets'],
  { id, label }: FactorRow,
): string | undefined {
  return label === null
    ? undefined
    : openPersonal(receipt, secrets, 'house', factorLabelPlace(id), label)
}

/** The acting person as their own page needs them, still sealed; undefined where no person acts. */
export async function ownPerson({ sql, actor }: Act): Promise<PersonRow | undefined> {
  return actor.kind === 'person' ? (await personNames(sql, [actor.id]))[0] : undefined
}

/** Demands what every change of the own factors does: a person, who has just shown one. */
function changerOf(act: Act): string {
  const id = selfOf(act)
  demandFresh(act)
  return id
}

/** A new seed for an authenticator app, kept until a code proves that the app has it. */
export async function beginTotp(act: Act, { issuer, label }: { issuer: string; label: string }) {
  await demandRoom(act)
  const id = selfOf(act)
  const seed = newSeed()
  const sealed = sealSecret(act, 'house', pendingSeedPlace(id), seed)
  const expiresAt = new Date(act.now.getTime() + seedMinutes * minuteMs)
  await keepPendingSeed(act.sql, { personId: id, seed: sealed, expiresAt })
  return totpSetup(seed, issuer, label)
}

/** @throws {Refusal} `identity.factor-not-proven` where the code is not the shown seed's. */
export async function addTotp(act: Act, { code, label }: { code: string; label: string }) {
  await demandRoom(act)
  const personId = selfOf(act)
  const sealed = await takePendingSeed(act.sql, personId, act.now)
  if (sealed === undefined) throw factorNotProven()
  const seed = useSecret(act, 'house', pendingSeedPlace(personId), sealed)
  const lastStep = stepOf(seed, code, act.now)
  if (lastStep === undefined) throw factorNotProven()
  const id = newId()
  await insertTotp(
    act.sql,
    { id, personId, seed: sealSecret(act, 'house', seedPlace(id), seed), lastStep },
    act.now,
  )
  return added(act, id, 'totp', label)
}

/** Keeps a passkey whose answer was found good. */
export async function addPasskey(
  act: Act,
  { passkey, label }: { readonly passkey: Passkey; readonly label: string },
) {
  await demandRoom(act)
  const id = newId()
  await insertPasskey(act.sql, { ...passkey, id, personId: selfOf(act) }, act.now)
  return added(act, id, 'passkey', label)
}

/** @throws {Refusal} `identity.fresh-factor-required`, `identity.factors-too-many`. */
export async function demandRoom(act: Act): Promise<void> {
  changerOf(act)
  if ((await ownFactors(act)).length >= mostFactors) throw factorsTooMany(mostFactors)
}

async function added(act: Act, factorId: string, kind: string, label: string) {
  const text = label.normalize('NFC').trim()
  if (text !== '') {
    const sealed = sealPersonal(act, 'house', factorLabelPlace(factorId), text)
    await setFactorLabel(act.sql, factorId, sealed)
  }
  act.tell({ factorId, kind })
  await notify(act, [selfOf(act)], 'factor-added', { factor: kind, at: act.now.toISOString() })
  return { factorId }
}

/**
 * Takes one of the own second factors away. The last stays: an account without one cannot exist.
 *
 * @throws {Refusal} `identity.unknown-factor`, `identity.last-factor`, `identity.fresh-factor-required`.
 */
export async function removeFactor(act: Act, factorId: string): Promise<void> {
  const id = changerOf(act)
  const factors = await factorsOf(act.sql, id, 'held')
  const factor = factors.find((one) => one.id === factorId)
  if (factor === undefined) throw unknownFactor()
  if (factors.length === 1) throw lastFactor()
  await deleteFactor(act.sql, id, factorId)
  act.tell({ factorId, kind: factor.kind })
  await notify(act, [id], 'factor-removed', { factor: factor.kind, at: act.now.toISOString() })
}

/** Ten fresh recovery codes, shown once; those from before are void. */
export async function renewRecoveryCodes(act: Act): Promise<string[]> {
  const id = changerOf(act)
  await forgetRecoveryCodes(act.sql, id)
  const codes = newRecoveryCodes()
  await insertRecoveryCodes(
    act.sql,
    id,
    codes.map((code) => recoveryHash(code)!),
  )
  await notify(act, [id], 'recovery-codes-renewed', { at: act.now.toISOString() })
  return codes
}

/** First step of a new password: counts the attempt, and gives the hash of the present one. */
export async function attemptNewPassword(act: Act): Promise<string | undefined> {
  const id = changerOf(act)
  await countAttempt(act, `password-change ${id}`)
  act.tell({ attempt: 'password-change' })
  return currentPasswordHash(act.sql, id)
}

/** Says no in an act of its own, so that the trail has it. */
export function refuseNewPassword(): never {
  throw passwordWrong()
}

/**
 * Puts a new password in force. Every other session of the person ends: whoever had the old one is
 * out (ASVS 7.4.3).
 *
 * @param before - the hash that the present password was held against.
 * @returns how many sessions ended.
 * @throws {Refusal} `identity.password-wrong` when it was changed in between.
 */
export async function setNewPassword(
  act: Act,
  { before, after }: { readonly before: string; readonly after: string },
): Promise<number> {
  const id = selfOf(act)
  const { sessionId } = act.actor
  if ((await currentPasswordHash(act.sql, id, 'held')) !== before) throw passwordWrong()
  await setPasswordHash(act.sql, id, after, act.now)
  await forgive(act, `password-change ${id}`)
  const ended = await endOthersOf(act.sql, id, sessionId ?? null, act.now, 'password changed')
  act.tell({ sessions: ended })
  await notify(act, [id], 'password-changed', { at: act.now.toISOString() })
  return ended.length
}

/** Ends every session of the acting person but this one. @returns how many. */
export async function endOtherSessions(act: Act): Promise<number> {
  const id = changerOf(act)
  const { sessionId } = act.actor
  const ended = await endOthersOf(act.sql, id, sessionId ?? null, act.now, 'ended by owner')
  act.tell({ sessions: ended })
  return ended.length
}
