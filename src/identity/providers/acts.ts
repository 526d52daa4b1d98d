import type { Act } from '#kernel'
import { minuteMs, newId } from '#ground'
import { sealPersonal, sealSecret, useSecret } from '#keys'
import {
  insertActor,
  insertPerson,
  personByEmail,
  personForSignIn,
} from '../accounts/actor-store.ts'
import { emailIndexOf } from '../accounts/email-acts.ts'
import { normalEmail } from '../accounts/email.ts'
import type { Checks, Claims } from '../adapters/oidc.ts'
import { samlPackage, type SamlChecks } from '../adapters/saml.ts'
import { notify } from '../persons/notice-acts.ts'
import { personPlace, providerChecksPlace, providerSecretPlace, samlAnswerPlace } from '../place.ts'
import {
  providerNotValid,
  providerRefused,
  providerTaken,
  samlNotInstalled,
  secondFactorAtProvider,
  unknownProvider,
} from '../refusals.ts'
import { isKeptBy } from '../scim/directory-store.ts'
import { beginSession, type OpenSession, secondStepsOf } from '../sessions/acts.ts'
import { countAttempt, forgive } from '../sessions/attempt-acts.ts'
import { noteSignIn } from '../sessions/device-acts.ts'
import { newOpaqueToken, tokenHash } from '../workloads/token.ts'
import { demandRoles, followRoles } from './group-role-acts.ts'
import {
  areCertificates,
  assuranceOf,
  isEntry,
  isIssuer,
  isStale,
  type ProviderTerms,
  rolesOf,
  shownAt,
} from './provider.ts'
import {
  insertAnswer,
  insertAttempt,
  insertProvider,
  linkPerson,
  personOfSubject,
  providerBy,
  type ProviderRow,
  samlWaits,
  setProviderDisabled,
  takeAttempt,
} from './store.ts'

/** A sign-in that was sent away must be back within this many minutes. */
export const awayMinutes = 10

/**
 * Trusts an identity provider, on these terms. A secret is sealed and never shown again.
 *
 * @throws {Refusal} `identity.provider-not-valid`, `identity.unknown-role`, `identity.provider-taken`.
 */
export async function addProvider(
  act: Act,
  terms: ProviderTerms & { readonly clientSecret: string | undefined },
  isProduction: boolean,
): Promise<{ providerId: string }> {
  const { clientSecret, ...told } = terms
  await demandTerms(terms, isProduction)
  await demandRoles(act, terms.groupRoles)
  const id = newId()
  const sealed =
    clientSecret === undefined
      ? null
      : sealSecret(act, 'house', providerSecretPlace(id), Buffer.from(clientSecret))
  const row = { ...told, id, clientSecret: sealed, createdAt: act.now, createdBy: act.actor.id }
  if ((await insertProvider(act.sql, row)) === 0) throw providerTaken(terms.name)
  act.tell({ providerId: id, ...told })
  return { providerId: id }
}

async function demandTerms(terms: ProviderTerms, isProduction: boolean): Promise<void> {
  if (terms.kind === 'oidc') {
    if (isIssuer(terms.issuer, isProduction)) return
    throw providerNotValid('An issuer is an https address without query and fragment.')
  }
  if (terms.entryPoint === null || !isEntry(terms.entryPoint, isProduction))
    throw providerNotValid('Sign-in by SAML begins at an https address without fragment.')
  if (!areCertificates(terms.certificates ?? ''))
    throw providerNotValid('SAML wants the certificates of the provider, as PEM.')
  if ((await samlPackage()) === undefined) throw samlNotInstalled()
}

/** Trusts a provider no more. Sessions it opened go on to their end. @throws {Refusal} `identity.unknown-provider`. */
export async function removeProvider(act: Act, providerId: string): Promise<void> {
  if ((await setProviderDisabled(act.sql, providerId, act.now)) === 0) throw unknownProvider()
  act.tell({ providerId })
}

/** What is needed to speak with a provider, for a flow and never for an answer. */
export interface Trusted {
  readonly provider: ProviderRow
  readonly clientSecret: string | undefined
}

/** @throws {Refusal} `identity.unknown-provider`. */
export async function trusted(act: Act, providerId: string): Promise<Trusted> {
  const provider = await providerBy(act.sql, providerId)
  if (provider === undefined) throw unknownProvider()
  const { clientSecret } = provider
  return {
    provider,
    clientSecret:
      clientSecret === null
        ? undefined
        : useSecret(act, 'house', providerSecretPlace(providerId), clientSecret).toString(),
  }
}

/**
 * Keeps what the provider's answer will be held against, for the browser that is sent away.
 *
 * @returns the token of the browser, for its cookie.
 */
export async function keepAttempt(
  act: Act,
  { providerId, checks }: { readonly providerId: string; readonly checks: Checks | SamlChecks },
): Promise<string> {
  const browser = newOpaqueToken()
  const stateHash = tokenHash(checks.state)
  const place = providerChecksPlace(stateHash)
  const attempt = {
    stateHash,
    providerId,
    browserHash: tokenHash(browser),
    checks: sealSecret(act, 'house', place, Buffer.from(JSON.stringify(checks))),
    expiresAt: new Date(act.now.getTime() + awayMinutes * minuteMs),
  }
  await insertAttempt(act.sql, attempt, act.now)
  act.tell({ providerId })
  return browser
}

/**
 * Takes out what an answer is held against. Guessing is counted by address.
 *
 * @returns undefined for a state that this browser was never sent away with. `answer` is what a SAML
 *   provider had posted, in base64.
 */
export async function takeKept(
  act: Act,
  { state, browser }: { readonly state: string; readonly browser: string },
): Promise<Kept | undefined> {
  const stateHash = tokenHash(state)
  await countAttempt(act, accountOf(stateHash))
  const browserHash = tokenHash(browser)
  const kept = await takeAttempt(act.sql, { stateHash, browserHash, now: act.now })
  if (kept === undefined) return undefined
  act.tell({ providerId: kept.providerId })
  const sealed = useSecret(act, 'house', providerChecksPlace(stateHash), kept.checks)
  const checks = JSON.parse(sealed.toString()) as Checks & SamlChecks
  const answer =
    kept.answer === null
      ? undefined
      : useSecret(act, 'house', samlAnswerPlace(stateHash), kept.answer).toString()
  return { ...(await trusted(act, kept.providerId)), checks, answer }
}

/** A sign-in that was sent away and is back. The checks are those of its provider's kind. */
export interface Kept extends Trusted {
  readonly checks: Checks & SamlChecks
  readonly answer: string | undefined
}

/**
 * Keeps what a SAML provider had the browser post, until our own page comes for it: the post comes from
 * a page elsewhere, without the cookie that says which browser was sent away. Nothing is believed here.
 *
 * @returns whether such a sign-in waits, and nothing was posted for it before.
 */
export async function keepAnswer(
  act: Act,
  { state, answer }: { readonly state: string; readonly answer: string },
): Promise<boolean> {
  const stateHash = tokenHash(state)
  if (!(await samlWaits(act.sql, stateHash, act.now))) return false
  const sealed = sealSecret(act, 'house', samlAnswerPlace(stateHash), Buffer.from(answer))
  const isKept = (await insertAnswer(act.sql, stateHash, sealed)) === 1
  act.tell({ isKept })
  return isKept
}

const accountOf = (stateHash: Buffer) => `provider ${stateHash.toString('hex')}`

/** Says no in the one way there is, in an act of its own. */
export function refuseProvider(): never {
  throw providerRefused()
}

/**
 * Opens a session for whom the provider vouches for: somebody linked before; with the same verified
 * address, where the provider may say so or its directory keeps them; or somebody new, where it may
 * bring people. Roles follow the groups it names now, so that what was taken away there is gone here.
 *
 * @param isAnew - whether the provider was asked to have both factors shown anew.
 * @throws {Refusal} `identity.provider-refused` for somebody unknown or switched off,
 *   `identity.second-factor-at-provider` where neither the provider nor the account has one.
 */
export async function openByProvider(
  act: Act,
  provider: ProviderRow,
  {
    claims,
    state,
    isAnew,
  }: { readonly claims: Claims; readonly state: string; readonly isAnew: boolean },
): Promise<OpenSession & { readonly assurance: 1 | 2 }> {
  const personId = await personOf(act, provider, claims)
  const person = personId === undefined ? undefined : await personForSignIn(act.sql, personId)
  if (personId === undefined || person === undefined || !person.stands) throw providerRefused()
  const assurance = isStale(claims, act.now) ? 1 : assuranceOf(provider, claims)
  if (assurance === 1 && (await secondStepsOf(act, personId)).length === 0)
    throw secondFactorAtProvider()
  // Whoever the provider's directory keeps has the groups it wrote, and not those of a claim.
  if (!(await isKeptBy(act.sql, provider.id, personId)))
    await followRoles(act, provider.id, personId, rolesOf(provider, claims))
  await forgive(act, accountOf(tokenHash(state)))
  if (assurance === 2) await noteSignIn(act, personId)
  act.tell({ providerId: provider.id, factor: 'provider' })
  const provenAt = assurance === 2 ? shownAt(claims, { isAnew, now: act.now }) : null
  return { ...(await beginSession(act, personId, assurance, provenAt)), assurance }
}

async function personOf(
  act: Act,
  provider: ProviderRow,
  claims: Claims,
): Promise<string | undefined> {
  const subjectKey = act.secrets.mac('house', 'identity.provider', `${provider.id} ${claims.sub}`)
  const known = await personOfSubject(act.sql, provider.id, subjectKey)
  if (known !== undefined) return known
  const given = claims['email']
  // An address nobody verified is whatever its owner typed.
  if (typeof given !== 'string' || claims['email_verified'] !== true) return undefined
  const email = normalEmail(given)
  const emailIndex = emailIndexOf(act, email)
  const found = await personByEmail(act.sql, emailIndex)
  const link = (personId: string) =>
    linkPerson(act.sql, { providerId: provider.id, subjectKey, personId, at: act.now })
  if (found !== undefined) {
    const isOurs = provider.linksByEmail || (await isKeptBy(act.sql, provider.id, found.id))
    if (!isOurs || (await link(found.id)) === 0) return undefined
    await notify(act, [found.id], 'provider-linked', { at: act.now.toISOString() })
    act.tell({ linked: found.id })
    return found.id
  }
  if (!provider.makesAccounts) return undefined
  const id = newId()
  const named = typeof claims['name'] === 'string' ? claims['name'].normalize('NFC').trim() : ''
  await insertActor(act.sql, { id, kind: 'person', canary: false, createdAt: act.now })
  const person = {
    id,
    name: sealPersonal(act, 'house', personPlace('name', id), named.slice(0, 200) || email),
    email: sealPersonal(act, 'house', personPlace('email', id), email),
    emailIndex,
    passwordHash: null,
  }
  if ((await insertPerson(act.sql, person, act.now)) === 0) return undefined
  await link(id)
  act.tell({ made: id })
  return id
}
