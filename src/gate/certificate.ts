import { dayMs } from '#ground'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { familyOf } from './address.ts'
import { permitOnly } from './name-constraints.ts'
import {
  certificateExpired,
  certificateKeyMismatch,
  certificateNotYetValid,
  certificateUnreadable,
} from './refusals.ts'

/** A certificate and its private key, both PEM (PKCS#8 for the key). */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** Below this many days of life a certificate of our own is replaced. */
export const renewBelowDays = 30
/** Life of a certificate of our own. */
export const certificateDays = 90

/** What the listener shows its callers. */
export interface Certificates {
  /** PEM, leaf first. */
  readonly cert: string
  readonly key: string
  /** PEM of what a client must trust: our own authority, or the given chain itself. */
  readonly ca: string
  readonly notAfter: Date
  /** Made by our own local authority, not given by the operator. */
  readonly own: boolean
}

/** The names a server certificate of ours carries: loopback, and how the outside reaches us. */
export function hostsOf(publicUrl: string): string[] {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  return [...new Set([host, 'localhost', '127.0.0.1', '::1'])]
}

/**
 * Whether an authority of ours may go on signing: key and certificate belong together (a crash may
 * leave one of two), its constraints are exactly `hosts`, and it outlives what it would sign.
 */
export function maySign(authority: Pair, hosts: readonly string[], now: Date): boolean {
  const certificate = new X509Certificate(authority.cert)
  return (
    certificate.checkPrivateKey(createPrivateKey(authority.key)) &&
    certificate.raw.includes(permitOnly(hosts)) &&
    certificate.validToDate.getTime() - now.getTime() > certificateDays * dayMs
  )
}

/** Whether a certificate of our own still serves: for every host, signed by this authority, with enough life left. */
export function stillServes(
  pair: Pair,
  authority: Pair,
  hosts: readonly string[],
  now: Date,
): boolean {
  const leaf = new X509Certificate(pair.cert)
  const issuer = new X509Certificate(authority.cert)
  return (
    leaf.validToDate.getTime() - now.getTime() >= renewBelowDays * dayMs &&
    leaf.validFromDate <= now &&
    leaf.checkIssued(issuer) &&
    leaf.verify(issuer.publicKey) &&
    leaf.checkPrivateKey(createPrivateKey(pair.key)) &&
    hosts.every((host) => names(leaf, host))
  )
}

function names(leaf: X509Certificate, host: string): boolean {
  return (familyOf(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined
}

/**
 * Takes certificate and key as the operator gave them.
 *
 * @throws {Refusal} `gate.certificate-unreadable`, `gate.certificate-key-mismatch`,
 * `gate.certificate-expired`, `gate.certificate-not-yet-valid`: the server must not start on them.
 */
export function takeGiven(given: Pair, now: Date): Certificates {
  const { leaf, key } = read(given)
  if (!leaf.checkPrivateKey(key)) throw certificateKeyMismatch()
  const notAfter = leaf.validToDate
  if (notAfter <= now) throw certificateExpired(notAfter)
  if (leaf.validFromDate > now) throw certificateNotYetValid(leaf.validFromDate)
  return { ...given, ca: given.cert, notAfter, own: false }
}

function read(given: Pair) {
  try {
    return { leaf: new X509Certificate(given.cert), key: createPrivateKey(given.key) }
  } catch (cause) {
    throw certificateUnreadable(cause instanceof Error ? cause.message : 'not PEM')
  }
}
