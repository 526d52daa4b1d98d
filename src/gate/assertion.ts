import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { Actor } from '#kernel'

/** The header that tells the application behind the door who is asking. */
export const assertionHeader = 'holdfast-assertion'
/** Long enough for one request, too short to be worth stealing. */
export const assertionSeconds = 60

/** An Ed25519 key that signs assertions, with its public half as a JWK. */
export interface AssertionKey {
  readonly privateKey: KeyObject
  readonly jwk: AssertionJwk
}

export interface AssertionJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
}

/** Prepares an Ed25519 private key. Its key id is the RFC 7638 thumbprint, so it needs no register. */
export function assertionKeyOf(privateKey: KeyObject): AssertionKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (privateKey.asymmetricKeyType !== 'ed25519' || x === undefined) {
    throw new TypeError('an assertion key is an Ed25519 key')
  }
  const members = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })
  const kid = createHash('sha256').update(members).digest('base64url')
  return { privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' } }
}

/**
 * Says who asks, for one upstream and one minute: a JWS in compact form (RFC 7515, RFC 8037) over
 * `iss` our public URL, `aud` the upstream's origin, `sub` the actor's id, `kind`, `aal` the
 * assurance 1 or 2, `sid` session or credential, `iat`, `exp`. It names no one.
 */
export function assertActor(
  { privateKey, jwk }: AssertionKey,
  claims: { readonly issuer: string; readonly audience: string; readonly actor: Actor },
  now: Date,
): string {
  const { issuer, audience, actor } = claims
  const issuedAt = Math.floor(now.getTime() / 1000)
  const payload = {
    iss: issuer,
    aud: audience,
    sub: actor.id,
    kind: actor.kind,
    aal: actor.assurance,
    sid: actor.sessionId ?? actor.credentialId,
    iat: issuedAt,
    exp: issuedAt + assertionSeconds,
  }
  const signed = `${part({ alg: 'EdDSA', typ: 'JWT', kid: jwk.kid })}.${part(payload)}`
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
