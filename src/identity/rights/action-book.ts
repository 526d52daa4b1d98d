import { matches } from './decide.ts'

/** An action that can be granted: asked for by a route, or in passing inside another act. */
export interface KnownAction {
  readonly action: string
  readonly summary: string
  /** Absent where it is no route. */
  readonly method?: string
  readonly url?: string
  /** Whether it changes nothing but the trail. */
  readonly reads: boolean
}

/** What the book is made from: routes, as the composition root has them. */
export interface Door {
  readonly action: string
  readonly summary: string
  readonly method: string
  readonly url: string
  readonly assurance?: number
  readonly effect?: 'read' | 'write'
}

/**
 * The closed set of actions: exactly those that some door of the house asks for. Rooms above this one
 * are not known here, so the composition root fills it, once, before anything is served.
 */
export class ActionBook {
  readonly #known = new Map<string, KnownAction>()

  enter(doors: Iterable<Door>, inPassing: Iterable<KnownAction>): void {
    for (const { action, summary, method, url, assurance, effect } of doors) {
      // What stands open to everybody, or is everybody's own, cannot be granted.
      if (assurance === 0 || action.startsWith('identity.self.')) continue
      if (this.#known.has(action)) continue
      const reads = effect === undefined ? method === 'GET' : effect === 'read'
      this.#known.set(action, { action, summary, method, url, reads })
    }
    for (const known of inPassing) this.#known.set(known.action, known)
  }

  /** Every action, in alphabetical order. */
  all(): KnownAction[] {
    return [...this.#known.values()].sort((a, b) => (a.action < b.action ? -1 : 1))
  }

  /** The actions among patterns. */
  among(patterns: readonly string[]): KnownAction[] {
    return this.all().filter(({ action }) => matches(patterns, action))
  }
}

export const actionBook = new ActionBook()
