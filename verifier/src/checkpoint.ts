/**
 * Checkpoints (C2SP tlog-checkpoint v1.0.0): the text a log signs to stand by its tree.
 *
 * ```
 * <origin>
 * <size, decimal>
 * <base64 of the root hash>
 * [<extension lines, not empty>]
 * ```
 *
 * See https://c2sp.org/tlog-checkpoint
 */
import { fromBase64, parseDecimal, toBase64 } from './bytes.ts'
import { hashBytes } from './sha256.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  readonly extensions: readonly string[]
}

export function formatCheckpoint(
  origin: string,
  size: number,
  root: Uint8Array,
  extensions: readonly string[] = [],
): string {
  return `${[origin, String(size), toBase64(root), ...extensions].join('\n')}\n`
}

/** @throws {RangeError} for anything but a well-formed checkpoint's text. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', digits = '', base64 = '', ...rest] = text.split('\n')
  const size = parseDecimal(digits)
  const root = fromBase64(base64)
  const extensions = rest.slice(0, -1)
  if (origin === '' || size === undefined || root?.length !== hashBytes || rest.at(-1) !== '') {
    throw new RangeError('not a checkpoint')
  }
  if (extensions.includes('')) throw new RangeError('a checkpoint with an empty extension line')
  return { origin, size, root, extensions }
}
