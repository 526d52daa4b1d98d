/**
 * Merkle trees of RFC 6962 §2.1, as `verifier/` defines them: here their hashes are Buffers, because in
 * Node they come from `node:crypto`.
 *
 * @module
 */
import * as core from '../../verifier/src/merkle.ts'

export { largestPowerBelow } from '../../verifier/src/merkle.ts'
export { hashBytes } from '../../verifier/src/sha256.ts'

/** The root of the tree without leaves. */
export const emptyRoot = core.emptyRoot as Buffer

/** What an entry's bytes come to as a leaf. */
export const leafHash = core.leafHash as (entry: Uint8Array) => Buffer

/** What two neighbours come to. */
export const nodeHash = core.nodeHash as (left: Uint8Array, right: Uint8Array) => Buffer

/** The root over leaf hashes, by the definition. For few leaves; trees that grow use {@link Frontier}. */
export const rootOf = core.rootOf as (leaves: readonly Uint8Array[]) => Buffer

/** The right edge of a tree: all it takes to grow it, and to know its root. */
export class Frontier extends core.Frontier {
  override root(): Buffer {
    return super.root() as Buffer
  }
}
