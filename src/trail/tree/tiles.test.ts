import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { hashBytes, leafHash, rootOf } from './merkle.ts'
import {
  consistencyRanges,
  inclusionRanges,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts'
import {
  edgeOf,
  formatBundle,
  formatTilePath,
  parseBundle,
  parseTilePath,
  rangeHash,
  type Tile,
  tilesFor,
  TileTree,
} from './tiles.ts'

const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`entry ${i}`)))

/** Grows a tree in steps as the integrator does: opened from stored tiles each time. */
function grow(
  leaves: readonly Buffer[],
  step: number,
): { stored: Map<string, Tile>; root: Buffer } {
  const stored = new Map<string, Tile>()
  let size = 0
  let root = rootOf([])
  while (size < leaves.length) {
    const edge = edgeOf(size).map(({ level, n }) => stored.get(`${level}/${n}`)!)
    const tree = new TileTree(size, edge)
    for (const leaf of leaves.slice(size, size + step)) tree.append(leaf)
    for (const tile of tree.changedTiles()) stored.set(`${tile.level}/${tile.n}`, tile)
    size = tree.size
    root = tree.root()
  }
  return { stored, root }
}

test('the paths of the specification are written and read', () => {
  const path = { level: 0, n: 1_234_067, width: 256 }
  equal(formatTilePath(path), 'tile/0/x001/x234/067')
  deepEqual(parseTilePath('tile/0/x001/x234/067'), path)
  equal(formatTilePath({ level: 'entries', n: 0, width: 7 }), 'tile/entries/000.p/7')
  equal(formatTilePath({ level: 2, n: 1000, width: 1 }), 'tile/2/x001/000.p/1')
})

test('every tile has one path, and nothing else is a path', () => {
  const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const))
  const n = fc.integer({ min: 0, max: 2 ** 45 })
  const width = fc.integer({ min: 1, max: 256 })
  fc.assert(
    fc.property(fc.record({ level, n, width }), (tile) => {
      deepEqual(parseTilePath(formatTilePath(tile as never)), { ...tile })
    }),
  )
  for (const wrong of [
    'tile/00/000',
    'tile/64/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/x01/001',
    'tile/0/001/002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000/',
    '/tile/0/000',
    'tile/Entries/000',
    'checkpoint',
  ])
    equal(parseTilePath(wrong), undefined, wrong)
})

test('the right edge is as the specification counts it', () => {
  deepEqual(edgeOf(0), [])
  deepEqual(edgeOf(256), [{ level: 1, n: 0, width: 1 }])
  deepEqual(edgeOf(70_000), [
    { level: 0, n: 273, width: 112 },
    { level: 1, n: 1, width: 17 },
    { level: 2, n: 0, width: 1 },
  ])
})

test('whatever the steps, tiles and root are the same, at every size to 600', () => {
  const leaves = leavesOf(600)
  for (let size = 1; size <= 600; size++) {
    const upTo = leaves.slice(0, size)
    deepEqual(grow(upTo, size).root, rootOf(upTo), `size ${size}`)
  }
  const whole = grow(leaves, 600)
  for (const step of [1, 7, 255, 256, 257]) {
    const { stored, root } = grow(leaves, step)
    deepEqual(root, whole.root)
    deepEqual(stored, whole.stored)
  }
})

test('a tree of 140,000 leaves fills level 1, and tiles alone give its proofs', () => {
  const leaves = leavesOf(140_000)
  const { stored, root } = grow(leaves, 8192)
  const tiles = [...stored.values()]
  equal(stored.get('2/0')?.hashes.length, 2 * hashBytes)
  deepEqual(rangeHash({ start: 0, end: leaves.length }, tiles), root)
  const hashesOf = (ranges: Parameters<typeof tilesFor>[0]) => {
    const wanted = tilesFor(ranges).map(({ level, n }) => stored.get(`${level}/${n}`)!)
    return ranges.map((range) => rangeHash(range, wanted))
  }
  const place = fc.integer({ min: 0, max: leaves.length - 1 })
  fc.assert(
    fc.property(place, place, (a, b) => {
      const [index, size] = [Math.min(a, b), Math.max(a, b) + 1]
      const then = rangeHash({ start: 0, end: size }, tiles)
      const path = hashesOf(inclusionRanges(index, size))
      ok(verifyInclusion(index, size, leaves[index]!, path, then))
      const steps = hashesOf(consistencyRanges(size, leaves.length))
      ok(verifyConsistency(size, leaves.length, steps, then, root))
    }),
    { numRuns: 60 },
  )
})

test('a tree is not opened with a tile missing or too narrow', () => {
  const { stored } = grow(leavesOf(300), 300)
  const edge = edgeOf(300).map(({ level, n }) => stored.get(`${level}/${n}`)!)
  throws(() => new TileTree(300, edge.slice(1)), RangeError)
  const narrow = edge.map((tile) => ({ ...tile, hashes: tile.hashes.subarray(hashBytes) }))
  throws(() => new TileTree(300, narrow), RangeError)
  throws(() => rangeHash({ start: 0, end: 301 }, [...stored.values()]), RangeError)
})

test('bundles come back as they were, and cut or overfull ones are refused', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 })
  fc.assert(
    fc.property(entries, (given) => {
      const bundle = formatBundle(given)
      deepEqual(
        parseBundle(bundle),
        given.map((entry) => Buffer.from(entry)),
      )
    }),
    { numRuns: 50 },
  )
  throws(() => parseBundle(Buffer.alloc(0)), RangeError)
  throws(() => parseBundle(Buffer.from([0])), RangeError)
  throws(() => parseBundle(Buffer.from([0, 2, 1])), RangeError)
  throws(() => parseBundle(Buffer.alloc(257 * 2)), RangeError)
  throws(() => formatBundle([Buffer.alloc(65_536)]), RangeError)
})

test('no single bit of a tile or a bundle can change without its reader seeing it', () => {
  const entries = Array.from({ length: 20 }, (_, i) => Buffer.from(`entry ${i}`))
  const leaves = entries.map(leafHash)
  const { stored, root } = grow(leaves, entries.length)
  const [tile] = stored.values()
  const bundle = formatBundle(entries)
  /** As a client of the log: entries against tiles, tiles against the signed root. */
  const holds = (hashes: Buffer, entriesRead: Buffer) => {
    try {
      const read = parseBundle(entriesRead).map(leafHash)
      const tiles = [{ level: 0, n: 0, hashes }]
      return (
        Buffer.concat(read).equals(hashes) &&
        rangeHash({ start: 0, end: read.length }, tiles).equals(root)
      )
    } catch (error) {
      ok(error instanceof RangeError)
      return false
    }
  }
  ok(holds(tile!.hashes, bundle))
  for (const [hashes, read] of [
    ...flips(tile!.hashes).map((flipped) => [flipped, bundle] as const),
    ...flips(bundle).map((flipped) => [tile!.hashes, flipped] as const),
  ])
    ok(!holds(hashes, read))
})

function flips(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    return flipped
  })
}
