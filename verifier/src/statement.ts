/**
 * Public statements of entries: why something is not there. The leaf binds them (`stm`, SHA-256 of the
 * text), and they name no one.
 *
 * ```
 * {"erases":{"entries":[UUID, …]},"v":1}          payloads of these entries of the same log are gone
 * {"erases":{"from":UUID,"until":UUID},"v":1}     of all its entries with ids in [from, until)
 * {"prunes":{"minimum":n},"v":1}                  entry bundles that end at or below n are not served
 * ```
 */

/** An entry that erased payloads. */
export interface Eraser {
  readonly index: number
  /** Whether it named each, or a span of ids. */
  readonly byName: boolean
}

/** What the statements of a log come to. They count once their leaves have been seen. */
export class Statements {
  readonly #texts = new Map<number, string>()
  readonly #named = new Map<string, Eraser>()
  readonly #spans: (Eraser & { readonly from: string; readonly until: string })[] = []
  #minimum = 0

  /** @throws {RangeError} for a second statement of one entry, or one that is no JSON. */
  add(index: number, text: string): void {
    if (this.#texts.has(index)) throw new RangeError(`entry ${index} makes two statements`)
    this.#texts.set(index, text)
    const { erases, prunes } = parse(text)
    const named: unknown = erases?.entries
    if (Array.isArray(named)) {
      for (const id of named) this.#named.set(String(id), { index, byName: true })
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
}

function parse(text: string): Said {
  try {
    return (JSON.parse(text) ?? {}) as Said
  } catch {
    throw new RangeError('a statement is no JSON')
  }
}
