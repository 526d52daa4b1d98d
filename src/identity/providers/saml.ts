/*
 * What is asked of an assertion beside its signature. The library has verified that; what it lets pass
 * and the profile does not (SAML 2.0 profiles §4.1.4.2, §4.1.4.3) is refused here, over the signed
 * assertion alone: nothing outside of it is read.
 */

/** An assertion as the library parses it: elements are lists, `$` holds attributes, `_` the text. */
export interface SamlElement {
  readonly $?: Readonly<Record<string, string | undefined>>
  readonly _?: string
  readonly [child: string]: unknown
}

export interface SamlAssertion {
  readonly Assertion: SamlElement
}

export interface SamlExpected {
  readonly issuer: string
  readonly audience: string
  /** Address the answer had to be posted to. */
  readonly recipient: string
  readonly requestId: string
  readonly now: Date
  readonly skewMs: number
  readonly emailAttribute: string
  readonly groupClaim: string
}

const dsig = 'http://www.w3.org/2000/09/xmldsig#'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const allowed: ReadonlySet<string> = new Set([
  `${dsig}enveloped-signature`,
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  ...['rsa-sha256', 'rsa-sha384', 'rsa-sha512', 'sha384'].map((name) => more + name),
  ...['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'].map((name) => more + name),
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
])

/**
 * Whether a document names none but algorithms that hold (no SHA-1, no HMAC), one assertion at most, and
 * neither document type nor comments: what could be read in two ways is not read at all.
 */
export function algorithmsAllowed(xml: string): boolean {
  if (xml.includes('<!') || /<\?(?!xml )/.test(xml)) return false
  if ((xml.match(/<(?:[\w.-]+:)?(?:Encrypted)?Assertion[\s>/]/g) ?? []).length !== 1) return false
  const named = [...xml.matchAll(/\bAlgorithm\s*=\s*(?:"([^"]*)"|'([^']*)')/g)]
  return named.length > 0 && named.every(([, a, b]) => allowed.has(a ?? b ?? ''))
}

/** What a provider says of somebody, in the words of OpenID Connect, so that one set of terms fits both. */
export interface SamlClaims {
  readonly sub: string
  readonly [claim: string]: unknown
}

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const microsoftAmr = 'http://schemas.microsoft.com/claims/authnmethodsreferences'

/** @returns undefined where any part of the profile is missing or not what was asked for. */
export function saidBy(
  { Assertion: assertion }: SamlAssertion,
  expected: SamlExpected,
): SamlClaims | undefined {
  const subject = only(assertion, 'Subject')
  const conditions = only(assertion, 'Conditions')
  const statement = only(assertion, 'AuthnStatement')
  const nameId = subject && only(subject, 'NameID')
  if (only(assertion, 'Issuer')?._?.trim() !== expected.issuer) return undefined
  if (nameId?._ === undefined || conditions === undefined || statement === undefined)
    return undefined
  if (!childrenOf(subject!, 'SubjectConfirmation').some((one) => isForUs(one, expected)))
    return undefined
  if (!isInTime(conditions.$, expected) || !namesAudience(conditions, expected)) return undefined
  const until = instantOf(statement.$?.['SessionNotOnOrAfter'])
  if (until !== undefined && until <= expected.now.getTime()) return undefined
  const attributes = attributesOf(assertion)
  const isEmail = nameId.$?.['Format'] === emailFormat
  const email = attributes.get(expected.emailAttribute)?.[0] ?? (isEmail ? nameId._ : undefined)
  const at = instantOf(statement.$?.['AuthnInstant'])
  const context = only(statement, 'AuthnContext')
  const acr = context && only(context, 'AuthnContextClassRef')?._?.trim()
  return {
    sub: nameId._.trim(),
    // A provider that signs assertions vouches for what they say; there is no flag of its own for it.
    ...(email === undefined ? {} : { email, email_verified: true }),
    name: (attributes.get('name') ?? attributes.get('displayName'))?.[0],
    [expected.groupClaim]: attributes.get(expected.groupClaim) ?? [],
    amr: [...(attributes.get('amr') ?? []), ...(attributes.get(microsoftAmr) ?? [])],
    ...(acr === undefined ? {} : { acr }),
    ...(at === undefined ? {} : { auth_time: Math.floor(at / 1000) }),
  }
}

/** A bearer's confirmation must say whom it is for, until when, and what it answers (§4.1.4.2). */
function isForUs(
  confirmation: SamlElement,
  { recipient, requestId, now, skewMs }: SamlExpected,
): boolean {
  const data = only(confirmation, 'SubjectConfirmationData')?.$
  const until = instantOf(data?.['NotOnOrAfter'])
  return (
    confirmation.$?.['Method'] === bearer &&
    data?.['Recipient'] === recipient &&
    data['InResponseTo'] === requestId &&
    data['NotBefore'] === undefined &&
    until !== undefined &&
    now.getTime() - skewMs < until
  )
}

function isInTime(conditions: SamlElement['$'], { now, skewMs }: SamlExpected): boolean {
  const [from, until] = [conditions?.['NotBefore'], conditions?.['NotOnOrAfter']].map(instantOf)
  return (
    (from === undefined || from <= now.getTime() + skewMs) &&
    (until === undefined || now.getTime() - skewMs < until)
  )
}

/** Every restriction must name us; without one the assertion is for anybody (§4.1.4.2). */
function namesAudience(conditions: SamlElement, { audience }: SamlExpected): boolean {
  const restrictions = childrenOf(conditions, 'AudienceRestriction')
  const isNamed = (one: SamlElement) =>
    childrenOf(one, 'Audience').some(({ _ }) => _?.trim() === audience)
  return restrictions.length > 0 && restrictions.every(isNamed)
}

function attributesOf(assertion: SamlElement): ReadonlyMap<string, readonly string[]> {
  const all = childrenOf(assertion, 'AttributeStatement').flatMap((each) =>
    childrenOf(each, 'Attribute'),
  )
  return new Map(
    all.map((attribute) => [
      attribute.$?.['Name'] ?? '',
      childrenOf(attribute, 'AttributeValue').flatMap(({ _ }) =>
        _ === undefined ? [] : [_.trim()],
      ),
    ]),
  )
}

function childrenOf(element: SamlElement, name: string): readonly SamlElement[] {
  const children = element[name]
  if (!Array.isArray(children)) return []
  return children.map((one) => (typeof one === 'string' ? { _: one } : (one as SamlElement)))
}

function only(element: SamlElement, name: string): SamlElement | undefined {
  const children = childrenOf(element, name)
  return children.length === 1 ? children[0] : undefined
}

function instantOf(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
