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

interface Begun {
  readonly passage: Passage
  readonly at: number
  /** Where it stands in the list; undefined once it has ended. */
  place: number | undefined
}

const ended = () => {}

/** The requests under way in this process, so that a lock reaches those that would not ask again. */
export class UnderWay {
  /**
   * In no order. A list and not a `Set`: V8 chains each table of a set to the one that replaced it, and
   * so keeps whatever passed through a busy set until the next full collection, request by request.
   */
  readonly #begun: Begun[] = []

  /** @returns what to call when it has ended. */
  begin(passage: Passage): () => void {
    const { kind } = passage.actor
    // Whoever locks is not cut by it.
    if ((kind !== 'person' && kind !== 'workload') || passage.action === 'identity.lock.set')
      return ended
    const begun: Begun = { passage, at: performance.now(), place: this.#begun.length }
    this.#begun.push(begun)
    return () => this.#end(begun)
  }

  /** Those that have been under way for at least so long. */
  grownFor(ms: number): Passage[] {
    const latest = performance.now() - ms
    return this.#begun.filter(({ at }) => at <= latest).map(({ passage }) => passage)
  }

  /** Breaks one off, and says how many milliseconds it had run. */
  cut(passage: Passage): number {
    const begun = this.#begun.find((one) => one.passage === passage)
    if (begun !== undefined) this.#end(begun)
    passage.cut()
    return begun === undefined ? 0 : Math.round(performance.now() - begun.at)
  }

  /** The last takes its place. */
  #end(begun: Begun): void {
    const { place } = begun
    if (place === undefined) return
    begun.place = undefined
    const last = this.#begun.pop()!
    if (last === begun) return
    this.#begun[place] = last
    last.place = place
  }
}

/** One for the process: every listener tells it, one loop looks at it. */
export const underWay = new UnderWay()
