/**
 * Gathers items that arrive while a commit is on its way, and commits them together: one fsync for
 * many. No timer: a quiet house commits each item at once.
 */
export class GroupCommit<I, O> {
  readonly #commit: (items: readonly I[]) => Promise<readonly O[]>
  readonly #largest: number
  readonly #writers: number
  #queue: { item: I; resolve: (value: O) => void; reject: (error: unknown) => void }[] = []
  #writing = 0

  constructor(commit: (items: readonly I[]) => Promise<readonly O[]>, largest = 512, writers = 2) {
    this.#commit = commit
    this.#largest = largest
    this.#writers = writers
  }

  /** Resolves once the item is committed; rejects when its whole group could not be. */
  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject })
      if (this.#writing < this.#writers) void this.#write()
    })
  }

  async #write(): Promise<void> {
    this.#writing += 1
    try {
      // Let everything of this turn of the event loop join before the first group leaves.
      await Promise.resolve()
      while (this.#queue.length > 0) {
        const group = this.#queue.splice(0, this.#largest)
        try {
          const results = await this.#commit(group.map(({ item }) => item))
          group.forEach(({ resolve }, i) => resolve(results[i]!))
        } catch (error) {
          for (const { reject } of group) reject(error)
        }
      }
    } finally {
      this.#writing -= 1
    }
  }
}
