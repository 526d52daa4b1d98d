/**
 * A small file that must never be lost, half-written or overwritten unseen.
 *
 *     <dir>/<name>.<generation>.<extension>     one file; the highest generation is the truth
 *
 * A write makes the next generation: text to a temporary file, on the disk, then `link` to its name,
 * which fails when another process has taken that generation (compare and swap).
 * Only then older generations go. Killed anywhere in between, the file is the old one or the new one.
 * Each further place gets a copy by the same steps; a place that cannot be written is reported, not fatal.
 */
import {
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { CopyState } from '../provider.ts'

export interface Stored {
  readonly generation: number
  readonly text: string
}

export class ReplicatedFile {
  readonly #name: string
  readonly #extension: string
  readonly #dir: string
  readonly #places: readonly string[]
  readonly #troubles = new Map<string, string>()

  /** @param places - further directories that each keep a copy. */
  constructor(dir: string, name: string, extension: string, places: readonly string[]) {
    this.#dir = dir
    this.#name = name
    this.#extension = extension
    this.#places = places
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  }

  /** The newest generation's number, 0 where there is none. One directory listing. */
  generation(): number {
    return this.#newestIn(this.#dir)
  }

  /** The newest text; from the newest copy where the first place has lost it. */
  read(): Stored | undefined {
    return this.#readIn(this.#dir) ?? this.#recovered()
  }

  /**
   * Writes the generation after `previous`, durable before it returns.
   *
   * @returns false when another process was first: read again, and decide again.
   */
  write(previous: number, text: string): boolean {
    if (!this.#put(this.#dir, previous + 1, text)) return false
    this.replicate()
    return true
  }

  /** Brings every place up to date. */
  replicate(): void {
    const newest = this.#readIn(this.#dir)
    if (newest === undefined) return
    for (const place of this.#places) {
      try {
        mkdirSync(place, { recursive: true, mode: 0o700 })
        if (this.#newestIn(place) < newest.generation) {
          this.#put(place, newest.generation, newest.text)
        }
        this.#troubles.delete(place)
      } catch (error) {
        this.#troubles.set(place, (error as NodeJS.ErrnoException).code ?? 'unknown')
      }
    }
  }

  copies(): CopyState[] {
    const newest = this.generation()
    const file = this.#name
    return this.#places.map((place) => {
      const trouble = this.#troubles.get(place)
      try {
        const upToDate = this.#newestIn(place) === newest
        return { file, place, upToDate, ...(trouble === undefined ? {} : { trouble }) }
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        return { file, place, upToDate: false, trouble: trouble ?? code ?? 'unknown' }
      }
    })
  }

  #recovered(): Stored | undefined {
    const found = this.#places
      .map((place) => this.#readIfThere(place))
      .filter((stored) => stored !== undefined)
      .sort((a, b) => b.generation - a.generation)[0]
    if (found === undefined) return undefined
    this.#put(this.#dir, found.generation, found.text)
    return this.#readIn(this.#dir)
  }

  /** A place that cannot be read has no copy for us; that it has trouble is told by {@link copies}. */
  #readIfThere(place: string): Stored | undefined {
    try {
      return this.#readIn(place)
    } catch {
      return undefined
    }
  }

  #readIn(dir: string): Stored | undefined {
    // Another process may remove the generation we are about to read, after it wrote a newer one.
    for (let tries = 0; tries < 100; tries += 1) {
      const generation = this.#newestIn(dir)
      if (generation === 0) return undefined
      try {
        return { generation, text: readFileSync(this.#path(dir, generation), 'utf8') }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
    throw new Error(`${this.#name} changes faster than it can be read`)
  }

  #put(dir: string, generation: number, text: string): boolean {
    const path = this.#path(dir, generation)
    const temporary = `${path}.${process.pid}.tmp`
    const file = openSynchronous(temporary)
    try {
      writeFileSync(file, text)
      if (!linked(temporary, path)) return false
      // A generation that was removed as old can be taken again by a process that slept; it is not the truth then.
      if (this.#newestIn(dir) !== generation) {
        rmSync(path, { force: true })
        return false
      }
      settleName(file, text)
    } finally {
      closeSync(file)
      rmSync(temporary, { force: true })
    }
    this.#removeOlder(dir, generation)
    return true
  }

  #removeOlder(dir: string, generation: number): void {
    for (const number of this.#generationsIn(dir)) {
      if (number < generation) rmSync(this.#path(dir, number), { force: true })
    }
  }

  #newestIn(dir: string): number {
    return Math.max(0, ...this.#generationsIn(dir))
  }

  #generationsIn(dir: string): number[] {
    try {
      return readdirSync(dir).flatMap((file) => {
        const [name, number, extension, ...rest] = file.split('.')
        const isOurs = name === this.#name && extension === this.#extension && rest.length === 0
        return isOurs && /^[1-9]\d{0,14}$/.test(number ?? '') ? [Number(number)] : []
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  #path(dir: string, generation: number): string {
    return join(dir, `${this.#name}.${generation}.${this.#extension}`)
  }
}

/**
 * Writes a file for this user only, and returns once it is on the disk. `O_SYNC` and not `fsync`:
 * Node refuses `fsyncSync` where the server runs under its permission model.
 */
export function writeDurably(path: string, text: string): void {
  const file = openSynchronous(path)
  try {
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

function openSynchronous(path: string): number {
  const { O_CREAT, O_SYNC, O_TRUNC, O_WRONLY } = constants
  return openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600)
}

/** @returns false where the name is taken. */
function linked(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Makes a name durable: a link changes the file itself (its count of names), so a synchronous write
 * to the file commits the directory's change with it. Through the file as it was opened, and not by
 * its name: another process may have built on this generation by now, and removed the name.
 */
function settleName(file: number, text: string): void {
  writeSync(file, text.slice(0, 1), 0)
}
