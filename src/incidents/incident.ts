import type { ActorKind } from '#kernel'
import { digestOf } from './canonical.ts'

export type IncidentState = 'reported' | 'assessing' | 'contained' | 'notified' | 'closed'
export type IncidentSeverity = 'certain' | 'high' | 'medium' | 'low'
/** What opened it: a finding of the watch, a person with an account, anybody, another tool. */
export type Origin = 'finding' | 'person' | 'public' | 'alert'

export interface Incident {
  readonly incidentId: string
  readonly number: number
  readonly openedAt: Date
  readonly title: string
  readonly state: IncidentState
  readonly severity: IncidentSeverity
  readonly origin: Origin
  /** Concerns only what the house made for a drill or a check; nothing of it is sent out. */
  readonly synthetic: boolean
  /** The respondent has something left to do by itself. */
  readonly due: boolean
  readonly containedAt: Date | null
  readonly closedAt: Date | null
}

/** `INC-7`, as people call it. */
export const callName = ({ number }: Pick<Incident, 'number'>): string => `INC-${number}`

/** One line of the timeline. */
export interface IncidentEvent {
  readonly eventId: string
  readonly at: Date
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly kind: string
  readonly sentence: string
  readonly facts: Readonly<Record<string, unknown>>
  /** Text of a person or of another tool. */
  readonly sealed: Buffer | null
}

/** Somebody who can be cut off. */
export interface Culprit {
  readonly kind: 'person' | 'workload'
  readonly id: string
}

export type StepName = 'snapshot' | 'probe-before' | 'cut' | 'probe-after'

/** One step of a cut. A step that did not hold says so, loudly. */
export interface Step {
  readonly step: StepName
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly seconds: number
  readonly held: boolean
  readonly sentence: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** Something secured before the cut. */
export interface Evidence {
  readonly evidenceId: string
  readonly at: Date
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
  /** SHA-256 over the canonical JSON of the body. */
  readonly digest: Buffer
}

/** Whether a piece of evidence is still what was secured. */
export const isIntact = ({ body, digest }: Pick<Evidence, 'body' | 'digest'>): boolean =>
  digestOf(body).equals(digest)
