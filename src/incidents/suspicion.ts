import type { ActorKind } from '#kernel'

/**
 * Whom an incident is about. With session or address it means that one session: of a person by its
 * id, of a workload by credential and address. Without, it means everything the actor did, or all
 * that was done with the credential.
 */
export interface Suspicion {
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly credentialId: string | null
  readonly sessionId: string | null
  readonly sourceKey: Buffer | null
  /** Evidence lies in this very session, or a person has confirmed it. */
  readonly certain: boolean
}

/** What of an entry tells whose it is. */
export interface Authored {
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly credentialId: string | null
  readonly sessionId: string | null
  readonly sourceKey: Buffer
}

/** Whether an entry belongs to the suspect at all: to its credential, or to a person's account. */
export function belongs(suspicion: Suspicion, entry: Authored): boolean {
  return (
    entry.actorKind === suspicion.actorKind &&
    entry.actorId === suspicion.actorId &&
    (suspicion.credentialId === null || entry.credentialId === suspicion.credentialId)
  )
}

/** Whether an entry lies in the very session that is suspected, so that it is certainly the attacker's. */
export function inSession(suspicion: Suspicion, entry: Authored): boolean {
  if (!suspicion.certain || !belongs(suspicion, entry)) return false
  // A person's session is one whatever address it roams to; a workload has no other session than this.
  if (suspicion.sessionId !== null) return entry.sessionId === suspicion.sessionId
  return suspicion.sourceKey === null || entry.sourceKey.equals(suspicion.sourceKey)
}

/** Whether an entry comes of what a cut ends for good: that very credential, or that very session. */
export const outlasts = (suspicion: Suspicion, entry: Authored): boolean =>
  suspicion.credentialId === null
    ? suspicion.sessionId !== null && inSession(suspicion, entry)
    : belongs(suspicion, entry)
