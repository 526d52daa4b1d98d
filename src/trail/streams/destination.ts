import type { StreamKind } from './stream.ts'
import { destinationMalformed } from '../refusals.ts'

/**
 * Reads an address: `https://host[:port]/path` for OTLP and webhooks, `tls://host[:port]` for syslog.
 * Nothing secret may stand in it, since it is shown and told: no user, no query.
 *
 * @throws {Refusal} `trail.destination-malformed`.
 */
export function readAddress(kind: StreamKind, given: string): string {
  const protocol = kind === 'syslog' ? 'tls:' : 'https:'
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isBare =
    url !== undefined &&
    url.username === '' &&
    url.password === '' &&
    !/[?#]/.test(given) &&
    url.hostname !== '' &&
    (kind !== 'syslog' || url.pathname === '' || url.pathname === '/')
  if (!isBare || url.protocol !== protocol)
    throw destinationMalformed(kind === 'syslog' ? 'tls://host:6514' : 'https://host/path')
  return url.href
}

/**
 * Looks whether a text is one or more certificates.
 *
 * @throws {Refusal} `trail.destination-malformed`.
 */
export function readAuthorities(given: string): string {
  const pem = /^(?:-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/
  if (!pem.test(given.trim())) throw destinationMalformed('certificates as PEM')
  return given.trim()
}
