/**
 * Merkle trees as RFC 6962 §2.1 defines them, over SHA-256.
 *
 * ```
 * leaf        SHA-256(0x00 ‖ entry)
 * node        SHA-256(0x01 ‖ left ‖ right)
 * empty tree  SHA-256("")
 * a tree of n leaves splits at the largest power of two below n
 * ```
 */
import { hashBytes, sha256 } from './sha256.ts'

/** The root of the tree without leaves. */
export const emptyRoot: Uint8Array = sha256(new Uint8Array())

/** A zero, and behind it room for an entry. */
let leaf = new Uint8Array(1024)

/** What an entry's bytes come to as a leaf. */
export function leafHash(entry: Uint8Array): Uint8Array {
  if (leaf.length <= entry.length) leaf = new Uint8Array(2 * entry.length)
  leaf.set(entry, 1)
  return sha256(leaf.subarray(0, 1 + entry.length))
}

const pair = new Uint8Array(1 + 2 * hashBytes).fill(1)

/** What two neighbours come to. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1)
  pair.set(right, 1 + hashBytes)
  return sha256(pair)
}

/** The root over leaf hashes, by the definition. For few leaves; trees that grow use {@link Frontier}. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot
  if (leaves.length === 1) return leaves[0]!
  const split = largestPowerBelow(leaves.length)
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

/** The largest power of two below `n`, for `n` of at least 2. Right up to 2⁵³, where bits are not. */
export function largestPowerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/**
 * The perfect subtrees along a tree's right edge, largest first: all it takes to grow a tree, and
 * to know its root.
 */
export class Frontier {
  #size = 0
  readonly #peaks: { readonly size: number; readonly hash: Uint8Array }[] = []

  get size(): number {
    return this.#size
  }

  /** Appends a perfect subtree of `width` leaves; `width` is a power of two that divides the size. */
  append(hash: Uint8Array, width = 1): void {
    if (this.#size % width !== 0) throw new RangeError('a subtree must start at its own width')
    let peak = { size: width, hash }
    for (let last = this.#peaks.at(-1); last?.size === peak.size; last = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = { size: peak.size * 2, hash: nodeHash(last.hash, peak.hash) }
    }
    this.#peaks.push(peak)
    this.#size += width
  }

  root(): Uint8Array {
    return (
      this.#peaks.reduceRight<Uint8Array | undefined>(
        (right, { hash }) => (right === undefined ? hash : nodeHash(hash, right)),
        undefined,
      ) ?? emptyRoot
    )
  }

  /** One that grows from here on its own. */
  copy(): Frontier {
    const copy = new Frontier()
    for (const { size, hash } of this.#peaks) copy.append(hash, size)
    return copy
  }
}
