/**
 * Checkpoints (C2SP tlog-checkpoint): the text a log signs to stand by its tree.
 *
 * ```
 * <origin>
 * <size, decimal>
 * <base64 of the root hash>
 * ```
 *
 * The name of the log's key is its origin.
 *
 * @see https://c2sp.org/tlog-checkpoint
 * @module
 */
import { hashBytes } from './merkle.ts'
import { openNote, type NoteVerifier, strictBase64 } from './note.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** @throws {RangeError} for anything {@link formatCheckpoint} would not write. We make no extension lines. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', digits = '', base64 = ''] = text.split('\n')
  const root = strictBase64(base64) ?? Buffer.alloc(0)
  const checkpoint = { origin, size: Number(digits), root }
  if (
    origin === '' ||
    root.length !== hashBytes ||
    !Number.isSafeInteger(checkpoint.size) ||
    formatCheckpoint(checkpoint) !== text
  ) {
    throw new RangeError('not a checkpoint')
  }
  return checkpoint
}

/**
 * Opens a signed checkpoint.
 *
 * @throws {RangeError} as {@link openNote}, or when the origin is not the key's name.
 */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [verifier]).text)
  if (checkpoint.origin !== verifier.name) throw new RangeError('a checkpoint of another log')
  return checkpoint
}
