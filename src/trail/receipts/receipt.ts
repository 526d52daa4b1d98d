/**
 * Signed receipts: what a caller takes away from each access to personal data, and can hold against
 * the log later. The promise is that the entry's leaf stands in the log's tree, under a signed
 * checkpoint, within the maximum merge delay. (Certificate Transparency has the same in its SCT,
 * RFC 6962 §3.2.)
 *
 * Receipts of acts that were committed together are signed together: their promises are the leaves of
 * a small Merkle tree (RFC 6962 §2.1), its root is signed once, and each receipt takes its path along.
 *
 * It travels in the header `holdfast-receipt`, a dictionary of RFC 9651 in exactly this spelling: one
 * comma and one space between members, in this order, base64 padded.
 *
 * ```
 * origin="<origin>", entry="<id>", leaf=:<base64>:, time=<ms>, delay=<s>, place=<i>, of=<n>, path=:<base64>:, signature=:<base64>:
 *
 * origin     the log's origin, as in its checkpoints; it is also the name of the key
 * entry      the entry's UUID
 * leaf       32 bytes, the leaf hash of RFC 6962: SHA-256(0x00 ‖ entry)
 * time       milliseconds since 1970-01-01T00:00:00Z, decimal: when the act was done
 * delay      the maximum merge delay, seconds, decimal
 * place, of  which promise this is, from 0, of how many that were signed together, at most 512
 * path       its inclusion proof among them, 32 bytes a hash, the nearest first; empty where it is alone
 * signature  68 bytes: 4 of the key's id, 64 of the Ed25519 signature
 * ```
 *
 * A promise, a leaf of that tree, is `<entry>\n<base64 of leaf>\n<time>\n`. Signed is this text, UTF-8,
 * each line ended by a newline, as a signed note's text is; so any tool for signed notes checks a
 * receipt with the log's own verifier key. No checkpoint can pass for one: the first line of a
 * checkpoint is an origin, and the second a number.
 *
 * ```
 * holdfast-receipt/v2
 * <origin>
 * <of>
 * <base64 of the root>
 * <delay>
 * ```
 *
 * @module
 */
import { hashBytes, leafHash, treeWithPaths } from '../tree/merkle.ts'
import { rootByPath } from '../tree/merkle-proof.ts'
import { type NoteVerifier, signatureLine, strictBase64 } from '../tree/note.ts'

export const receiptHeader = 'holdfast-receipt'

/** How long an entry may take to stand under a signed checkpoint, seconds. */
export const mergeDelaySeconds = 60

/** How many are signed together at most. */
export const mostTogether = 512

const title = 'holdfast-receipt/v2'
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
  /** Its place among those signed with it, from 0. */
  readonly place: number
  readonly of: number
  readonly path: readonly Buffer[]
  /** The signing key's id. */
  readonly id: Buffer
  readonly signature: Buffer
}

/** Promises of one log, and what is signed for all of them. */
export interface Together {
  readonly text: string
  /** Of each promise, in their order, its way to the root. */
  readonly paths: readonly (readonly Buffer[])[]
}

type Promised = Pick<ReceiptFacts, 'entryId' | 'leaf' | 'at'>

/** What signs these promises of one log at once: 1 to {@link mostTogether}. */
export function together(
  { origin, delaySeconds }: Pick<ReceiptFacts, 'origin' | 'delaySeconds'>,
  promised: readonly Promised[],
): Together {
  const { root, paths } = treeWithPaths(promised.map(promiseLeaf))
  return { text: receiptText(origin, promised.length, root, delaySeconds), paths }
}

const promiseLeaf = ({ entryId, leaf, at }: Promised): Buffer =>
  leafHash(Buffer.from(`${entryId}\n${leaf.toString('base64')}\n${at.getTime()}\n`))

const receiptText = (origin: string, of: number, root: Buffer, delaySeconds: number): string =>
  `${title}\n${origin}\n${of}\n${root.toString('base64')}\n${delaySeconds}\n`

/** The header's value. */
export function formatReceipt(receipt: SignedReceipt): string {
  const { origin, entryId, leaf, at, delaySeconds, place, of, path, id, signature } = receipt
  const signed = Buffer.concat([id, signature]).toString('base64')
  const way = Buffer.concat(path).toString('base64')
  return `origin="${origin}", entry="${entryId}", leaf=:${leaf.toString('base64')}:, time=${at.getTime()}, delay=${delaySeconds}, place=${place}, of=${of}, path=:${way}:, signature=:${signed}:`
}

const pattern =
  /^origin="([!#-*,-[\]-~]{1,400})", entry="([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})", leaf=:([A-Za-z\d+/=]{44}):, time=(0|[1-9]\d{0,14}), delay=([1-9]\d{0,5}), place=(0|[1-9]\d{0,2}), of=([1-9]\d{0,2}), path=:([A-Za-z\d+/=]{0,384}):, signature=:([A-Za-z\d+/=]{92}):$/

/** @throws {RangeError} for anything {@link formatReceipt} would not write. */
export function parseReceipt(value: string): SignedReceipt {
  const [, origin, entryId, leaf64, time, delay, place, of, path64, signature64] =
    pattern.exec(value) ?? []
  const leaf = strictBase64(leaf64 ?? '')
  const path = strictBase64(path64 ?? '')
  const signed = strictBase64(signature64 ?? '')
  if (
    leaf?.length !== hashBytes ||
    path === undefined ||
    path.length % hashBytes !== 0 ||
    signed?.length !== signatureBytes
  ) {
    throw new RangeError('not a receipt')
  }
  return {
    origin: origin!,
    entryId: entryId!,
    leaf,
    at: new Date(Number(time)),
    delaySeconds: Number(delay),
    place: Number(place),
    of: Number(of),
    path: Array.from({ length: path.length / hashBytes }, (_, i) =>
      path.subarray(i * hashBytes, (i + 1) * hashBytes),
    ),
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
  const receipt = parseReceipt(value)
  const { origin, entryId, leaf, at, delaySeconds, id, signature } = receipt
  if (origin !== verifier.name || !id.equals(verifier.id)) {
    throw new RangeError('a receipt under another key')
  }
  if (!verifier.verify(signedText(receipt), signature)) {
    throw new RangeError('a receipt with a bad signature')
  }
  return { origin, entryId, leaf, at, delaySeconds }
}

/** @throws {RangeError} for a path that cannot be that of its place. */
function signedText({ place, of, path, origin, delaySeconds, ...promised }: SignedReceipt): string {
  const root = rootByPath(place, of, promiseLeaf(promised), path)
  if (root === undefined) throw new RangeError('a receipt whose path is not that of its place')
  return receiptText(origin, of, root as Buffer, delaySeconds)
}

/** The same receipt as a signed note, for tools that know only those. */
export function receiptNote(receipt: SignedReceipt): string {
  const { origin, id, signature } = receipt
  return `${signedText(receipt)}\n${signatureLine({ name: origin, id, signature })}`
}

/** The receipt's value in a text that holds one: by itself, or among the header lines of an answer. */
export function findReceipt(text: string): string | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const headed = lines.find((line) => line.toLowerCase().startsWith(`${receiptHeader}:`))
  return headed?.slice(receiptHeader.length + 1).trim() ?? lines.find((line) => pattern.test(line))
}
