/**
 * Signed receipts: what a caller took away from an access, to be held against the log later.
 *
 * ```
 * origin="<origin>", entry="<id>", leaf=:<base64>:, time=<ms>, delay=<s>, signature=:<base64>:
 * ```
 *
 * That is the value of the header `holdfast-receipt` (a dictionary of RFC 9651 in this one spelling).
 * The signature is 4 bytes of the key's id and 64 of Ed25519 over this text:
 *
 * ```
 * holdfast-receipt/v1
 * <origin>
 * <entry>
 * <base64 of leaf>
 * <time, ms since 1970>
 * <delay, seconds>
 * ```
 *
 * The promise: within the delay the leaf stands in the log under a signed checkpoint.
 */
import { equal, fromBase64, toBase64 } from './bytes.ts'
import type { VerifierKey } from './note.ts'
import { hashBytes } from './sha256.ts'
import { checkSignature, type Verdict } from './signatures.ts'

export interface Receipt {
  readonly origin: string
  readonly entryId: string
  readonly leaf: Uint8Array
  readonly at: number
  readonly delaySeconds: number
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

const idBytes = 4
const signedBytes = 68
const header = 'holdfast-receipt'
const pattern =
  /^origin="([!#-*,-[\]-~]{1,400})", entry="([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})", leaf=:([A-Za-z\d+/=]{44}):, time=(0|[1-9]\d{0,14}), delay=([1-9]\d{0,5}), signature=:([A-Za-z\d+/=]{92}):$/

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
  const signed = fromBase64(match?.[6] ?? '')
  if (match === null || leaf?.length !== hashBytes || signed?.length !== signedBytes) {
    throw new RangeError('not a receipt')
  }
  return {
    origin: match[1]!,
    entryId: match[2]!,
    leaf,
    at: Number(match[4]),
    delaySeconds: Number(match[5]),
    keyId: signed.subarray(0, idBytes),
    signature: signed.subarray(idBytes),
  }
}

/** Whether the log itself made the promise. */
export async function checkReceipt(
  receipt: Receipt,
  keys: readonly VerifierKey[],
): Promise<Verdict> {
  const { origin, entryId, leaf, at, delaySeconds, keyId, signature } = receipt
  const key = keys.find(({ name, id }) => name === origin && equal(id, keyId))
  if (key === undefined) return 'unchecked'
  const lines = [`${header}/v1`, origin, entryId, toBase64(leaf), String(at), String(delaySeconds)]
  return checkSignature(key, `${lines.join('\n')}\n`, signature)
}
