import { randomInt } from 'node:crypto'

/** What of the house is held against entries. */
export type AccountKind = 'opened' | 'answered'

/** What each kind counts, in words. */
export const accountThings: Readonly<Record<AccountKind, string>> = {
  opened: 'uses of subjects’ keys',
  answered: 'answers with personal data',
}

/** What was seen since the last time. */
export interface Seen {
  /** Everything. */
  readonly count: number
  /** Of that, what named an entry: all of it, or where there was too much, a random part. */
  readonly entryIds: readonly string[]
  /** Of that, what named none. */
  readonly bare: number
}

/** So many are looked up at a time; of more, a random part. Ten seconds of 400 a second are all looked up. */
const mostKept = 4096

/**
 * Counts, beside the trail and without it, what must not happen without an entry: each use of a
 * subject's key, each answer with personal data. One per process and house. It is held against the
 * entries every few seconds; a process that is killed takes the count of those seconds with it, which
 * makes a bypass go unseen for as long, and never makes one up.
 */
export class AccountTally {
  #count = 0
  #bare = 0
  #ids: string[] = []
  #last = ''

  /** How much was seen since the last time. */
  get count(): number {
    return this.#count
  }

  /** @param entryId - the entry that tells of it; undefined when nobody named one. */
  see(entryId: string | undefined): void {
    // Many records are opened in a row under one receipt.
    if (entryId !== undefined && entryId === this.#last) return
    this.#last = entryId ?? ''
    this.#count += 1
    if (entryId === undefined) this.#bare += 1
    else if (this.#ids.length < mostKept) this.#ids.push(entryId)
    else {
      // Each of them has the same chance to be looked up, whenever it came.
      const place = randomInt(this.#count)
      if (place < mostKept) this.#ids[place] = entryId
    }
  }

  /** Hands out what was seen and begins anew. */
  take(): Seen {
    const seen = { count: this.#count, entryIds: this.#ids, bare: this.#bare }
    this.#count = 0
    this.#bare = 0
    this.#ids = []
    this.#last = ''
    return seen
  }

  /** Gives back what could not be looked up; what is beyond the limit only counts. */
  giveBack({ count, entryIds, bare }: Seen): void {
    this.#count += count
    this.#bare += bare
    this.#ids.push(...entryIds.slice(0, mostKept - this.#ids.length))
  }
}
