/**
 * Signed receipts: what a caller took away from an access, to be held against the log later.
 *
 * ```
 * origin="<origin>", entry="<id>", leaf=:<base64>:, time=<ms>, delay=<s>, place=<i>, of=<n>, path=:<base64>:, signature=:<base64>:
 * ```
 *
 * That is the value of the header `holdfast-receipt` (a dictionary of RFC 9651 in this one spelling).
 * What was promised together is signed together: the promise `<entry>\n<base64 of leaf>\n<time, ms since 1970>\n`
 * is leaf `place` of a tree of `of` leaves (RFC 6962 §2.1), and `path` its inclusion proof. The
 * signature is 4 bytes of the key's id and 64 of Ed25519 over this text:
 *
 * ```
 * holdfast-receipt/v2
 * <origin>
 * <of>
 * <base64 of the root>
 * <delay, seconds>
 * ```
 *
 * The promise: within the delay the leaf stands in the log under a signed checkpoint.
 */
import { equal, fromBase64, toBase64, utf8 } from './bytes.ts'
import { leafHash } from './merkle.ts'
import { rootByPath } from './merkle-proof.ts'
import type { VerifierKey } from './note.ts'
import { hashBytes } from './sha256.ts'
import { checkSignature, type Verdict } from './signatures.ts'

export interface Receipt {
  readonly origin: string
  readonly entryId: string
  readonly leaf: Uint8Array
  readonly at: number
  readonly delaySeconds: number
  /** Its place among those signed with it, from 0. */
  readonly place: number
  readonly of: number
  readonly path: readonly Uint8Array[]
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

const idBytes = 4
const signedBytes = 68
const header = 'holdfast-receipt'
const pattern =
  /^origin="([!#-*,-[\]-~]{1,400})", entry="([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})", leaf=:([A-Za-z\d+/=]{44}):, time=(0|[1-9]\d{0,14}), delay=([1-9]\d{0,5}), place=(0|[1-9]\d{0,2}), of=([1-9]\d{0,2}), path=:([A-Za-z\d+/=]{0,384}):, signature=:([A-Za-z\d+/=]{92}):$/

/**
 * @param text - a receipt by itself, or header lines with one among them.
 * @throws {RangeError} when there is none.
 */
export function parseReceipt(text: string): Receipt {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const headed = lines.find((line) => line.toLowerCase().startsWith(`${header}:`))
  const value = headed?.slice(header.length + 1).trim() ?? lines.find((line) => pattern.test(line))
  const match = pattern.exec(value ?? '')
  const leaf = fromBase64(match?.[3] ?? '')
  const path = fromBase64(match?.[8] ?? '')
  const signed = fromBase64(match?.[9] ?? '')
  if (
    match === null ||
    leaf?.length !== hashBytes ||
    path === undefined ||
    path.length % hashBytes !== 0 ||
    signed?.length !== signedBytes
  ) {
    throw new RangeError('not a receipt')
  }
  return {
    origin: match[1]!,
    entryId: match[2]!,
    leaf,
    at: Number(match[4]),
    delaySeconds: Number(match[5]),
    place: Number(match[6]),
    of: Number(match[7]),
    path: Array.from({ length: path.length / hashBytes }, (_, i) =>
      path.subarray(i * hashBytes, (i + 1) * hashBytes),
    ),
    keyId: signed.subarray(0, idBytes),
    signature: signed.subarray(idBytes),
  }
}

/** Whether the log itself made the promise. */
export async function checkReceipt(
  receipt: Receipt,
  keys: readonly VerifierKey[],
): Promise<Verdict> {
  const { origin, entryId, leaf, at, delaySeconds, place, of, path, keyId, signature } = receipt
  const key = keys.find(({ name, id }) => name === origin && equal(id, keyId))
  if (key === undefined) return 'unchecked'
  const promise = leafHash(utf8(`${entryId}\n${toBase64(leaf)}\n${at}\n`))
  const root = rootByPath(place, of, promise, path)
  if (root === undefined) return 'bad'
  const lines = [`${header}/v2`, origin, of, toBase64(root), delaySeconds]
  return checkSignature(key, lines.map((line) => `${line}\n`).join(''), signature)
}
