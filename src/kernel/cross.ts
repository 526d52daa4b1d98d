import type { Act } from './act.ts'
import type { Sealed } from './receipt.ts'
import type { Scope } from './scope.ts'

/** Whether an act changes anything but the trail. Reads share their commit with other reads. */
export type Effect = 'read' | 'write'

/** Crosses the threshold once: one permission, one transaction, one entry, one receipt. */
export type Cross = <T>(deed: (act: Act) => Promise<T | Sealed<T>>, effect?: Effect) => Promise<T>

/** What the house asks of the threshold when it acts by itself. */
export interface HouseAsk {
  readonly action: string
  /** Default `house`. */
  readonly scope?: Scope
  /** Default `write`. */
  readonly effect?: Effect
  readonly purpose?: string
  readonly reason?: string
}

/** Crosses the threshold once as the house: one permission, one transaction, one entry, one receipt. */
export type HouseCross = <T>(
  ask: HouseAsk,
  deed: (act: Act) => Promise<T | Sealed<T>>,
) => Promise<T>
