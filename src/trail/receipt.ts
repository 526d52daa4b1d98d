/**
 * Signed receipts: what a caller takes away from each access to personal data, and can hold against
 * the log later. The promise is that the entry's leaf stands in the log's tree, under a signed
 * checkpoint, within the maximum merge delay. (Certificate Transparency has the same in its SCT,
 * RFC 6962 §3.2.)
 *
 * It travels in the header `holdfast-receipt`, a dictionary of RFC 9651 in exactly this spelling: one
 * comma and one space between members, in this order, base64 padded.
 *
 * ```
 * origin="<origin>", entry="<id>", leaf=:<base64>:, time=<ms>, delay=<s>, signature=:<base64>:
 *
 * origin     the log's origin, as in its checkpoints; it is also the name of the key
 * entry      the entry's UUID
 * leaf       32 bytes, the leaf hash of RFC 6962: SHA-256(0x00 ‖ entry)
 * time       milliseconds since 1970-01-01T00:00:00Z, decimal: when the act was done
 * delay      the maximum merge delay, seconds, decimal
 * signature  68 bytes: 4 of the key's id, 64 of the Ed25519 signature
 * ```
 *
 * Signed is this text, UTF-8, each line ended by a newline, as a signed note's text is; so any tool
 * for signed notes checks a receipt with the log's own verifier key. No checkpoint can pass for one:
 * the first line of a checkpoint is an origin, and the second a number.
 *
 * ```
 * holdfast-receipt/v1
 * <origin>
 * <entry>
 * <base64 of leaf>
 * <time>
 * <delay>
 * ```
 *
 * @module
 */
import { hashBytes } from './merkle.ts'
import { type NoteVerifier, signatureLine, strictBase64 } from './note.ts'

export const receiptHeader = 'holdfast-receipt'

/** How long an entry may take to stand under a signed checkpoint, seconds. */
export const mergeDelaySeconds = 60

const title = 'holdfast-receipt/v1'
const idBytes = 4
const signatureBytes = 68

/** What a receipt promises. */
export interface ReceiptFacts {
  readonly origin: string
  readonly entryId: string
  readonly leaf: Buffer
  readonly at: Date
  readonly delaySeconds: number
}

export interface SignedReceipt extends ReceiptFacts {
  /** The signing key's id. */
  readonly id: Buffer
  readonly signature: Buffer
}

/** The text that is signed. */
export function receiptText({ origin, entryId, leaf, at, delaySeconds }: ReceiptFacts): string {
  const lines = [title, origin, entryId, leaf.toString('base64'), at.getTime(), delaySeconds]
  return lines.map((line) => `${line}\n`).join('')
}

/** The header's value. */
export function formatReceipt(receipt: SignedReceipt): string {
  const { origin, entryId, leaf, at, delaySeconds, id, signature } = receipt
  const signed = Buffer.concat([id, signature]).toString('base64')
  return `origin="${origin}", entry="${entryId}", leaf=:${leaf.toString('base64')}:, time=${at.getTime()}, delay=${delaySeconds}, signature=:${signed}:`
}

const pattern =
  /^origin="([!#-*,-[\]-~]{1,400})", entry="([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})", leaf=:([A-Za-z\d+/=]{44}):, time=(0|[1-9]\d{0,14}), delay=([1-9]\d{0,5}), signature=:([A-Za-z\d+/=]{92}):$/

/** @throws {RangeError} for anything {@link formatReceipt} would not write. */
export function parseReceipt(value: string): SignedReceipt {
  const [, origin, entryId, leaf64, time, delay, signature64] = pattern.exec(value) ?? []
  const leaf = strictBase64(leaf64 ?? '')
  const signed = strictBase64(signature64 ?? '')
  if (leaf?.length !== hashBytes || signed?.length !== signatureBytes) {
    throw new RangeError('not a receipt')
  }
  return {
    origin: origin!,
    entryId: entryId!,
    leaf,
    at: new Date(Number(time)),
    delaySeconds: Number(delay),
    id: signed.subarray(0, idBytes),
    signature: signed.subarray(idBytes),
  }
}

/**
 * Opens a receipt with the log's verifier key.
 *
 * @throws {RangeError} when it is malformed, of another log or key, or its signature is wrong.
 */
export function openReceipt(value: string, verifier: NoteVerifier): ReceiptFacts {
  const { id, signature, ...facts } = parseReceipt(value)
  if (facts.origin !== verifier.name || !id.equals(verifier.id)) {
    throw new RangeError('a receipt under another key')
  }
  if (!verifier.verify(receiptText(facts), signature)) {
    throw new RangeError('a receipt with a bad signature')
  }
  return facts
}

/** The same receipt as a signed note, for tools that know only those. */
export function receiptNote({ id, signature, ...facts }: SignedReceipt): string {
  return `${receiptText(facts)}\n${signatureLine({ name: facts.origin, id, signature })}`
}

/** The receipt's value in a text that holds one: by itself, or among the header lines of an answer. */
export function findReceipt(text: string): string | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const headed = lines.find((line) => line.toLowerCase().startsWith(`${receiptHeader}:`))
  return headed?.slice(receiptHeader.length + 1).trim() ?? lines.find((line) => pattern.test(line))
}
