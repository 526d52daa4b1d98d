/** Who acts: a person, a workload, the house itself (jobs), an operator on the host, or nobody known. */
export type ActorKind = 'person' | 'workload' | 'house' | 'operator' | 'anonymous'

/**
 * How well the actor is proven in this session: 0 not at all, 1 one factor or a workload's
 * credential, 2 a second factor in *this* session (NIST 800-63B AAL2).
 */
export type Assurance = 0 | 1 | 2

/**
 * A right: actions, confined to controllers, categories and purposes. `null` means all.
 * An action pattern is an action's name, or a prefix ending in `.*` (`vault.*`).
 */
export interface Grant {
  readonly id: string
  readonly actions: readonly string[]
  readonly controllers: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly purposes: readonly string[] | null
}

export interface Actor {
  /** UUID of the person or workload; the actor kind's own name for house, operator and anonymous. */
  readonly id: string
  readonly kind: ActorKind
  readonly assurance: Assurance
  readonly grants: readonly Grant[]
  /** A name for people to read. It goes only into sealed payloads, never into a leaf or a log line. */
  readonly label: string
  readonly sessionId?: string
  /** When this session last showed a second factor. */
  readonly provenAt?: Date
  readonly credentialId?: string
  /** Controllers that are locked now: nothing is asked for them, whatever is granted. */
  readonly closed?: readonly string[]
}

/** The house itself: scheduled jobs and loops. */
export const house: Actor = {
  id: 'house',
  kind: 'house',
  assurance: 2,
  grants: [{ id: 'house', actions: ['*'], controllers: null, categories: null, purposes: null }],
  label: 'Holdfast itself',
}

/** A caller who has shown nothing. */
export const anonymous: Actor = {
  id: 'anonymous',
  kind: 'anonymous',
  assurance: 0,
  grants: [],
  label: 'nobody known',
}

/** Where a request came from. Personal data: it reaches the trail only sealed or as a keyed hash. */
export interface Source {
  /** IP address as text, or `job`, `loop`, `local`. */
  readonly address: string
  readonly agent?: string
}
