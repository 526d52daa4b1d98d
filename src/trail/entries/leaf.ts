/**
 * The leaf of an entry: what the Merkle tree binds, and what an outsider may read. It names no one.
 *
 * UTF-8 JSON, at most 1 KiB, already in the canonical form of RFC 8785 (JCS): no space, keys
 * ascending, and keys without a value left out.
 *
 * ```
 * act   action                    actor pseudonym of the actor        cat   mask of categories
 * code  the refusal's code        cred  pseudonym of the credential   grant pseudonym of the grant
 * id    the entry's UUID          kind  kind of actor                 log   the tree
 * n     {records, subjects}       out   done, refused, failed         pd    SHA-256 of the opened payload
 * pur   purpose, of acts done     sess  pseudonym of the session      set   SHA-256 of the packed set
 * src   pseudonym of the address  stm   SHA-256 of the statement      t     instant, RFC 3339, ms
 * v     1
 * ```
 *
 * A pseudonym is the first 16 bytes, in hex, of an HMAC under a key of the log's own ring: it
 * links the acts of one actor inside one tree, says nothing across trees, and dies with the ring.
 * The opened payload begins with 32 random bytes, so `pd` commits to it without helping to guess it.
 *
 * @module
 */
import { hash } from 'node:crypto'
import { Refusal, type Secrets } from '#kernel'
import type { EntryFacts } from './entry.ts'

/** Makes pseudonyms within one log's ring. */
export type Pseudonym = (
  use: 'actor' | 'session' | 'credential' | 'grant' | 'source',
  of: string,
) => string

/** Pseudonyms under the ring's key. Throws what {@link Secrets.macs} throws when the ring is gone. */
export function pseudonymsOf(secrets: Secrets, ring: string): Pseudonym {
  const mac = secrets.macs(ring)
  return (use, of) => mac(`trail.${use}`, of).slice(0, 32)
}

/** The keyed hash of an address, the same over all logs: incidents look sources up by it. */
export function sourceKeyOf(secrets: Secrets, address: string): Buffer {
  return secrets.mac('house', 'trail.source', address)
}

/** The leaf's bytes. `payloadDigest` is the SHA-256 of the opened payload, in hex. */
export function leafBody(facts: EntryFacts, payloadDigest: string, pseudonym: Pseudonym): Buffer {
  const { sessionId, credentialId, grantId, touched, statement } = facts
  return Buffer.from(
    JSON.stringify({
      act: facts.action,
      actor: pseudonym('actor', facts.actorId),
      cat: facts.categories,
      code: facts.code ?? undefined,
      cred: credentialId === null ? undefined : pseudonym('credential', credentialId),
      grant: grantId === null ? undefined : pseudonym('grant', grantId),
      id: facts.entryId,
      kind: facts.actorKind,
      log: facts.log,
      n: { records: facts.records, subjects: facts.subjects },
      out: facts.outcome,
      pd: payloadDigest,
      pur: facts.purpose ?? undefined,
      sess: sessionId === null ? undefined : pseudonym('session', sessionId),
      set: touched === null ? undefined : sha256(touched),
      src: pseudonym('source', facts.sourceKey.toString('hex')),
      stm: statement === null ? undefined : sha256(statement),
      t: facts.at.toISOString(),
      v: 1,
    }),
  )
}

/** SHA-256 in hex. As bytes it would be one more native object, which costs more than the hash. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}

/** Binds a sealed payload to its entry. */
export function payloadContext(entryId: string): readonly string[] {
  return ['trail.payload', entryId]
}

/** Whether the keyring says that it does not hold a ring, or holds it no more. */
export function isRingGone(error: unknown): boolean {
  return error instanceof Refusal && /^keys\.(?:unknown-ring|ring-destroyed)$/.test(error.code)
}

/** Whether a log has a ring still: without one nothing more is written into it. */
export function hasRing(secrets: Secrets, log: string): boolean {
  try {
    secrets.macs(log)
    return true
  } catch (error) {
    if (!isRingGone(error)) throw error
    return false
  }
}

/** Whether the keyring says that what was sealed can never be opened again. */
export function isShredded(error: unknown): boolean {
  return isRingGone(error) || (error instanceof Refusal && error.code === 'keys.key-destroyed')
}
