/**
 * Recovery shares: five lines of text, any three of which add up to the recovery key.
 *
 *     hf1-<set>-<number>-<base64url of the share ‖ first 4 bytes of its SHA-256>
 *
 * `set` names the set (8 hex digits), so shares of different sets are told apart before they are tried.
 */
import { createHash } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import { sharesTooFew, sharesWrong } from './refusals.ts'

export const sharesMade = 5
export const sharesNeeded = 3

const form = /^hf1-([\da-f]{8})-[1-5]-([\w-]+)$/
const checkSize = 4

export async function splitKey(key: Uint8Array, set: string): Promise<string[]> {
  const shares = await split(new Uint8Array(key), sharesMade, sharesNeeded)
  return shares.map((share, i) => {
    const text = Buffer.concat([share, checkOf(share)]).toString('base64url')
    return `hf1-${set}-${i + 1}-${text}`
  })
}

/**
 * @returns the set's name and the key. That the key is the right one shows only when it opens something.
 * @throws {Refusal} `keys.shares-wrong` for a typing error or shares of two sets, `keys.shares-too-few`.
 */
export async function combineShares(
  texts: readonly string[],
): Promise<{ set: string; key: Buffer }> {
  const parsed = texts.map((text) => {
    const [, set, body] = form.exec(text.trim()) ?? []
    if (set === undefined || body === undefined) throw sharesWrong()
    const bytes = Buffer.from(body, 'base64url')
    const share = bytes.subarray(0, -checkSize)
    if (!checkOf(share).equals(bytes.subarray(-checkSize))) throw sharesWrong()
    return { set, share }
  })
  const set = parsed[0]?.set
  const distinct = new Map(parsed.map(({ share }) => [share.toString('hex'), share]))
  if (set === undefined || distinct.size < sharesNeeded) throw sharesTooFew(sharesNeeded)
  if (parsed.some((other) => other.set !== set)) throw sharesWrong()
  const shares = [...distinct.values()].map((share) => new Uint8Array(share))
  return { set, key: Buffer.from(await combine(shares)) }
}

const checkOf = (share: Uint8Array): Buffer =>
  createHash('sha256').update(share).digest().subarray(0, checkSize)
