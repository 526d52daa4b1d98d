/**
 * Merkle trees of RFC 6962 §2.1, as `verifier/` defines them: here their hashes are Buffers, because in
 * Node they come from `node:crypto`.
 *
 * @module
 */
import * as core from '../../../verifier/src/merkle.ts'

export { largestPowerBelow } from '../../../verifier/src/merkle.ts'
export { hashBytes } from '../../../verifier/src/sha256.ts'

/** The root of the tree without leaves. */
export const emptyRoot = core.emptyRoot as Buffer

/** What an entry's bytes come to as a leaf. */
export const leafHash = core.leafHash as (entry: Uint8Array) => Buffer

/** What two neighbours come to. */
export const nodeHash = core.nodeHash as (left: Uint8Array, right: Uint8Array) => Buffer

/** The root over leaf hashes, by the definition. For few leaves; trees that grow use {@link Frontier}. */
export const rootOf = core.rootOf as (leaves: readonly Uint8Array[]) => Buffer

/** The tree over these leaf hashes, at least one: its root, and each leaf's path to it, the nearest first. */
export function treeWithPaths(leaves: readonly Buffer[]): {
  readonly root: Buffer
  readonly paths: readonly (readonly Buffer[])[]
} {
  const paths = leaves.map((): Buffer[] => [])
  let level = leaves
  for (let height = 0; level.length > 1; height += 1) {
    for (const [leaf, path] of paths.entries()) {
      const sibling = level[(leaf >> height) ^ 1]
      if (sibling !== undefined) path.push(sibling)
    }
    // Whoever has no neighbour goes up as it is (RFC 6962 §2.1: split at the largest power of two).
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
      const [left, right] = [level[2 * i]!, level[2 * i + 1]]
      return right === undefined ? left : nodeHash(left, right)
    })
  }
  return { root: level[0]!, paths }
}

/** The right edge of a tree: all it takes to grow it, and to know its root. */
export class Frontier extends core.Frontier {
  override root(): Buffer {
    return super.root() as Buffer
  }
}
