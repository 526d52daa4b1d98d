/**
 * Names and contents of the files of a tiled log (C2SP tlog-tiles).
 *
 * ```
 * checkpoint                      the newest signed checkpoint
 * tile/<l>/<n>[.p/<width>]        hashes, 32 bytes each
 * tile/entries/<n>[.p/<width>]    entries, each a big-endian uint16 length and its bytes
 * ```
 *
 * A tile of level l and number n holds up to 256 hashes; the i-th is the root of the leaves
 * `[(256n+i)·256^l, (256n+i+1)·256^l)`. Only full tiles are hashed upwards. n is written in groups of
 * three digits, all but the last with an `x`: 1234067 is `x001/x234/067`. Width, 1 to 255, stands only
 * in the path of a partial tile. Whoever holds the wider tile holds every narrower one: it is its
 * beginning.
 *
 * See https://c2sp.org/tlog-tiles
 */
import { readUint16 } from './bytes.ts'

export const tileWidth = 256
const highestLevel = 63

/** Which tile; `width` 256 is the full one. */
export interface TileName {
  readonly level: number
  readonly n: number
  readonly width: number
}

/** Which tile or bundle. */
export type TilePath = TileName | (Omit<TileName, 'level'> & { readonly level: 'entries' })

/** `1234067` as `x001/x234/067`. */
export function formatNumber(n: number): string {
  const groups: string[] = []
  for (let rest = n; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`)
  }
  return groups.join('/')
}

export function formatTilePath({ level, n, width }: TilePath): string {
  return `tile/${level}/${formatNumber(n)}${width === tileWidth ? '' : `.p/${width}`}`
}

const tilePattern = /^tile\/(0|[1-9]\d?|entries)\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** The tile a path names; undefined for anything but the one way to write it. */
export function parseTilePath(path: string): TilePath | undefined {
  const match = tilePattern.exec(path)
  if (match === null) return undefined
  const [, place, higher, lowest, partial] = match
  const level = place === 'entries' ? place : Number(place)
  const n = Number(`${higher!.replaceAll(/[x/]/g, '')}${lowest}`)
  const width = partial === undefined ? tileWidth : Number(partial)
  if (level !== 'entries' && level > highestLevel) return undefined
  const tile = { level, n, width } as TilePath
  return Number.isSafeInteger(n) && formatTilePath(tile) === path ? tile : undefined
}

/**
 * Where each entry of a bundle begins and ends: 2i and 2i+1.
 *
 * @throws {RangeError} unless the bytes are exactly so many whole entries.
 */
export function entryBounds(bundle: Uint8Array, count: number): Uint32Array {
  const bounds = new Uint32Array(count * 2)
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 2 > bundle.length) throw new RangeError(`a bundle ends before entry ${i + 1}`)
    const start = at + 2
    at = start + readUint16(bundle, at)
    if (at > bundle.length) throw new RangeError('a bundle ends inside an entry')
    bounds[2 * i] = start
    bounds[2 * i + 1] = at
  }
  if (at !== bundle.length) throw new RangeError(`a bundle holds more than ${count} entries`)
  return bounds
}

/** The tiles at the right edge of a tree: the partial one of each level that has one. */
export function edgeOf(size: number): TileName[] {
  const edge: TileName[] = []
  for (let level = 0, hashes = size; hashes > 0; level++) {
    const width = hashes % tileWidth
    const n = Math.floor(hashes / tileWidth)
    if (width > 0) edge.push({ level, n, width })
    hashes = n
  }
  return edge
}

/** Every file of a log of this size under its tile paths, level by level, bundles first. */
export function* tilePathsOf(size: number): Generator<TilePath> {
  for (let n = 0; n * tileWidth < size; n++) {
    yield { level: 'entries', n, width: Math.min(tileWidth, size - n * tileWidth) }
  }
  for (let level = 0, hashes = size; hashes > 0; level++) {
    for (let n = 0; n * tileWidth < hashes; n++) {
      yield { level, n, width: Math.min(tileWidth, hashes - n * tileWidth) }
    }
    hashes = Math.floor(hashes / tileWidth)
  }
}
