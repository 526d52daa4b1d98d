import { clientOf } from '#gate'
import { signInBusy } from '../refusals.ts'

/** Who comes in waits no longer than this, as far as the turns before tell. */
const longestWaitMs = 4_000
/** So many are let in for each who hashes, however slow or fast the turns were. */
const [fewest, most] = [4, 40]
/** Of all who are let in, one neighbourhood of addresses may be so many, though never fewer than {@link fewest}. */
const share = 1 / 2
/** A turn before any was taken: argon2id with our parameters on a slow core, and a rest as long. */
const firstTurnMs = 100
/** One that took longer, because the whole machine stood still, tells nothing of the next. */
const longestTurnMs = 1_000
const weight = 1 / 8

/**
 * Turns at hashing a password, and the room in which people wait for theirs. The room has a bound:
 * a flood of sign-ins is sent away at its door, so that whoever is inside is served within seconds, and a
 * flood from one neighbourhood takes a part of it only.
 */
export class PasswordTurns {
  readonly #atOnce: number
  #running = 0
  readonly #waiting: (() => void)[] = []
  #turnMs = firstTurnMs
  #inside = 0
  readonly #from = new Map<string, number>()

  /** @param atOnce - how many hash beside each other. */
  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /**
   * Lets somebody in to whom nothing is known but an address, for as long as the deed takes.
   *
   * @throws {Refusal} `identity.sign-in-busy` (503) at once, with the seconds to wait.
   */
  async within<T>(address: string, deed: () => Promise<T>): Promise<T> {
    const { client, site = client } = clientOf(address)
    const room = this.#room
    const neighbours = this.#from.get(site) ?? 0
    if (this.#inside >= room || neighbours >= Math.max(fewest, room * share))
      throw signInBusy(Math.max(1, Math.ceil((this.#inside * this.#turnMs) / this.#atOnce / 1_000)))
    this.#count(site, 1)
    try {
      return await deed()
    } finally {
      this.#count(site, -1)
    }
  }

  /** Waits for a turn. @returns what to call once it is over, rest and all. */
  async take(): Promise<() => void> {
    if (this.#running < this.#atOnce) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const began = performance.now()
    return () => {
      const tookMs = Math.min(performance.now() - began, longestTurnMs)
      this.#turnMs += (tookMs - this.#turnMs) * weight
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  get #room(): number {
    const each = Math.floor(longestWaitMs / this.#turnMs)
    return this.#atOnce * Math.min(most, Math.max(fewest, each))
  }

  #count(site: string, by: 1 | -1): void {
    this.#inside += by
    const here = (this.#from.get(site) ?? 0) + by
    if (here === 0) this.#from.delete(site)
    else this.#from.set(site, here)
  }
}
