import type { HouseCross } from './cross.ts'
import type { World } from './world.ts'

/** The strongest honest way a promise can be proven (MISSION.md). */
export type MeasureClass = 'enforced' | 'measured' | 'drilled' | 'attested' | 'declared'

/** What a check saw. `holds` is about the population it looked at: n of N. */
export interface Evidence {
  readonly holds: boolean
  /** One sentence a controller's auditor can read. */
  readonly finding: string
  /** How many of the population hold, and how many there are. An empty population says so with 0 of 0. */
  readonly n: number
  readonly of: number
  /** The numbers behind the finding. No personal data. */
  readonly facts: Readonly<Record<string, unknown>>
  /** The forbidden thing that was tried over the real path, and how it was refused. Class `enforced` must carry it. */
  readonly probe?: Probe
  /** Since when what was seen has been so, where it looks back (a drill, a register). Default: the check itself. */
  readonly covers?: Date
}

export interface Probe {
  /** What was tried, in words. */
  readonly tried: string
  /** The answer, in words: an alert number, a refusal's code. */
  readonly answer: string
  readonly refused: boolean
}

/** Looks at the running system and reports. Plants only canaries of its own, and removes them. */
export type Check = (cross: HouseCross, world: World, now: Date) => Promise<Evidence>

/** One promise of the annex, tied to the code that proves it. */
export interface Measure {
  /** `<room>.<promise>`, stable for ever: evidence refers to it. */
  readonly id: `${string}.${string}`
  /** Lines of MISSION.md it stands for: `A1`, `B4`. Empty for promises beyond the annex. */
  readonly lines: readonly string[]
  /** The promise, in our own words; the annex of a contract maps to it. */
  readonly statement: string
  /** The promise as far as fresh evidence lets it go, by the facts of the newest observation; else `statement`. */
  readonly worded?: (facts: Readonly<Record<string, unknown>>) => string | undefined
  readonly class: MeasureClass
  /** Clauses beyond those `data/control-map.json` gives for its lines. */
  readonly references: readonly string[]
  /** How old evidence may be before the measure counts as stale. */
  readonly freshFor: { readonly hours: number }
  /** How often the check runs. */
  readonly every: { readonly minutes: number }
  /** Absent where nothing proves it yet: its state is `unknown`, and the page says so. */
  readonly check?: Check
}
