import { X509Certificate } from 'node:crypto'
import { hourMs } from '#ground'
import type { Assurance } from '#kernel'
import { absoluteHours } from '../sessions/session.ts'

/** How an identity provider is trusted. */
export interface ProviderTerms {
  readonly kind: 'oidc' | 'saml'
  readonly name: string
  /** Its issuer identifier, an https URL; of SAML its entity id. */
  readonly issuer: string
  /** What it calls us; of SAML our entity id. */
  readonly clientId: string
  /** Of SAML: where sign-in begins there, its certificates (PEM), and the attribute that holds the address. */
  readonly entryPoint: string | null
  readonly certificates: string | null
  readonly emailAttribute: string | null
  /** Values of `amr` (RFC 8176) and `acr` that tell of a second factor. */
  readonly strongAmr: readonly string[]
  readonly strongAcr: readonly string[]
  /** The claim, or attribute, that lists a person's groups. */
  readonly groupClaim: string
  /** Roles by the provider's name of a group. */
  readonly groupRoles: Readonly<Record<string, readonly string[]>>
  /** Whether an account here with the same address, verified there, is taken for the same person. */
  readonly linksByEmail: boolean
  /** Whether somebody unknown here gets an account. */
  readonly makesAccounts: boolean
}

/**
 * How well a sign-in at a provider proves its person here: 2 only where the provider said so in words
 * this house was told to believe (RFC 8176 §2; OpenID Connect Core §2, `acr`, `amr`).
 */
export function assuranceOf(
  { strongAmr, strongAcr }: Pick<ProviderTerms, 'strongAmr' | 'strongAcr'>,
  claims: { readonly [claim: string]: unknown },
): Extract<Assurance, 1 | 2> {
  const amr = textsOf(claims['amr'])
  const acr = claims['acr']
  const isStrong =
    amr.some((one) => strongAmr.includes(one)) ||
    (typeof acr === 'string' && strongAcr.includes(acr))
  return isStrong ? 2 : 1
}

/**
 * When a person showed both factors at a provider: what `auth_time` says, for a sign-in there may be
 * hours old. Without it, this moment where they were asked for anew, else nobody knows: what wants a
 * factor shown just now then wants it shown here (ASVS 6.8.4).
 */
export function shownAt(
  claims: { readonly [claim: string]: unknown },
  { isAnew, now }: { readonly isAnew: boolean; readonly now: Date },
): Date | null {
  const at = claims['auth_time']
  if (typeof at === 'number') return new Date(Math.min(at * 1000, now.getTime()))
  return isAnew ? now : null
}

/** Whether somebody signed in at a provider so long ago that a session of ours would have ended since. */
export function isStale(claims: { readonly [claim: string]: unknown }, now: Date): boolean {
  const at = claims['auth_time']
  return typeof at === 'number' && at * 1000 < now.getTime() - absoluteHours * hourMs
}

/** Roles that the groups a provider names bring, each once. */
export const rolesOf = (
  { groupClaim, groupRoles }: Pick<ProviderTerms, 'groupClaim' | 'groupRoles'>,
  claims: { readonly [claim: string]: unknown },
): string[] => rolesFor(groupRoles, textsOf(claims[groupClaim]))

/** The one place where groups become roles, whoever names the groups. */
export const rolesFor = (
  groupRoles: ProviderTerms['groupRoles'],
  groups: readonly string[],
): string[] => [
  ...new Set(
    groups.flatMap((group) => (Object.hasOwn(groupRoles, group) ? groupRoles[group]! : [])),
  ),
]

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/**
 * An issuer as OpenID Connect Core §1.2 wants it: https, without query and fragment. Plain http only on
 * this machine, for a house that is not in production.
 */
export const isIssuer = (text: string, isProduction: boolean): boolean =>
  isEntry(text, isProduction) && new URL(text).search === ''

/** As {@link isIssuer}, with a query where there is one. */
export function isEntry(text: string, isProduction: boolean): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, hash, username, password } = new URL(text)
  if (hash !== '' || username !== '' || password !== '') return false
  if (protocol === 'https:') return true
  return (
    protocol === 'http:' && !isProduction && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  )
}

/** Whether a text is certificates, one or several, and nothing else (PEM). */
export function areCertificates(text: string): boolean {
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
  const found = text.match(pem) ?? []
  return found.length > 0 && text.replace(pem, '').trim() === '' && found.every(isCertificate)
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey.type === 'public'
  } catch {
    return false
  }
}
