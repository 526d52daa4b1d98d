/** Answers in the order of the items; one that still comes, or fails alone, as a promise. */
export type Together<I, O> = (items: readonly I[]) => Promise<readonly (O | Promise<O>)[]>

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * Gathers items that arrive while earlier ones are on their way, and does them together: one round
 * trip, or one fsync, for many. No timer: in a quiet house each item goes at once.
 */
export class Gather<I, O> {
  readonly #together: Together<I, O>
  readonly #largest: number
  readonly #atOnce: number
  #queue: {
    item: I
    resolve: (value: O | Promise<O>) => void
    reject: (error: unknown) => void
  }[] = []
  #underWay = 0

  constructor(together: Together<I, O>, largest = 512, atOnce = 2) {
    this.#together = together
    this.#largest = largest
    this.#atOnce = atOnce
  }

  /** Nothing waits and nothing is under way. */
  get idle(): boolean {
    return this.#underWay === 0 && this.#queue.length === 0
  }

  /** Resolves once the item is done; rejects when its whole group could not be. */
  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject })
      if (this.#underWay < this.#atOnce) void this.#go()
    })
  }

  async #go(): Promise<void> {
    this.#underWay += 1
    try {
      // Let everything of this turn of the event loop join before the first group leaves.
      await nextTurn()
      while (this.#queue.length > 0) {
        const group = this.#queue.splice(0, this.#largest)
        try {
          const results = await this.#together(group.map(({ item }) => item))
          group.forEach(({ resolve }, i) => resolve(results[i] as O | Promise<O>))
        } catch (error) {
          for (const { reject } of group) reject(error)
        }
      }
    } finally {
      this.#underWay -= 1
    }
  }
}
