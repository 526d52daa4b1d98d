/**
 * Public statements of entries: why something is not there. The leaf binds them (`stm`, SHA-256 of the
 * text), and they name no one.
 *
 * ```
 * {"erases":{"entries":[UUID, …]},"v":1}          payloads of these entries of the same log are gone
 * {"erases":{"from":UUID,"until":UUID},"v":1}     of all its entries with ids in [from, until)
 * {"prunes":{"minimum":n},"v":1}                  entry bundles that end at or below n are not served
 * {"succeeds":{"origin":…,"kept":n,"lost":n|null,…},"v":1}   the log went on under another name, after a loss
 * ```
 */

/** An entry that erased payloads. */
export interface Eraser {
  readonly index: number
  /** Whether it named each, or a span of ids. */
  readonly byName: boolean
}

/** A loss that the log itself declared when it took another name. */
export interface Succession {
  readonly index: number
  /** The name given up. */
  readonly origin: string
  /** Entries that are left of it, and how many are known to be lost; null where nobody knows. */
  readonly kept: number
  readonly lost: number | null
}

/** What the statements of a log come to. They count once their leaves have been seen. */
export class Statements {
  readonly #texts = new Map<number, string>()
  readonly #named = new Map<string, Eraser>()
  readonly #spans: (Eraser & { readonly from: string; readonly until: string })[] = []
  readonly #successions: Succession[] = []
  #minimum = 0

  /** @throws {RangeError} for a second statement of one entry, or one that is no JSON. */
  add(index: number, text: string): void {
    if (this.#texts.has(index)) throw new RangeError(`entry ${index} makes two statements`)
    this.#texts.set(index, text)
    const { erases, prunes, succeeds } = parse(text)
    if (typeof succeeds?.origin === 'string' && Number.isSafeInteger(succeeds.kept)) {
      const { origin, kept } = succeeds
      const lost = Number.isSafeInteger(succeeds.lost) ? Number(succeeds.lost) : null
      this.#successions.push({ index, origin, kept, lost })
    }
    const named: unknown = erases?.entries
    if (Array.isArray(named)) {
      for (const id of named) {
        if (typeof id === 'string') this.#named.set(id, { index, byName: true })
      }
    }
    if (typeof erases?.from === 'string' && typeof erases.until === 'string') {
      this.#spans.push({ index, byName: false, from: erases.from, until: erases.until })
    }
    if (Number.isSafeInteger(prunes?.minimum))
      this.#minimum = Math.max(this.#minimum, prunes!.minimum)
  }

  textOf(index: number): string | undefined {
    return this.#texts.get(index)
  }

  get size(): number {
    return this.#texts.size
  }

  get successions(): readonly Succession[] {
    return this.#successions
  }

  /** Bundles that end at or before this leaf need not be there. */
  get minimumIndex(): number {
    return this.#minimum
  }

  /** Which entry erased the payload of this one. */
  eraserOf(entryId: string): Eraser | undefined {
    return (
      this.#named.get(entryId) ??
      this.#spans.find(({ from, until }) => from <= entryId && entryId < until)
    )
  }
}

interface Said {
  readonly erases?: { entries?: readonly string[]; from?: string; until?: string }
  readonly prunes?: { readonly minimum: number }
  readonly succeeds?: { readonly origin: string; readonly kept: number; readonly lost?: unknown }
}

function parse(text: string): Said {
  try {
    return (JSON.parse(text) ?? {}) as Said
  } catch {
    throw new RangeError('a statement is no JSON')
  }
}
