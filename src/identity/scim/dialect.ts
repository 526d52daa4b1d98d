import type { Dialect } from '#kernel'
import { errorMessage } from './schema.ts'

/** The standard's words for refusals that other doors know as well. */
const scimTypes: Readonly<Record<string, string>> = {
  'gate.invalid-request': 'invalidSyntax',
  'identity.email-not-valid': 'invalidValue',
  'identity.email-taken': 'uniqueness',
  'identity.name-not-valid': 'invalidValue',
}

/**
 * How SCIM speaks HTTP: its media type (RFC 7644 §3.1) and its shape of a no (§3.12). Our own code
 * stands beside: it is what says the same at every door.
 */
export const scimDialect: Dialect = {
  prefix: '/scim/v2/',
  mediaType: 'application/scim+json',
  refusal({ code, status, message, facts }) {
    const said = facts?.['scimType'] ?? scimTypes[code]
    // The standard knows no 422 (§3.12, table 8).
    const answered = status === 422 ? 400 : status
    const body = {
      schemas: [errorMessage],
      status: String(answered),
      ...(typeof said === 'string' && (answered === 400 || answered === 409)
        ? { scimType: said }
        : {}),
      detail: message,
      code,
    }
    return { status: answered, body }
  },
}
