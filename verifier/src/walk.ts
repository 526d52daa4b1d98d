/**
 * Walks one tree from its entries to its root: every bundle against the hash tile above it, every
 * tile against the tiles below it, and the root at any size that somebody has signed.
 */
import { equal } from './bytes.ts'
import { Frontier } from './merkle.ts'
import { hashBytes, newSlab, sha256Into, type Slab } from './sha256.ts'
import type { Source } from './source.ts'
import { entryBounds, formatTilePath, type TilePath, tileWidth } from './tiles.ts'

export interface WalkFault {
  readonly index: number | undefined
  readonly text: string
}

/** The entries of one bundle: entry i is `bundle[bounds[2i] … bounds[2i+1])`. */
export interface Entries {
  readonly first: number
  readonly bundle: Uint8Array
  readonly bounds: Uint32Array
}

export interface WalkOptions {
  readonly source: Source
  readonly size: number
  /** Bundles that end at or before this leaf may be gone. */
  readonly minimumIndex?: number
  /** Sizes at which the root is wanted, in any order; those beyond the tree are left out. */
  readonly sizes?: readonly number[]
  /** Told of the entries in order, with their leaf hashes; what it returns is wrong with them. */
  readonly onEntries?: (
    entries: Entries,
    hashes: Uint8Array,
  ) => readonly WalkFault[] | Promise<readonly WalkFault[]>
  readonly onProgress?: (checked: number, of: number) => void
}

export interface Walked {
  /** Undefined when hashes are missing. */
  readonly root: Uint8Array | undefined
  readonly rootAt: ReadonlyMap<number, Uint8Array>
  /** Entries whose bytes were hashed. */
  readonly entries: number
  /** Entries that may be gone and are: only their hashes were seen. */
  readonly pruned: number
  /** Stretches `[from, to)` of entries that should be there and are not. */
  readonly gaps: readonly (readonly [from: number, to: number])[]
  /** Hash tiles that were looked at, and those that should be there and are not. */
  readonly tiles: number
  readonly missingTiles: readonly string[]
  readonly faults: readonly WalkFault[]
}

/** Files asked for ahead of the one at hand. */
const ahead = 8
/** After so many faults the rest says nothing new. */
const mostFaults = 20

interface Stretch {
  readonly n: number
  readonly width: number
  readonly bundle: Uint8Array | undefined
  readonly tile: Uint8Array | undefined
}

export async function walkTree(options: WalkOptions): Promise<Walked> {
  const walk = new Walk(options)
  const stretches = Math.ceil(options.size / tileWidth)
  const fetching: Promise<Stretch>[] = []
  for (let n = 0; n < stretches; n++) {
    while (fetching.length < ahead && n + fetching.length < stretches) {
      const next = walk.fetch(n + fetching.length)
      // Whoever waits for it meets the failure; until then it must not go unheard.
      next.catch(() => {})
      fetching.push(next)
    }
    await walk.take(await fetching.shift()!)
    if (walk.isBroken) break
    options.onProgress?.(Math.min((n + 1) * tileWidth, options.size), options.size)
  }
  return walk.end()
}

class Walk {
  readonly #options: WalkOptions
  readonly #sizes: number[]
  readonly #frontier = new Frontier()
  readonly #levels: { slab: Slab; width: number; n: number }[] = []
  readonly #slab = newSlab(tileWidth * hashBytes)
  readonly #rootAt = new Map<number, Uint8Array>()
  readonly #faults: WalkFault[] = []
  readonly #gaps: [number, number][] = []
  readonly #missingTiles: string[] = []
  #tiles = 0
  #entries = 0
  #pruned = 0
  #lost = false

  constructor(options: WalkOptions) {
    this.#options = options
    this.#sizes = (options.sizes ?? [])
      .filter((size) => size <= options.size)
      .toSorted((a, b) => a - b)
    this.#takeSizes(0, 0)
  }

  get isBroken(): boolean {
    return this.#lost || this.#faults.length >= mostFaults
  }

  async fetch(n: number): Promise<Stretch> {
    const width = Math.min(tileWidth, this.#options.size - n * tileWidth)
    const [bundle, tile] = await Promise.all([
      this.#read({ level: 'entries', n, width }),
      this.#read({ level: 0, n, width }),
    ])
    return { n, width, bundle, tile }
  }

  /** A partial file may have been replaced by the full one, which begins with it. */
  async #read(path: TilePath): Promise<Uint8Array | undefined> {
    const { source } = this.#options
    const bytes = await source.read(formatTilePath(path))
    if (bytes !== undefined || path.width === tileWidth) return bytes
    const full = await source.read(formatTilePath({ ...path, width: tileWidth }))
    if (full === undefined) return undefined
    return path.level === 'entries'
      ? cutBundle(full, path.width)
      : full.subarray(0, path.width * hashBytes)
  }

  async take({ n, width, bundle, tile }: Stretch): Promise<void> {
    const first = n * tileWidth
    if (bundle === undefined) this.#note(first, width)
    else await this.#hash(first, width, bundle)
    if (tile === undefined) this.#missingTiles.push(formatTilePath({ level: 0, n, width }))
    else this.#tiles += 1
    if (bundle === undefined && tile === undefined) {
      // Whole stretches below the minimum index may still be known by the tile above.
      const above = await this.#hashAbove(n, width)
      this.#lost = above === undefined
      if (above !== undefined) this.#appendFull(above)
      return
    }
    if (bundle === undefined) this.#copy(tile!, width, first)
    else if (tile !== undefined) this.#compare(tile, width, first)
    this.#takeSizes(first, width)
    if (width === tileWidth) this.#appendFull(this.#slabRoot())
    else for (let i = 0; i < width; i++) this.#frontier.append(this.#hashAt(i))
  }

  #note(first: number, width: number): void {
    if (first + width <= (this.#options.minimumIndex ?? 0)) {
      this.#pruned += width
      return
    }
    const last = this.#gaps.at(-1)
    if (last?.[1] === first) last[1] = first + width
    else this.#gaps.push([first, first + width])
  }

  async #hash(first: number, width: number, bundle: Uint8Array): Promise<void> {
    let bounds: Uint32Array
    try {
      bounds = entryBounds(bundle, width)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#lost = true
      this.#fault(
        first,
        `${formatTilePath({ level: 'entries', n: first / tileWidth, width })}: ${error.message}`,
      )
      return
    }
    hashEntries(bundle, bounds, this.#slab)
    this.#entries += width
    const hashes = this.#slab.subarray(0, width * hashBytes)
    const faults = (await this.#options.onEntries?.({ first, bundle, bounds }, hashes)) ?? []
    for (const { index, text } of faults) this.#fault(index, text)
  }

  #copy(tile: Uint8Array, width: number, first: number): void {
    if (tile.length !== width * hashBytes) {
      this.#lost = true
      this.#fault(first, 'A hash tile is of another length than its path says.')
      return
    }
    this.#slab.set(tile)
  }

  #compare(tile: Uint8Array, width: number, first: number): void {
    if (tile.length !== width * hashBytes) {
      this.#fault(first, 'A hash tile is of another length than its path says.')
      return
    }
    for (let at = 0; at < tile.length; at++) {
      if (tile[at] === this.#slab[at]) continue
      const index = first + Math.floor(at / hashBytes)
      this.#fault(index, `Entry ${index} and the hash in its place differ.`)
      return
    }
  }

  #hashAt(i: number): Uint8Array {
    return copyOf(this.#slab, i * hashBytes, (i + 1) * hashBytes)
  }

  #slabRoot(): Uint8Array {
    return perfectRoot(this.#slab, tileWidth)
  }

  async #hashAbove(n: number, width: number): Promise<Uint8Array | undefined> {
    if (width < tileWidth) return undefined
    const parent = Math.floor(n / tileWidth)
    const reach = Math.floor(this.#options.size / tileWidth) - parent * tileWidth
    const tile = await this.#read({ level: 1, n: parent, width: Math.min(tileWidth, reach) })
    const at = (n % tileWidth) * hashBytes
    return tile === undefined || tile.length < at + hashBytes
      ? undefined
      : copyOf(tile, at, at + hashBytes)
  }

  /** Roots at the sizes that fall into the stretch that begins at `first`. */
  #takeSizes(first: number, width: number): void {
    while (this.#sizes.length > 0 && this.#sizes[0]! <= first + width) {
      const size = this.#sizes.shift()!
      // A stretch without its own hashes has gone by.
      if (size < first) continue
      const frontier = this.#frontier.copy()
      for (let i = 0; i < size - first; i++) frontier.append(this.#hashAt(i))
      this.#rootAt.set(size, frontier.root())
    }
  }

  #appendFull(hash: Uint8Array): void {
    this.#frontier.append(hash, tileWidth)
    this.#put(1, hash)
  }

  /** Grows the tile of a level by one hash; a full one is a hash of the level above. */
  #put(level: number, hash: Uint8Array): void {
    const at = (this.#levels[level] ??= { slab: newSlab(tileWidth * hashBytes), width: 0, n: 0 })
    at.slab.set(hash, at.width * hashBytes)
    at.width += 1
    if (at.width < tileWidth) return
    this.#full.push({ level, n: at.n, hashes: copyOf(at.slab, 0, at.slab.length) })
    const root = perfectRoot(at.slab, tileWidth)
    at.width = 0
    at.n += 1
    this.#put(level + 1, root)
  }

  readonly #full: { level: number; n: number; hashes: Uint8Array }[] = []

  async end(): Promise<Walked> {
    if (!this.#lost) await this.#compareUpperTiles()
    return {
      root:
        this.#lost || this.#frontier.size !== this.#options.size
          ? undefined
          : this.#frontier.root(),
      rootAt: this.#rootAt,
      entries: this.#entries,
      pruned: this.#pruned,
      gaps: this.#gaps,
      tiles: this.#tiles,
      missingTiles: this.#missingTiles,
      faults: this.#faults,
    }
  }

  async #compareUpperTiles(): Promise<void> {
    const partial = this.#levels.flatMap(({ slab, width, n }, level) =>
      level === 0 || width === 0 ? [] : [{ level, n, hashes: copyOf(slab, 0, width * hashBytes) }],
    )
    for (const { level, n, hashes } of [...this.#full, ...partial]) {
      const path = { level, n, width: hashes.length / hashBytes }
      const tile = await this.#read(path)
      if (tile === undefined) this.#missingTiles.push(formatTilePath(path))
      else {
        this.#tiles += 1
        if (!equal(tile, hashes)) {
          this.#fault(undefined, `${formatTilePath(path)} is not what its leaves come to.`)
        }
      }
    }
  }

  #fault(index: number | undefined, text: string): void {
    if (this.#faults.length < mostFaults) this.#faults.push({ index, text })
  }
}

/** Not `slice`, which in a Buffer of Node's is a view. */
const copyOf = (bytes: Uint8Array, start: number, end: number) =>
  new Uint8Array(bytes.subarray(start, end))

/** The first entries of a bundle, as a bundle. */
function cutBundle(bundle: Uint8Array, count: number): Uint8Array {
  try {
    return bundle.subarray(0, entryBounds(bundle, tileWidth)[2 * count - 1])
  } catch {
    return bundle
  }
}

/**
 * Leaf hashes of a bundle's entries into a slab. For the time of each hash the byte before the entry,
 * the end of its length, becomes the zero byte that RFC 6962 puts before a leaf: so nothing is copied.
 */
export function hashEntries(bundle: Uint8Array, bounds: Uint32Array, slab: Slab): void {
  for (let i = 0; i < bounds.length / 2; i++) {
    const before = bounds[2 * i]! - 1
    const kept = bundle[before]!
    bundle[before] = 0
    sha256Into(bundle.subarray(before, bounds[2 * i + 1]), slab, i * hashBytes)
    bundle[before] = kept
  }
}

const scratch = newSlab(1 + tileWidth * hashBytes)

/**
 * The root over a power of two of hashes, at most 256.
 *
 * Row by row in one place: a pair's hash goes where pairs have been read already, and so does the byte
 * of 1 before each pair.
 */
export function perfectRoot(hashes: Uint8Array, count: number): Uint8Array {
  scratch.set(hashes.subarray(0, count * hashBytes), 1)
  for (let width = count / 2; width >= 1; width /= 2) {
    for (let i = 0; i < width; i++) {
      const start = 2 * hashBytes * i
      scratch[start] = 1
      sha256Into(scratch.subarray(start, start + 1 + 2 * hashBytes), scratch, 1 + hashBytes * i)
    }
  }
  return copyOf(scratch, 1, 1 + hashBytes)
}
