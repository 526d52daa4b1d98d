import { randomBytes } from 'node:crypto'
import type { SAML } from '@node-saml/node-saml'
import {
  algorithmsAllowed,
  type SamlAssertion,
  saidBy,
  type SamlExpected,
} from '../providers/saml.ts'

/** What is needed to speak with a SAML provider. */
export interface SamlParty {
  /** Its entity id. */
  readonly issuer: string
  /** Ours: the audience of its assertions. */
  readonly clientId: string
  /** Where sign-in begins there (HTTP-Redirect binding). */
  readonly entryPoint: string
  /** PEM, one or several: while the provider turns its key, both count. */
  readonly certificates: string
  /** Where it has the browser post its answer. */
  readonly answerUrl: string
}

/** What the answer is held against. Secret until the browser comes back. */
export interface SamlChecks {
  readonly state: string
  readonly requestId: string
  readonly isAnew?: boolean
}

const skewMs = 60_000

/** The optional package; undefined where it was not installed. */
export async function samlPackage() {
  try {
    return await import('@node-saml/node-saml')
  } catch {
    return undefined
  }
}

/** Certificates of a PEM text, one by one. */
const pemsIn = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []

async function speaker(
  party: SamlParty,
  checks: SamlChecks,
  strong: readonly string[],
): Promise<SAML | undefined> {
  const found = await samlPackage()
  if (found === undefined) return undefined
  const { SAML: Speaker, ValidateInResponseTo } = found
  const asked = async (id: string) => (id === checks.requestId ? new Date().toISOString() : null)
  return new Speaker({
    issuer: party.clientId,
    audience: party.clientId,
    callbackUrl: party.answerUrl,
    entryPoint: party.entryPoint,
    idpIssuer: party.issuer,
    idpCert: pemsIn(party.certificates),
    wantAssertionsSigned: true,
    // The assertion is what is believed; a signature around it is checked by the library where there is one.
    wantAuthnResponseSigned: false,
    validateInResponseTo: ValidateInResponseTo.always,
    // One request alone was sent: it is known by what this browser's attempt was kept with.
    generateUniqueId: () => checks.requestId,
    cacheProvider: {
      saveAsync: async (value) => ({ value, createdAt: Date.now() }),
      getAsync: asked,
      removeAsync: async (key) => key,
    },
    acceptedClockSkewMs: skewMs,
    identifierFormat: null,
    disableRequestedAuthnContext: strong.length === 0,
    authnContext: [...strong],
    forceAuthn: checks.isAnew === true,
  })
}

/**
 * Where to send the browser: a request of ours by the HTTP-Redirect binding (SAML 2.0 profiles §4.1).
 *
 * @param anew - where the provider is to have both factors shown anew, with the contexts to ask for.
 * @returns undefined where the package is not installed.
 */
export async function samlDeparture(
  party: SamlParty,
  anew: { readonly acr: readonly string[] } | undefined,
): Promise<{ readonly url: string; readonly checks: SamlChecks } | undefined> {
  const checks = {
    state: randomBytes(32).toString('base64url'),
    requestId: `_${randomBytes(20).toString('hex')}`,
    isAnew: anew !== undefined,
  }
  const saml = await speaker(party, checks, anew?.acr ?? [])
  if (saml === undefined) return undefined
  return { url: await saml.getAuthorizeUrlAsync(checks.state, undefined, {}), checks }
}

/**
 * What the provider says of who came back.
 *
 * @param answer - the SAMLResponse as the browser posted it, base64.
 * @returns undefined for whatever does not hold: to us they are one no.
 */
export async function samlArrival(
  party: SamlParty,
  answer: string,
  checks: SamlChecks,
  terms: Pick<SamlExpected, 'emailAttribute' | 'groupClaim' | 'now'>,
) {
  try {
    const xml = Buffer.from(answer, 'base64').toString('utf8')
    if (!algorithmsAllowed(xml)) return undefined
    const saml = await speaker(party, checks, [])
    const profile = (await saml?.validatePostResponseAsync({ SAMLResponse: answer }))?.profile
    const assertion = profile?.getAssertion?.()
    if (assertion === undefined) return undefined
    const { issuer, clientId: audience, answerUrl: recipient } = party
    const { requestId } = checks
    const expected = { ...terms, issuer, audience, recipient, requestId, skewMs }
    return saidBy(assertion as unknown as SamlAssertion, expected)
  } catch {
    return undefined
  }
}
