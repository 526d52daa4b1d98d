/** Looks at the entries of a Holdfast log one by one, as the walk comes by. */
import { toHex, utf8 } from './bytes.ts'
import { type Leaf, parseLeaf } from './leaf.ts'
import { type Opening, type Openings, readOpenings } from './pack.ts'
import { sha256 } from './sha256.ts'
import type { Source } from './source.ts'
import type { Eraser, Statements } from './statement.ts'
import { tileWidth } from './tiles.ts'
import type { Entries, WalkFault } from './walk.ts'

export interface EntryTally {
  readonly outcomes: Readonly<Record<string, number>>
  readonly first: string | undefined
  readonly last: string | undefined
  readonly payloads: number
  readonly sets: number
  readonly statements: number
  /** How many payloads each erasing entry took, of those seen. */
  readonly erased: ReadonlyMap<number, number>
}

/** Checks leaves, openings and statements, and counts what they say. */
export class EntryDesk {
  readonly #source: Source
  readonly #log: string
  readonly #openings: Openings
  readonly #statements: Statements
  readonly #outcomes: Record<string, number> = {}
  readonly #erased = new Map<number, number>()
  #first: string | undefined
  #last: string | undefined
  #payloads = 0
  #sets = 0
  #stated = 0

  constructor(source: Source, log: string, openings: Openings, statements: Statements) {
    this.#source = source
    this.#log = log
    this.#openings = openings
    this.#statements = statements
  }

  get tally(): EntryTally {
    return {
      outcomes: this.#outcomes,
      first: this.#first,
      last: this.#last,
      payloads: this.#payloads,
      sets: this.#sets,
      statements: this.#stated,
      erased: this.#erased,
    }
  }

  async take({ first, bundle, bounds }: Entries): Promise<WalkFault[]> {
    const openings =
      this.#openings === 'none' ? undefined : await readOpenings(this.#source, first / tileWidth)
    const faults: WalkFault[] = []
    for (let i = 0; i < bounds.length / 2; i++) {
      const index = first + i
      try {
        const leaf = parseLeaf(bundle.subarray(bounds[2 * i], bounds[2 * i + 1]), this.#log)
        this.#count(leaf)
        this.#faultsOf(index, leaf, openings?.get(index), openings !== undefined).forEach((text) =>
          faults.push({ index, text }),
        )
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        faults.push({ index, text: `Entry ${index} is no entry of this log: ${error.message}.` })
      }
    }
    return faults
  }

  #count({ outcome, at }: Leaf): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1
    if (this.#first === undefined || at < this.#first) this.#first = at
    if (this.#last === undefined || at > this.#last) this.#last = at
  }

  #faultsOf(index: number, leaf: Leaf, opening: Opening | undefined, opens: boolean): string[] {
    if (!opens && this.#statements.size === 0) return []
    const eraser = this.#statements.eraserOf(leaf.id)
    if (eraser !== undefined) {
      this.#erased.set(eraser.index, (this.#erased.get(eraser.index) ?? 0) + 1)
    }
    const faults = [
      this.#statementFault(index, leaf),
      opens ? this.#payloadFault(index, leaf, opening, eraser) : undefined,
      this.#setFault(index, leaf, opening),
    ]
    return faults.filter((fault) => fault !== undefined)
  }

  #statementFault(index: number, { statementDigest }: Leaf): string | undefined {
    const text = this.#statements.textOf(index)
    if (text === undefined) return undefined
    this.#stated += 1
    return toHex(sha256(utf8(text))) === statementDigest
      ? undefined
      : `The statement shown for entry ${index} is not the one its leaf commits to.`
  }

  #payloadFault(
    index: number,
    { payloadDigest }: Leaf,
    opening: Opening | undefined,
    eraser: Eraser | undefined,
  ): string | undefined {
    const payload = opening?.payload
    if (payload === undefined) {
      return eraser === undefined && this.#openings === 'all'
        ? `The payload of entry ${index} is not here, and no entry has erased it.`
        : undefined
    }
    if (eraser?.byName === true) {
      return `The payload of entry ${index} was erased by entry ${eraser.index}, and is here.`
    }
    this.#payloads += 1
    return toHex(sha256(payload)) === payloadDigest
      ? undefined
      : `The payload shown for entry ${index} is not the one its leaf commits to.`
  }

  #setFault(index: number, { setDigest }: Leaf, opening: Opening | undefined): string | undefined {
    if (opening?.set === undefined) return undefined
    this.#sets += 1
    return toHex(sha256(opening.set)) === setDigest
      ? undefined
      : `The set shown for entry ${index} is not the one its leaf commits to.`
  }
}
