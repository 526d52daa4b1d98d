import type { Act } from '#kernel'
import { minuteMs, newId } from '#ground'
import { workloadOf } from '../accounts/actor-store.ts'
import { isId } from '../locks/lock.ts'
import { grantTypeNotSupported, invalidClient, tokenRequestNotValid } from '../refusals.ts'
import { claimedBy, verifyAssertion } from './assertion.ts'
import { insertCredential } from './credential-store.ts'
import {
  certificateBy,
  keysOf,
  noteAssertion,
  setKeyUsed,
  type WorkloadKey,
} from './proof-store.ts'
import { newCredentialToken, tokenHash } from './token.ts'

/** A token lives so long; the workload shows a new assertion for the next. */
export const tokenMinutes = 10

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The parameters of a token request, as they came. */
export type TokenRequest = Readonly<Record<string, string | readonly string[]>>

/**
 * Exchanges a workload's proof for a short token (OAuth 2.0 client credentials, RFC 6749 §4.4): an
 * assertion signed by a registered key (RFC 7523 §2.2), or the certificate the connection was opened
 * with (RFC 8705 §2.1). Over a connection with a certificate the token is bound to it (RFC 8705 §3).
 *
 * @throws {Refusal} `identity.token-request`, `identity.grant-type` (400), `identity.invalid-client` (401).
 */
export async function exchangeToken(
  act: Act,
  request: TokenRequest,
  audiences: readonly string[],
): Promise<{ token: string; seconds: number }> {
  const { grant_type: grantType, client_id: clientId, client_assertion: assertion } = request
  for (const value of Object.values(request))
    if (typeof value !== 'string') throw tokenRequestNotValid('A parameter stands twice.')
  if (grantType === undefined) throw tokenRequestNotValid('The parameter grant_type is missing.')
  if (grantType !== 'client_credentials') throw grantTypeNotSupported()
  if ('scope' in request) throw tokenRequestNotValid('Rights come from grants, not from a scope.')
  const certificate = await certificateShown(act)
  if (assertion === undefined) {
    if (clientId === undefined) throw tokenRequestNotValid('The parameter client_id is missing.')
    if (certificate?.workloadId !== clientId) throw invalidClient()
    return give(act, { workloadId: certificate.workloadId, key: undefined, certificate })
  }
  if (request['client_assertion_type'] !== assertionType)
    throw tokenRequestNotValid('The parameter client_assertion_type is not the one of RFC 7523.')
  const workloadId = claimedBy(assertion as string)
  if (workloadId === undefined || !isId(workloadId)) throw invalidClient()
  // RFC 7523 §3: an identifier given beside the assertion must be the same.
  if (clientId !== undefined && clientId !== workloadId) throw invalidClient()
  const key = await provenBy(act, workloadId, assertion as string, audiences)
  const own = certificate?.workloadId === workloadId ? certificate : undefined
  return give(act, { workloadId, key, certificate: own })
}

/** The certificate the caller was known by, if it was by one. */
async function certificateShown({ actor, sql }: Act) {
  if (actor.kind !== 'workload' || actor.credentialId === undefined) return undefined
  return certificateBy(sql, actor.credentialId)
}

async function provenBy(
  act: Act,
  workloadId: string,
  assertion: string,
  audiences: readonly string[],
): Promise<WorkloadKey> {
  const expected = { clientId: workloadId, audiences, now: act.now }
  for (const key of await keysOf(act.sql, workloadId)) {
    if (key.revokedAt !== null || key.expiresAt <= act.now) continue
    const asserted = await verifyAssertion(assertion, key, expected)
    if (asserted === undefined) continue
    // RFC 7523 §3, item 7: shown twice, it is refused the second time.
    if ((await noteAssertion(act.sql, asserted.key, asserted.expiresAt, act.now)) === 0) break
    await setKeyUsed(act.sql, key.id, act.now)
    return key
  }
  throw invalidClient()
}

async function give(
  act: Act,
  by: {
    readonly workloadId: string
    readonly key: WorkloadKey | undefined
    readonly certificate: { readonly fingerprint: Buffer; readonly expiresAt: Date } | undefined
  },
): Promise<{ token: string; seconds: number }> {
  const { workloadId, key, certificate } = by
  const workload = await workloadOf(act.sql, workloadId)
  if (workload === undefined || workload.locked || workload.disabledAt !== null)
    throw invalidClient()
  const ends = [
    key?.expiresAt,
    certificate?.expiresAt,
    new Date(act.now.getTime() + tokenMinutes * minuteMs),
  ]
  const expiresAt = new Date(Math.min(...ends.map((end) => end?.getTime() ?? Infinity)))
  const id = newId()
  const token = newCredentialToken(workload.environment, id)
  await insertCredential(act.sql, {
    id,
    workloadId,
    label: key === undefined ? 'token by certificate' : `token by key ${key.label}`.slice(0, 100),
    tokenHash: tokenHash(token),
    createdAt: act.now,
    expiresAt,
    kind: 'token',
    keyId: key?.id ?? null,
    boundTo: certificate?.fingerprint ?? null,
    // Its key, or its certificate, says whose it is.
    madeBy: null,
  })
  act.tell({
    workloadId,
    credentialId: id,
    keyId: key?.id ?? null,
    bound: certificate !== undefined,
  })
  return { token, seconds: Math.floor((expiresAt.getTime() - act.now.getTime()) / 1000) }
}
