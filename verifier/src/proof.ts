/**
 * Proofs that travel alone (C2SP tlog-proof, extension `.tlog-proof`).
 *
 * ```
 * c2sp.org/tlog-proof@v1
 * [extra <base64>]             not authenticated, and read over
 * index <decimal>
 * <base64 of a hash>           one line for each, from leaf to root
 * <empty line>
 * <signed checkpoint, as it was signed>
 * ```
 *
 * See https://c2sp.org/tlog-proof
 */
import { fromBase64, parseDecimal, textOf } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { verifyInclusion } from './merkle-proof.ts'
import { type Note, parseNote } from './note.ts'
import { hashBytes } from './sha256.ts'

export const proofTitle = 'c2sp.org/tlog-proof@v1'

export interface Proof {
  readonly index: number
  readonly path: readonly Uint8Array[]
  /** The signed note in full. */
  readonly checkpoint: string
}

/** @throws {RangeError} for anything but a well-formed proof. */
export function parseProof(proof: string | Uint8Array): Proof {
  const text = typeof proof === 'string' ? proof : decode(proof)
  const split = text.indexOf('\n\n')
  if (split < 0) throw new RangeError('a proof without a checkpoint')
  const [first, ...rest] = text.slice(0, split).split('\n')
  const extra = rest[0]?.startsWith('extra ') === true ? rest.shift()!.slice('extra '.length) : ''
  const [indexLine = '', ...hashLines] = rest
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice(6)) : undefined
  if (first !== proofTitle || index === undefined || fromBase64(extra) === undefined) {
    throw new RangeError('not a tlog-proof')
  }
  const path = hashLines.map((line) => fromBase64(line) ?? new Uint8Array())
  if (path.some((hash) => hash.length !== hashBytes)) throw new RangeError('a malformed hash line')
  return { index, path, checkpoint: text.slice(split + 2) }
}

function decode(bytes: Uint8Array): string {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError('a proof must be UTF-8')
  }
}

/**
 * Follows a proof from a leaf to the root its checkpoint tells. Whether anybody signed that is for
 * whoever asks to see: the note comes back unopened.
 *
 * @throws {RangeError} when it is malformed or leads elsewhere.
 */
export function followProof(
  proof: string | Uint8Array,
  leaf: Uint8Array,
): { readonly index: number; readonly note: Note; readonly checkpoint: Checkpoint } {
  const { index, path, checkpoint: signed } = parseProof(proof)
  const note = parseNote(signed)
  const checkpoint = parseCheckpoint(note.text)
  if (!verifyInclusion(index, checkpoint.size, leaf, path, checkpoint.root)) {
    throw new RangeError('the proof does not lead to the checkpoint’s root')
  }
  return { index, note, checkpoint }
}
