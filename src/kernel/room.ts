import type { HouseCross } from './cross.ts'
import type { Measure } from './measure.ts'
import type { Route } from './route.ts'
import type { Sql } from './sql.ts'
import type { World } from './world.ts'

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
