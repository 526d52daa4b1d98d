import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  keepReserve,
  leastFreeBytes,
  releaseReserve,
  reserveBytes,
  type Space,
  spaceAt,
} from '#ground'
import type { SpaceNow } from '#kernel'

const everyMs = 1000

/** Enough to take the reserve again, and to go on for a while. */
const enoughBytes = leastFreeBytes + reserveBytes + leastFreeBytes / 4

/**
 * Watches the space of everything the house writes to. When it runs short the reserve is given back,
 * so that what is under way can end and PostgreSQL can recover, and the house takes nothing on until
 * there is enough again.
 */
export class SpaceWatch {
  readonly #dataDir: string
  readonly #say: (line: string) => void
  #isShort = false

  constructor(dataDir: string, say: (line: string) => void) {
    this.#dataDir = dataDir
    this.#say = say
  }

  /** Looks once. @returns undefined where the file system says nothing. */
  async look(): Promise<SpaceNow | undefined> {
    const space = await this.#least()
    if (space === undefined) return undefined
    if (!this.#isShort && space.freeBytes < leastFreeBytes) {
      this.#isShort = true
      await releaseReserve(this.#dataDir)
      this.#say('the disk is almost full: the reserve is given back, and requests are refused')
    } else if (this.#isShort && space.freeBytes >= enoughBytes) {
      this.#isShort = false
      this.#say('there is space again')
    }
    if (!this.#isShort && space.freeBytes >= enoughBytes && !this.#hasReserve()) {
      await keepReserve(this.#dataDir).catch(() => releaseReserve(this.#dataDir))
    }
    return { ...space, isShort: this.#isShort }
  }

  /** Tells what it sees every second, until told to stop. */
  async watch(tell: (space: SpaceNow) => void, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const space = await this.look().catch(() => undefined)
      if (space !== undefined) tell(space)
      await pause(everyMs, undefined, { signal: stopped }).catch(() => {})
    }
  }

  /** Waits while there is too little to start on. @returns whether it had to. */
  async waitForRoom(stopped: AbortSignal): Promise<boolean> {
    let waited = false
    while (!stopped.aborted && (await this.look().catch(() => undefined))?.isShort === true) {
      if (!waited) this.#say('waiting for space on the disk')
      waited = true
      await pause(everyMs, undefined, { signal: stopped }).catch(() => {})
    }
    return waited
  }

  #hasReserve(): boolean {
    return existsSync(join(this.#dataDir, 'reserve'))
  }

  /** The database may lie on a file system of its own. */
  async #least(): Promise<Space | undefined> {
    const home = join(this.#dataDir, 'postgres')
    const link = join(home, 'home')
    const places = [this.#dataDir, existsSync(link) ? link : home].filter((place) =>
      existsSync(place),
    )
    const spaces = await Promise.all(places.map(spaceAt))
    return spaces.toSorted((a, b) => a.freeBytes - b.freeBytes)[0]
  }
}
