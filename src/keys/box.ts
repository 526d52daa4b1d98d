/**
 * A box: how subject keys and records lie at rest.
 *
 *     0x01          format
 *     nonce         24 bytes, random
 *     ciphertext    as long as the plaintext
 *     tag           16 bytes
 */
import { freshNonce } from './randomness.ts'
import { NotAuthentic, nonceSize, tagSize, type Xaes } from './xaes.ts'

const format = 0x01
const head = Buffer.of(format)

/** What a box adds to its plaintext. */
export const boxOverhead = 1 + nonceSize + tagSize

/** Seals bytes under a fresh nonce. `associated` is bound, not stored. */
export function sealBox(key: Xaes, associated: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = freshNonce()
  return Buffer.concat([head, nonce, ...key.sealParts(nonce, plaintext, associated)])
}

/** @throws {NotAuthentic} when the box was altered or belongs elsewhere. */
export function openBox(key: Xaes, associated: Uint8Array, box: Uint8Array): Buffer {
  if (box.length < boxOverhead || box[0] !== format) throw new NotAuthentic()
  return key.open(box.subarray(1, 1 + nonceSize), box.subarray(1 + nonceSize), associated)
}
