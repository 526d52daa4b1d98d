/**
 * Tiles and entry bundles of C2SP tlog-tiles, and how a tree grows in them.
 *
 * A tile of level l and number n holds up to 256 hashes of 32 bytes; the i-th is the root of the
 * leaves `[(256n+i)·256^l, (256n+i+1)·256^l)`. Only full tiles are hashed upwards. Paths:
 *
 * ```
 * tile/<l>/<n>[.p/<width>]        hashes, 32 bytes each
 * tile/entries/<n>[.p/<width>]    entries, each a big-endian uint16 length and its bytes
 * ```
 *
 * n is written in groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`.
 * Width, 1 to 255, stands only in the path of a partial tile. Whoever holds the wider tile holds
 * every narrower one: it is its beginning.
 *
 * @see https://c2sp.org/tlog-tiles
 * @module
 */
import { Frontier, hashBytes, nodeHash } from './merkle.ts'
import type { Range } from './merkle-proof.ts'
import { edgeOf, formatTilePath, tileWidth } from '../../../verifier/src/tiles.ts'

export {
  edgeOf,
  formatTilePath,
  parseTilePath,
  tilePathsOf,
  type TileName,
  type TilePath,
  tileWidth,
} from '../../../verifier/src/tiles.ts'

const longestEntryBytes = 0xffff

/** A tile as it stands: full, or as far as the tree has grown. */
export interface Tile {
  readonly level: number
  readonly n: number
  readonly hashes: Buffer
}

/** @throws {RangeError} for an entry longer than 65,535 bytes. */
export function formatBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > longestEntryBytes)
        throw new RangeError('an entry is too long for a bundle')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

/** @throws {RangeError} unless the bytes are whole entries, at least one and at most 256. */
export function parseBundle(bytes: Buffer): Buffer[] {
  const entries: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length) throw new RangeError('a bundle ends inside a length')
    const start = at + 2
    at = start + bytes.readUInt16BE(at)
    if (at > bytes.length) throw new RangeError('a bundle ends inside an entry')
    entries.push(bytes.subarray(start, at))
  }
  if (entries.length < 1 || entries.length > tileWidth) {
    throw new RangeError(`a bundle cannot hold ${entries.length} entries`)
  }
  return entries
}

/** A tree that grows: it holds only its right edge, and says which tiles have changed. */
export class TileTree {
  #size: number
  readonly #edge: Buffer[][] = []
  readonly #full: Tile[] = []
  readonly #touched = new Set<number>()

  /** @param edge - the tiles {@link edgeOf} names, in any order; wider ones are cut. */
  constructor(size: number, edge: readonly Tile[]) {
    this.#size = size
    for (let level = 0, hashes = size; hashes > 0; level++) {
      this.#edge[level] = []
      hashes = Math.floor(hashes / tileWidth)
    }
    for (const { level, n, width } of edgeOf(size)) {
      const tile = edge.find((t) => t.level === level && t.n === n)
      if (tile === undefined || tile.hashes.length < width * hashBytes) {
        throw new RangeError(`tile ${formatTilePath({ level, n, width })} is missing`)
      }
      this.#edge[level] = splitHashes(tile.hashes).slice(0, width)
    }
  }

  get size(): number {
    return this.#size
  }

  append(leaf: Buffer): void {
    this.#put(0, leaf)
    this.#size += 1
  }

  #put(level: number, hash: Buffer): void {
    const hashes = (this.#edge[level] ??= [])
    hashes.push(hash)
    this.#touched.add(level)
    if (hashes.length < tileWidth) return
    const n = Math.floor(this.#size / tileWidth ** (level + 1))
    this.#full.push({ level, n, hashes: Buffer.concat(hashes) })
    this.#edge[level] = []
    this.#put(level + 1, perfectRoot(hashes))
  }

  /** Every tile that {@link append} has made or widened since the tree was opened. */
  changedTiles(): Tile[] {
    return [...this.#full, ...this.partialTiles().filter(({ level }) => this.#touched.has(level))]
  }

  /** The tiles that became full since the last time, and forgets them. */
  takeFull(): Tile[] {
    return this.#full.splice(0)
  }

  /** The tiles of the right edge. */
  partialTiles(): Tile[] {
    return edgeOf(this.#size).map(({ level, n }) => ({
      level,
      n,
      hashes: Buffer.concat(this.#edge[level]!),
    }))
  }

  root(): Buffer {
    return this.frontier().root()
  }

  /** The tree's right edge in its smallest form; it grows on its own. */
  frontier(): Frontier {
    const frontier = new Frontier()
    for (let level = this.#edge.length - 1; level >= 0; level--) {
      for (const hash of this.#edge[level]!) frontier.append(hash, tileWidth ** level)
    }
    return frontier
  }
}

export function splitHashes(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / hashBytes }, (_, i) =>
    hashes.subarray(i * hashBytes, (i + 1) * hashBytes),
  )
}

/** The root over a power of two of hashes. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let row = hashes
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!))
  }
  return row[0]!
}

/** `length` hashes of one tile, starting at `from`, together the root of one perfect subtree. */
interface Slice {
  readonly level: number
  readonly n: number
  readonly from: number
  readonly length: number
  /** Leaves under the subtree. */
  readonly width: number
}

/** The perfect subtrees that make up a range, left to right, and where in the tiles they stand. */
function slicesOf({ start, end }: Range): Slice[] {
  const slices: Slice[] = []
  for (let at = start; at < end;) {
    let width = 1
    while (at % (width * 2) === 0 && at + width * 2 <= end) width *= 2
    let level = 0
    let length = width
    while (length >= tileWidth) [level, length] = [level + 1, length / tileWidth]
    const first = at / tileWidth ** level
    slices.push({
      level,
      n: Math.floor(first / tileWidth),
      from: first % tileWidth,
      length,
      width,
    })
    at += width
  }
  return slices
}

/** The tiles one must hold to know the hash of each of these ranges. Each tile once. */
export function tilesFor(ranges: readonly Range[]): { level: number; n: number }[] {
  const tiles = new Map(
    ranges.flatMap(slicesOf).map(({ level, n }) => [`${level}/${n}`, { level, n }]),
  )
  return [...tiles.values()]
}

/**
 * The hash of a range that starts where a tree would split it: a whole tree, or a node of a proof.
 *
 * @throws {RangeError} when a tile is missing or too narrow.
 */
export function rangeHash(range: Range, tiles: readonly Tile[]): Buffer {
  const frontier = new Frontier()
  for (const { level, n, from, length, width } of slicesOf(range)) {
    const tile = tiles.find((t) => t.level === level && t.n === n)
    const hashes = tile?.hashes.subarray(from * hashBytes, (from + length) * hashBytes)
    if (hashes?.length !== length * hashBytes) {
      throw new RangeError(`tile ${level}/${n} does not reach to hash ${from + length}`)
    }
    frontier.append(perfectRoot(splitHashes(hashes)), width)
  }
  return frontier.root()
}
