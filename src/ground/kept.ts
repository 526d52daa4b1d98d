/** Values kept warm: the least recently used go first, and none stays longer than its time. */
export class Kept<V> {
  readonly #most: number
  readonly #forMs: number
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>()

  constructor(most: number, forMs: number) {
    this.#most = most
    this.#forMs = forMs
  }

  get(name: string, now: Date): V | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    this.#entries.delete(name)
    if (entry.until <= now.getTime()) return undefined
    this.#entries.set(name, entry)
    return entry.value
  }

  set(name: string, value: V, now: Date): void {
    this.#entries.delete(name)
    this.#entries.set(name, { value, until: now.getTime() + this.#forMs })
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
