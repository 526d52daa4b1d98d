import type { Act } from './act.ts'
import type { Measure } from './measure.ts'
import type { Sealed } from './receipt.ts'
import type { Effect, Route } from './route.ts'
import type { Scope } from './scope.ts'
import type { Sql } from './sql.ts'
import type { World } from './world.ts'

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

/** Work that is queued or timed. It acts as the house, through `cross`, under its own name. */
export interface Job {
  /** `<room>.<verb>`: the task's name in the queue, and the action its acts record. */
  readonly action: string
  readonly summary: string
  /** Crontab (UTC) for timed work; a missed run is caught up. */
  readonly cron?: string
  run(cross: HouseCross, payload: unknown, world: World): Promise<void>
}

/**
 * Work that never rests: one leader in the whole installation turns it.
 *
 * `due` looks (a plain read, no entry) and says whether there is anything to do; `turn` acts.
 */
export interface Loop {
  readonly action: string
  readonly summary: string
  /** Pause between looks, in milliseconds. */
  readonly everyMs: number
  /** Turned by every process instead of the leader alone: for what each gathers by itself. */
  readonly everywhere?: boolean
  due(sql: Sql): Promise<boolean>
  turn(cross: HouseCross, world: World): Promise<void>
}

/** A room's table of contents. Every room exports exactly one. */
export interface Room {
  readonly name: string
  readonly routes?: readonly Route[]
  readonly jobs?: readonly Job[]
  readonly loops?: readonly Loop[]
  readonly measures?: readonly Measure[]
}
