/**
 * Proofs that travel alone (C2SP tlog-proof, extension `.tlog-proof`).
 *
 * ```
 * c2sp.org/tlog-proof@v1
 * index <decimal>
 * <base64 of a hash>           one line for each, from leaf to root
 * <empty line>
 * <signed checkpoint, as it was signed>
 * ```
 *
 * An `extra` line may stand before the index; we write none, and skip it when we read.
 *
 * @see https://c2sp.org/tlog-proof
 * @module
 */
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import * as core from '../../../verifier/src/proof.ts'
import { verifyInclusion } from './merkle-proof.ts'
import type { NoteVerifier } from './note.ts'

export const proofMediaType = 'text/plain; charset=utf-8'

export interface Proof {
  readonly index: number
  readonly path: readonly Buffer[]
  /** The signed note in full. */
  readonly checkpoint: string
}

export function formatProof({ index, path, checkpoint }: Proof): string {
  const hashes = path.map((hash) => `${hash.toString('base64')}\n`)
  return `${core.proofTitle}\nindex ${index}\n${hashes.join('')}\n${checkpoint}`
}

/** @throws {RangeError} for anything but a well-formed proof. */
export function parseProof(text: string): Proof {
  const { index, path, checkpoint } = core.parseProof(text)
  return { index, path: path.map((hash) => Buffer.from(hash)), checkpoint }
}

/**
 * Checks that the log whose key is given has the leaf.
 *
 * @returns the checkpoint and the leaf's index.
 * @throws {RangeError} when it is malformed, not signed by the log, or does not prove it.
 */
export function openProof(
  text: string,
  leaf: Buffer,
  verifier: NoteVerifier,
): Checkpoint & { readonly index: number } {
  const { index, path, checkpoint: note } = parseProof(text)
  const checkpoint = openCheckpoint(note, verifier)
  if (!verifyInclusion(index, checkpoint.size, leaf, path, checkpoint.root)) {
    throw new RangeError('the proof does not lead to the checkpoint’s root')
  }
  return { ...checkpoint, index }
}
