import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, decodeJwt, importJWK, type JWK, jwtVerify } from 'jose'

import { keyNotValid } from '../refusals.ts'

/** An assertion is for one exchange: it ends at most so long after it is shown. */
const longestSeconds = 300

/** Clocks of workloads may differ from ours by so much. */
const skewSeconds = 30

/** What an assertion may be signed with, one for each kind of key. */
export type KeyAlgorithm = 'EdDSA' | 'ES256' | 'PS256'

/** The public key of a JWK that is strong enough, by the one algorithm it may sign with (RFC 8725 §3.1). */
export interface PublicKey {
  readonly jwk: JWK
  readonly algorithm: KeyAlgorithm
  readonly thumbprint: string
}

/**
 * Reads a public JWK: Ed25519, P-256, or RSA of 2048 to 8192 bits.
 *
 * @throws {Refusal} `identity.key-not-valid`, also for one that holds its private half.
 */
export async function readPublicKey(given: Readonly<Record<string, unknown>>): Promise<PublicKey> {
  const { kty, crv, x, y, n, e } = given
  if ('d' in given || 'k' in given)
    throw keyNotValid('It holds a private key: keep that to the workload.')
  const known =
    kty === 'OKP' && crv === 'Ed25519'
      ? ({ algorithm: 'EdDSA', jwk: { kty, crv, x } } as const)
      : kty === 'EC' && crv === 'P-256'
        ? ({ algorithm: 'ES256', jwk: { kty, crv, x, y } } as const)
        : kty === 'RSA'
          ? ({ algorithm: 'PS256', jwk: { kty, n, e } } as const)
          : undefined
  if (known === undefined) throw keyNotValid('Ed25519, P-256 and RSA keys are taken.')
  const jwk = known.jwk as JWK
  const bits = Buffer.from(typeof n === 'string' ? n : '', 'base64url').length * 8
  if (known.algorithm === 'PS256' && (bits < 2048 || bits > 8192))
    throw keyNotValid('An RSA key has 2048 to 8192 bits.')
  try {
    await importJWK(jwk, known.algorithm)
    return { jwk, algorithm: known.algorithm, thumbprint: await calculateJwkThumbprint(jwk) }
  } catch {
    throw keyNotValid('It cannot be read.')
  }
}

/** Whose assertion this claims to be, before anything of it is believed. */
export function claimedBy(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

/** What a good assertion says, of what has to be kept. */
export interface Asserted {
  /** SHA-256 of issuer and `jti`. */
  readonly key: Buffer
  /** From then on it could not be shown again anyway. */
  readonly expiresAt: Date
}

/**
 * Whether an assertion is one of this client's, signed by this key, for us, now: RFC 7523 §3 with each
 * optional bound taken. Its audience is one value, so that it is good nowhere else.
 */
export async function verifyAssertion(
  assertion: string,
  key: Pick<PublicKey, 'jwk' | 'algorithm'>,
  expected: {
    readonly clientId: string
    readonly audiences: readonly string[]
    readonly now: Date
  },
): Promise<Asserted | undefined> {
  const { clientId, audiences, now } = expected
  try {
    const { payload } = await jwtVerify(assertion, await importJWK(key.jwk, key.algorithm), {
      algorithms: key.algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [key.algorithm],
      issuer: clientId,
      subject: clientId,
      audience: [...audiences],
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
      clockTolerance: skewSeconds,
      currentDate: now,
    })
    const { exp = 0, iat, aud, jti } = payload
    const seconds = now.getTime() / 1000
    if (typeof aud !== 'string' && aud?.length !== 1) return undefined
    if (exp > seconds + longestSeconds + skewSeconds) return undefined
    if (iat !== undefined && iat > seconds + skewSeconds) return undefined
    if (typeof jti !== 'string' || jti.length === 0) return undefined
    const hash = createHash('sha256')
      .update(JSON.stringify([clientId, jti]))
      .digest()
    return { key: hash, expiresAt: new Date((exp + 2 * skewSeconds) * 1000) }
  } catch {
    return undefined
  }
}
