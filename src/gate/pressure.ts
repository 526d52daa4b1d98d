/** How far the house sheds load: nobody, those who showed nothing, or workloads as well. */
export type ShedLevel = 0 | 1 | 2

/** From this delay of the event loop (99th percentile of one second) on, a level begins. */
export const shedFromMs = { anonymous: 500, workload: 2_000 } as const

/** A single long turn, a garbage collection say, is not overload: a level begins after this many seconds in a row. */
const sustainedSeconds = 2

/**
 * Load, as the event loop feels it. People are never shed: whoever has to contain an incident must
 * get in when it is worst.
 */
export class Pressure {
  #level: ShedLevel = 0
  #above: [number, number] = [0, 0]

  get level(): ShedLevel {
    return this.#level
  }

  /** Takes in one second's 99th percentile of loop delay. One calm second ends a level. */
  observe(delayMs: number): void {
    const [first, second] = this.#above
    this.#above = [
      delayMs >= shedFromMs.anonymous ? first + 1 : 0,
      delayMs >= shedFromMs.workload ? second + 1 : 0,
    ]
    if (this.#above[1] >= sustainedSeconds) this.#level = 2
    else this.#level = this.#above[0] >= sustainedSeconds ? 1 : 0
  }

  sheds(kind: 'anonymous' | 'workload'): boolean {
    return this.#level >= (kind === 'anonymous' ? 1 : 2)
  }
}
