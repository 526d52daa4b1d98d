/** Answers in the order of the items; one that still comes, or fails alone, as a promise. */
export type Together<I, O> = (items: readonly I[]) => Promise<readonly (O | Promise<O>)[]>

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * How many turns a group waits at most for more to join. A loaded loop takes in its requests over several
 * turns, and what a group costs, however large it is, was a quarter of an audited read.
 */
const mostTurns = 8

/**
 * Gathers items that arrive while earlier ones are on their way, and those that the next turns of the event
 * loop bring, and does them together: one round trip, or one fsync, for many. No timer: where a turn brings
 * nothing more, as in a quiet house, a group goes at once.
 */
export class Gather<I, O> {
  readonly #together: Together<I, O>
  readonly #largest: number
  #queue: {
    item: I
    resolve: (value: O | Promise<O>) => void
    reject: (error: unknown) => void
  }[] = []
  #isUnderWay = false

  constructor(together: Together<I, O>, largest = 512) {
    this.#together = together
    this.#largest = largest
  }

  /** Nothing waits and nothing is under way. */
  get idle(): boolean {
    return !this.#isUnderWay && this.#queue.length === 0
  }

  /** Resolves once the item is done; rejects when its whole group could not be. */
  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject })
      if (!this.#isUnderWay) void this.#go()
    })
  }

  /** How many the next group takes. */
  get #waiting(): number {
    return Math.min(this.#queue.length, this.#largest)
  }

  /** Resolves once a turn has brought nothing more, or a group is full. */
  async #joined(): Promise<void> {
    let before = 0
    for (let turns = 0; turns < mostTurns && before < this.#waiting; turns += 1) {
      before = this.#waiting
      await nextTurn()
    }
  }

  async #go(): Promise<void> {
    this.#isUnderWay = true
    try {
      while (this.#queue.length > 0) {
        await this.#joined()
        const group = this.#queue.splice(0, this.#largest)
        try {
          const results = await this.#together(group.map(({ item }) => item))
          group.forEach(({ resolve }, i) => resolve(results[i] as O | Promise<O>))
        } catch (error) {
          for (const { reject } of group) reject(error)
        }
      }
    } finally {
      this.#isUnderWay = false
    }
  }
}
