/** The pause after a first end; it doubles with each end in a row, up to the longest. */
const firstPauseMs = 250
const longestPauseMs = 15_000

/** Whoever has stood for so long begins the row anew. */
const standsAfterMs = 30_000

/**
 * How long to wait before another start. It never gives up: what ended a house, a disk that is full or
 * whoever kills its processes, may be over at any time, and a house that waits costs nothing.
 */
export class Backoff {
  #inARow = 0
  #stoodSince: number | undefined

  /** Ends since the house last stood for a while. */
  get inARow(): number {
    return this.#inARow
  }

  /** It answers since `now`. Instants are milliseconds of any one clock. */
  stands(now: number): void {
    this.#stoodSince = now
  }

  /** It has ended. @returns the milliseconds to wait before the next start. */
  ended(now: number): number {
    const stood = this.#stoodSince === undefined ? 0 : now - this.#stoodSince
    this.#stoodSince = undefined
    this.#inARow = stood >= standsAfterMs ? 1 : this.#inARow + 1
    return Math.min(firstPauseMs * 2 ** (this.#inARow - 1), longestPauseMs)
  }

  /** What ended it is known to be over. */
  forgive(): void {
    this.#inARow = 0
  }
}
