import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { birthOf } from './processes.ts'

export interface Holder {
  readonly pid: number
  /** When that process started, as the system tells it: its number alone may be used again. */
  readonly birth: string
  readonly since: string
}

export interface LockFile {
  /** Removes the file, if it is still ours. */
  release(): void
}

/** Somebody else holds it. */
export class LockHeld extends Error {
  override readonly name = 'LockHeld'
  readonly holder: Holder

  constructor(holder: Holder) {
    super(`held by process ${holder.pid} since ${holder.since}`)
    this.holder = holder
  }
}

/**
 * Takes a lock that dies with its process: a file naming the holder. A file whose holder is gone is
 * taken over, so `kill -9` never wedges the next start.
 *
 * @throws {LockHeld} when a living process holds it.
 */
export async function takeLock(file: string): Promise<LockFile> {
  const mine: Holder = {
    pid: process.pid,
    birth: (await birthOf(process.pid)) ?? '',
    since: new Date().toISOString(),
  }
  const text = JSON.stringify(mine)
  const draft = `${file}.${process.pid}`
  for (;;) {
    // A link appears with its content at once: nobody can read half a file.
    writeFileSync(draft, text, { mode: 0o600 })
    try {
      linkSync(draft, file)
      return { release: () => release(file, text) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(draft, { force: true })
    }
    const found = read(file)
    if (found === undefined) continue
    const holder = parse(found)
    if (holder !== undefined && (await birthOf(holder.pid)) === holder.birth)
      throw new LockHeld(holder)
    removeStale(file, found)
  }
}

/** Moves the file aside first: between our look and now somebody may have taken it over. */
function removeStale(file: string, expected: string): void {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
    if (read(aside) !== expected) linkSync(aside, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function release(file: string, text: string): void {
  if (read(file) === text) rmSync(file, { force: true })
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function parse(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null
    return typeof value?.pid === 'number' && typeof value.birth === 'string'
      ? { pid: value.pid, birth: value.birth, since: String(value.since) }
      : undefined
  } catch {
    return undefined
  }
}
