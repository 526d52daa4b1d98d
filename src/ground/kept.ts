const moveEveryMs = 1000

interface Entry<V> {
  readonly value: V
  readonly until: number
  /** When it was last moved to the end. */
  moved: number
}

/** Values kept warm: those not used for longest go first, to the second, and none stays longer than its time. */
export class Kept<V> {
  readonly #most: number
  readonly #forMs: number
  readonly #entries = new Map<string, Entry<V>>()

  constructor(most: number, forMs: number) {
    this.#most = most
    this.#forMs = forMs
  }

  get(name: string, now: Date): V | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    const at = now.getTime()
    if (entry.until <= at) {
      this.#entries.delete(name)
      return undefined
    }
    // What is used all the time need not move each time.
    if (Math.abs(at - entry.moved) >= moveEveryMs) {
      entry.moved = at
      this.#entries.delete(name)
      this.#entries.set(name, entry)
    }
    return entry.value
  }

  set(name: string, value: V, now: Date): void {
    this.#entries.delete(name)
    const moved = now.getTime()
    this.#entries.set(name, { value, until: moved + this.#forMs, moved })
    if (this.#entries.size > this.#most) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
  }

  delete(name: string): void {
    this.#entries.delete(name)
  }

  clear(): void {
    this.#entries.clear()
  }

  get size(): number {
    return this.#entries.size
  }
}
