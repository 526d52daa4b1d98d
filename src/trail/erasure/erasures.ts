import { parseStatement } from '../entries/statement.ts'

/** An entry that stated something, and where it stands; null while it waits for its place. */
export interface StatingEntry {
  readonly entryId: string
  readonly index: number | null
  readonly statement: Buffer
}

/** Which entry erased a payload: by name, or with all of a span of time. */
export interface ErasedBy {
  readonly entryId: string
  readonly index: number | null
  readonly byName: boolean
}

/** Which payloads of one log are gone, and by which of its entries. */
export class Erasures {
  readonly #byName = new Map<string, ErasedBy>()
  readonly #spans: (ErasedBy & { readonly from: string; readonly until: string })[] = []

  /** Takes in what some entries stated. Statements that cannot be read erase nothing. */
  add(entries: Iterable<StatingEntry>): this {
    for (const { entryId, index, statement } of entries) {
      const { entries: named = [], from, until } = erasesIn(statement)
      for (const id of named) this.#byName.set(id, { entryId, index, byName: true })
      if (from !== undefined && until !== undefined) {
        this.#spans.push({ entryId, index, byName: false, from, until })
      }
    }
    return this
  }

  of(entryId: string): ErasedBy | undefined {
    return (
      this.#byName.get(entryId) ??
      this.#spans.find(({ from, until }) => from <= entryId && entryId < until)
    )
  }
}

function erasesIn(statement: Buffer) {
  try {
    return parseStatement(statement).erases ?? {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
