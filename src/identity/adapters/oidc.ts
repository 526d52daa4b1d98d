import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { fetchOpen } from '#ground'
import { absoluteHours } from '../sessions/session.ts'

/** What is needed to speak with an identity provider. */
export interface Party {
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client, which proves itself by PKCE alone. */
  readonly clientSecret: string | undefined
  readonly redirectUri: string
  /** Hosts of private networks that the operator has opened. */
  readonly opened: readonly string[]
}

/** What the answer is held against. Secret until the browser comes back. */
export interface Checks {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** Whether both factors were asked for anew. */
  readonly isAnew?: boolean
}

/** What a provider says of somebody, as far as it matters here. Its signature, issuer, audience, nonce and times hold. */
export interface Claims {
  readonly sub: string
  readonly [claim: string]: unknown
}

const timeoutSeconds = 10
const keptForMs = 600_000
const kept = new Map<string, { readonly at: number; readonly config: Promise<Configuration> }>()

/** The provider's own description of itself (OpenID Connect Discovery §4), kept for ten minutes. */
async function configurationOf(party: Party): Promise<Configuration> {
  const name = JSON.stringify([party.issuer, party.clientId, party.clientSecret ?? null])
  const before = kept.get(name)
  if (before !== undefined && performance.now() - before.at < keptForMs) return before.config
  const config = discovery(
    new URL(party.issuer),
    party.clientId,
    undefined,
    party.clientSecret === undefined ? None() : ClientSecretBasic(party.clientSecret),
    {
      timeout: timeoutSeconds,
      // Whoever may trust a provider types its address in, and the description it gives names more of them.
      [customFetch]: fetchOpen(party.opened),
      // The signature of an ID token is held against the provider's published keys, though it came over
      // TLS from the provider itself (ASVS 6.8.2; OpenID Connect Core §3.1.3.7 would let us trust that).
      execute: [
        enableNonRepudiationChecks,
        ...(party.issuer.startsWith('http:') ? [allowInsecureRequests] : []),
      ],
    },
  )
  kept.set(name, { at: performance.now(), config })
  config.catch(() => kept.delete(name))
  return config
}

/**
 * Where to send the browser: authorization code flow with PKCE, state and nonce (RFC 9700 §2.1.1).
 *
 * @param anew - where the provider is to have a second factor shown anew, with the acr values to ask for.
 */
export async function departure(
  party: Party,
  anew: { readonly acr: readonly string[] } | undefined,
): Promise<{ readonly url: string; readonly checks: Checks }> {
  const config = await configurationOf(party)
  const checks = {
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    isAnew: anew !== undefined,
  }
  const url = buildAuthorizationUrl(config, {
    redirect_uri: party.redirectUri,
    scope: 'openid email profile',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    // Asked for, a provider must say in `auth_time` when (OpenID Connect Core §3.1.2.1).
    max_age: String(absoluteHours * 3600),
    ...(anew === undefined ? {} : { prompt: 'login' }),
    ...(anew === undefined || anew.acr.length === 0 ? {} : { acr_values: anew.acr.join(' ') }),
  })
  return { url: url.href, checks }
}

/**
 * What the provider says of who came back.
 *
 * @param query - the whole query the browser came back with; its `iss` is held against the provider's
 *   (RFC 9207), so that the answer of another is not taken for this one's.
 * @returns undefined for whatever does not hold: the library throws on each, and to us they are one no.
 */
export async function arrival(
  party: Party,
  query: string,
  { state, nonce, verifier }: Checks,
): Promise<Claims | undefined> {
  try {
    const config = await configurationOf(party)
    const back = new URL(party.redirectUri)
    back.search = query
    const tokens = await authorizationCodeGrant(config, back, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    return tokens.claims()
  } catch {
    return undefined
  }
}
