import { overloaded, tooManyRequests } from './refusals.ts'

/** Bytes that bodies on their way may take in memory: of one caller, and of all together. */
export interface BodyBounds {
  readonly each: number
  readonly all: number
}

/** What a body that is read piece by piece keeps at most: a batch being filled, one that is ready, one being stored. */
export const streamBytes = 12_582_912

/** How long a caller should wait whose own bodies fill its room, and how long where everybody's do. */
const retrySeconds = { each: 1, all: 5 }

/**
 * The memory that bodies wait in until they have come whole. A body counts with all it may grow to from its
 * first byte on, since nobody knows when the rest comes: connections alone would let one caller fill the house.
 */
export class BodyRoom {
  readonly #bounds: BodyBounds
  readonly #held = new Map<string, number>()
  #all = 0

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds
  }

  /**
   * Makes room for a body. A caller that has no other under way always gets its own share.
   *
   * @returns what to call when it is over.
   * @throws {Refusal} `gate.too-many-requests` (429), `gate.overloaded` (503).
   */
  take(caller: string, bytes: number): () => void {
    const held = this.#held.get(caller) ?? 0
    if (held > 0 && held + bytes > this.#bounds.each) throw tooManyRequests(retrySeconds.each)
    if (this.#all > 0 && this.#all + bytes > this.#bounds.all) throw overloaded(retrySeconds.all)
    this.#hold(caller, bytes)
    return () => this.#hold(caller, -bytes)
  }

  #hold(caller: string, bytes: number): void {
    this.#all += bytes
    const held = (this.#held.get(caller) ?? 0) + bytes
    if (held === 0) this.#held.delete(caller)
    else this.#held.set(caller, held)
  }
}
