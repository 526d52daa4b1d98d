import type { Actor, ActorKind, Scope, Source, Touch } from '#kernel'

/** The platform's own log. A controller's log is its id; the tree of checkpoints is `root`. */
export const houseLog = 'house'

/** The tree whose leaves are the checkpoints of all other trees. */
export const rootLog = 'root'

export type Outcome = 'done' | 'refused' | 'failed'

/** What the threshold knows of an act when it ends. */
export interface EntryDraft {
  readonly at: Date
  readonly actor: Actor
  readonly action: string
  readonly scope: Scope
  readonly outcome: Outcome
  /** The refusal's code; absent where the act was done. */
  readonly code?: string
  readonly grantId?: string
  readonly purpose?: string
  readonly reason?: string
  readonly source: Source
  readonly touched: readonly Touch[]
  /** Ordinals of subjects the act is about beside those it touched. */
  readonly concerned?: ReadonlySet<number>
  /** What the leaf binds and everybody may read. It names no one. */
  readonly declared?: Readonly<Record<string, unknown>>
  readonly details: Readonly<Record<string, unknown>>
}

/** An entry as it stands in the caller's transaction. It counts once that commits. */
export interface Committed {
  readonly entryId: string
  readonly log: string
  readonly leafHash: Buffer
  readonly at: Date
}

/** The columns of one entry: everything the leaf binds, and the keys its pseudonyms are made of. */
export interface EntryFacts {
  readonly entryId: string
  /** {@link houseLog} or a controller's id. */
  readonly log: string
  readonly at: Date
  readonly actorKind: ActorKind
  readonly actorId: string
  readonly sessionId: string | null
  readonly credentialId: string | null
  readonly action: string
  readonly outcome: Outcome
  readonly code: string | null
  /** Only of acts that were done: before that nobody held it against the contract. */
  readonly purpose: string | null
  /** The grant that allowed it; only of acts that were done. */
  readonly grantId: string | null
  readonly subjects: number
  readonly records: number
  /** Bit n stands for the category with number n in its controller. */
  readonly categories: number
  /** The exact set, as `touched.ts` packs it; null where nothing was touched. */
  readonly touched: Buffer | null
  /** The public statement, as `statement.ts` says; null where there is none. */
  readonly statement: Buffer | null
  /** Keyed hash of the address, the same over all logs. */
  readonly sourceKey: Buffer
}

/** An entry at its place in its tree. */
export interface SequencedEntry extends EntryFacts {
  /** Dense over all logs, in the order of integration, from 1. */
  readonly position: number
  /** Dense in its log, from 0. */
  readonly index: number
  readonly controllerId: string | null
}

/** An entry at its place with its leaf, and the sealed payload that lies beside it; null once it is erased. */
export interface PayloadEntry extends SequencedEntry {
  readonly body: Buffer
  readonly leaf: Buffer
  readonly payload: Buffer | null
}
