import type { ErasingEntry } from './inspection.ts'
import type { Claim } from '../anchors/rung.ts'

/** The first thing found wrong in a tree. `index` is null where it concerns the tree as a whole. */
export interface Fault {
  readonly log: string
  readonly index: number | null
  readonly entryId: string | null
  readonly fault: string
}

export interface VerifyProgress {
  /** The tree at hand. */
  readonly log: string
  /** Leaves looked at over all trees, and how many there are to look at. */
  readonly checked: number
  readonly of: number
}

export interface VerifyReport {
  /** Whether everything stored is exactly what it must be. */
  readonly sound: boolean
  readonly entries: number
  /** Committed, and waiting for their place. */
  readonly pending: number
  /** Whether payloads were opened and held against their leaves. */
  readonly opened: boolean
  /** Entries whose keys are destroyed: provable still, readable no more. */
  readonly destroyed: number
  /** Payloads that are gone, each by an entry of its own log that says so. */
  readonly erased: number
  /** Those entries; the first hundred. */
  readonly erasedBy: readonly ErasingEntry[]
  readonly trees: readonly {
    readonly log: string
    readonly size: number
    readonly root: string
    /** Leaves that were recomputed. */
    readonly checked: number
    readonly checkpoints: number
  }[]
  /** The first fault of each tree and of the queue; the first of all comes first. */
  readonly faults: readonly Fault[]
  readonly claim: Claim
}
