/**
 * Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2: which hashes they are made of,
 * and how they are checked (the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2).
 *
 * Beyond the textbook the checks demand hashes of 32 bytes and sizes above zero: without them a
 * leaf could pass for a node, and any tree would follow from the empty one.
 */
import { equal } from './bytes.ts'
import { largestPowerBelow, nodeHash } from './merkle.ts'
import { hashBytes } from './sha256.ts'

/** Leaves `[start, end)`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The subtrees whose hashes prove that leaf `index` is in the tree of `size`, from leaf to root. */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`a tree of ${size} has no leaf ${index}`)
  }
  const ranges: Range[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start)
    if (index < middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  return ranges.toReversed()
}

/** The subtrees whose hashes prove that the tree of `size` begins with the tree of `oldSize`. */
export function consistencyRanges(oldSize: number, size: number): Range[] {
  if (!isCount(oldSize) || !isCount(size) || oldSize < 1 || oldSize > size) {
    throw new RangeError(`no proof leads from a tree of ${oldSize} to one of ${size}`)
  }
  const ranges: Range[] = []
  let [start, end] = [0, size]
  while (end !== oldSize) {
    const middle = start + largestPowerBelow(end - start)
    if (oldSize <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  // The old tree itself is known to whoever asks, unless it had to be cut.
  if (start > 0) ranges.push({ start, end })
  return ranges.toReversed()
}

/** Whether `path` proves that `leaf` is number `index` in the tree of `size` with that root. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const found = rootByPath(index, size, leaf, path)
  return found !== undefined && isHash(root) && equal(found, root)
}

/** The root that `path` leads to from leaf `index` of a tree of `size`; undefined where it fits no such leaf. */
export function rootByPath(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!isCount(index) || !isCount(size) || index >= size) return undefined
  if (![leaf, ...path].every(isHash)) return undefined
  let [position, last] = [index, size - 1]
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return undefined
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash)
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 ? hash : undefined
}

/** Whether `path` proves that the tree of `size` with `root` begins with that of `oldSize` with `oldRoot`. */
export function verifyConsistency(
  oldSize: number,
  size: number,
  path: readonly Uint8Array[],
  oldRoot: Uint8Array,
  root: Uint8Array,
): boolean {
  if (!isCount(oldSize) || !isCount(size) || oldSize < 1 || oldSize > size) return false
  if (![oldRoot, root, ...path].every(isHash)) return false
  if (oldSize === size) return path.length === 0 && equal(oldRoot, root)
  const whole = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path
  const [first, ...rest] = whole
  if (first === undefined || path.length === 0) return false
  let [position, last] = [oldSize - 1, size - 1]
  while (position % 2 === 1) [position, last] = [half(position), half(last)]
  let [oldHash, hash] = [first, first]
  for (const sibling of rest) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(sibling, oldHash)
      hash = nodeHash(sibling, hash)
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 && equal(oldHash, oldRoot) && equal(hash, root)
}

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0
const isHash = (bytes: Uint8Array) => bytes.length === hashBytes
const half = (n: number) => Math.floor(n / 2)

function isPowerOfTwo(n: number): boolean {
  let rest = n
  while (rest % 2 === 0) rest /= 2
  return rest === 1
}
