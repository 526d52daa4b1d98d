import type { Assurance } from '#kernel'

/** How an identity provider is trusted. */
export interface ProviderTerms {
  readonly name: string
  /** Its issuer identifier, an https URL. */
  readonly issuer: string
  readonly clientId: string
  /** Values of `amr` (RFC 8176) and `acr` that tell of a second factor. */
  readonly strongAmr: readonly string[]
  readonly strongAcr: readonly string[]
  /** The claim that lists a person's groups. */
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

/** Roles that the groups a provider names bring, each once. */
export function rolesOf(
  { groupClaim, groupRoles }: Pick<ProviderTerms, 'groupClaim' | 'groupRoles'>,
  claims: { readonly [claim: string]: unknown },
): string[] {
  const groups = textsOf(claims[groupClaim])
  return [
    ...new Set(
      groups.flatMap((group) => (Object.hasOwn(groupRoles, group) ? groupRoles[group]! : [])),
    ),
  ]
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/**
 * An issuer as OpenID Connect Core §1.2 wants it: https, without query and fragment. Plain http only on
 * this machine, for a house that is not in production.
 */
export function isIssuer(text: string, isProduction: boolean): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username, password } = new URL(text)
  if (search !== '' || hash !== '' || username !== '' || password !== '') return false
  if (protocol === 'https:') return true
  return (
    protocol === 'http:' && !isProduction && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  )
}
