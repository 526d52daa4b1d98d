import type { ActorKind } from '#kernel'

/**
 * How sure a rule is. `certain`: nobody with business there could have done it. `high`: far outside
 * the habit. `medium`: worth a look. Certain and high ones open an incident.
 */
export type Severity = 'certain' | 'high' | 'medium'

/** `open` until a person dismisses it or an incident takes it up; `closed` with that incident. */
export type FindingState = 'open' | 'dismissed' | 'incident' | 'closed'

/** Whose act an entry records, and by what proof. A workload's habit is its credential's. */
export interface Suspect {
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly credentialId: string | null
}

/** One session of a suspect: a person's by its id, a workload's by credential and address. */
export interface Trace {
  readonly credentialId: string | null
  readonly sessionId: string | null
  /** Keyed hash of the address. */
  readonly sourceKey: Buffer
  readonly firstAt: Date
  readonly lastAt: Date
  readonly firstPosition: number
  readonly lastPosition: number
  readonly entries: number
}

/** What a rule saw in one batch of entries. Ids and numbers only, no personal data. */
export interface Sighting extends Suspect {
  readonly rule: 'canary' | 'volume' | 'refused-burst' | 'unrecorded' | 'break-glass' | 'recovery'
  readonly severity: Severity
  readonly controllerId: string | null
  /** One sentence with its numbers; ids stand in it as they are. */
  readonly sentence: string
  readonly facts: Readonly<Record<string, unknown>>
  /** The number the sentence turns on: of one living finding the sentence with the largest stands. */
  readonly weight: number
  /** Start of the hour that was counted; null where each entry is news of its own. */
  readonly hour: Date | null
  /** The sessions the evidence lies in, at least one. */
  readonly traces: readonly Trace[]
}

/** A sighting kept: one for a rule and a suspect while it lives. */
export interface Finding extends Omit<Sighting, 'traces' | 'weight' | 'hour'> {
  readonly findingId: string
  readonly at: Date
  readonly sessionId: string | null
  readonly sourceKey: Buffer
  readonly firstAt: Date
  readonly lastAt: Date
  readonly firstPosition: number
  readonly lastPosition: number
  readonly state: FindingState
  readonly settledAt: Date | null
  /** Sealed. */
  readonly settledReason: Buffer | null
  /** Made by a check of ours with a canary workload. */
  readonly probe: boolean
}

/** Who to hold an entry against: nobody known is told apart by the address, hashed and shortened. */
export const suspectOf = (entry: Suspect & { readonly sourceKey: Buffer }): Suspect => ({
  actorKind: entry.actorKind,
  actorId:
    entry.actorKind === 'anonymous' ? entry.sourceKey.toString('hex').slice(0, 16) : entry.actorId,
  credentialId: entry.credentialId,
})

/** `Workload 0193…` with the actor's id, as sentences begin. */
export function named({ actorKind, actorId }: Suspect): string {
  if (actorKind === 'anonymous') return `Address ${actorId}`
  const kind = actorKind[0]!.toUpperCase() + actorKind.slice(1)
  return actorKind === actorId ? kind : `${kind} ${actorId}`
}

export const suspectKey = ({ actorKind, actorId, credentialId }: Suspect): string =>
  `${actorKind} ${actorId} ${credentialId ?? ''}`

/** A count with its noun: `1 subject`, `412 subjects`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-GB')} ${noun}${count === 1 ? '' : 's'}`
