import { performance } from 'node:perf_hooks'
import type { Actor, Scope } from '#kernel'

/** A request under way. */
export interface Passage {
  readonly actor: Actor
  readonly scope: Scope
  readonly action: string
  readonly address: string
  /** Breaks it off: the connection is destroyed, nothing more goes out. */
  cut(): void
}

/** The requests under way in this process, so that a lock reaches those that would not ask again. */
export class UnderWay {
  readonly #begun = new Map<Passage, number>()

  begin(passage: Passage): void {
    const { kind } = passage.actor
    // Whoever locks is not cut by it.
    if ((kind === 'person' || kind === 'workload') && passage.action !== 'identity.lock.set')
      this.#begun.set(passage, performance.now())
  }

  end(passage: Passage): void {
    this.#begun.delete(passage)
  }

  /** Those that have been under way for at least so long. */
  grownFor(ms: number): Passage[] {
    if (this.#begun.size === 0) return []
    const latest = performance.now() - ms
    return [...this.#begun].filter(([, begun]) => begun <= latest).map(([passage]) => passage)
  }

  /** Breaks one off, and says how many milliseconds it had run. */
  cut(passage: Passage): number {
    const begun = this.#begun.get(passage)
    this.end(passage)
    passage.cut()
    return begun === undefined ? 0 : Math.round(performance.now() - begun)
  }
}

/** One for the process: every listener tells it, one loop looks at it. */
export const underWay = new UnderWay()
