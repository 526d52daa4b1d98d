import { minuteMs, type Database } from '#ground'
import type { HouseCross, World } from '#kernel'
import { anchorCopies } from './copies-flow.ts'
import { timestampOnce } from './timestamp-flow.ts'
import { witnessOnce } from './witness-flow.ts'

/**
 * Work of the leader beside integration: it carries what is signed to where we cannot change it. Each
 * kind turns by itself, so that none waits for another. Like the integrator's, its turns write no
 * entry while all goes well, else the log would never rest.
 */
export interface AnchorTurn {
  readonly action: string
  readonly everyMs: number
  /** Turned by every process instead of the leader alone. */
  readonly everywhere?: boolean
  /** @returns whether more waits. */
  readonly once: (database: Database, cross: HouseCross, world: World) => Promise<boolean>
}

export const anchorTurns: readonly AnchorTurn[] = [
  { action: 'trail.anchor.copy', everyMs: 10_000, once: anchorCopies },
  { action: 'trail.anchor.witness', everyMs: 10_000, once: witnessOnce },
  { action: 'trail.anchor.timestamp', everyMs: minuteMs, once: timestampOnce },
]
