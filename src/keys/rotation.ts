import type { Family } from './ring.ts'

/** What can be turned: a family of a ring's keys, the root, or the subjects' own keys. */
export const turnable = ['root', 'wrap', 'seal', 'index', 'data'] as const
export type Turnable = Exclude<(typeof turnable)[number], 'root'>

/** A rotation, under way or done. */
export interface Rotation {
  readonly rotationId: string
  /** A controller's id, or `house`. */
  readonly ring: string
  readonly family: (typeof turnable)[number]
  readonly toVersion: number | null
  readonly state: 'running' | 'proven' | 'done'
  /** Whether what it replaced is destroyed as soon as that is safe. */
  readonly finalise: boolean
  /** Subject keys turn in two passes; everything else in one. */
  readonly pass: 1 | 2
  /** Subjects, or keys of the keyring, it has to go through, counted at its beginning. */
  readonly total: number
  readonly moved: number
  /** The last ordinal looked at, where subjects are gone through in order. */
  readonly cursor: number
  readonly until: number | null
  /** Rows that hung on the old key when it was last counted; 0 is the proof. */
  readonly leftOver: number | null
  readonly notBefore: Date
  readonly startedAt: Date
  readonly movedAt: Date
  readonly endedAt: Date | null
}

/** Families whose keys lie in the ring; `data` turns the subjects' own. */
export const isFamily = (turned: Turnable): turned is Exclude<Family, 'mac'> => turned !== 'data'
