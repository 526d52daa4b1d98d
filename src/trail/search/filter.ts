import type { ActorKind } from '#kernel'

/** What a search asks. All of it must match. */
export interface EntryFilter {
  readonly log?: string
  readonly actorId?: string
  readonly kinds?: readonly ActorKind[]
  /** An action's name, or a prefix ending in `.*`. */
  readonly action?: string
  readonly outcome?: string
  readonly purpose?: string
  readonly sessionId?: string
  readonly credentialId?: string
  /** Keyed hash of the address. */
  readonly sourceKey?: Buffer
  /** Ordinal of a subject of the log's controller; only together with a log. */
  readonly subject?: number
  readonly from?: Date
  readonly until?: Date
  /** Only entries at this place in the log or behind it; only together with a log. */
  readonly fromIndex?: number
  /** Only entries at this place in the log or before it; only together with a log. */
  readonly toIndex?: number
  /** Only entries that are none of these actions. */
  readonly except?: readonly string[]
}

/** Which part of what matches is wanted, and in which order. Positions themselves are left out. */
export interface EntryWindow {
  readonly newestFirst: boolean
  readonly after?: number
  readonly before?: number
  readonly limit: number
}
