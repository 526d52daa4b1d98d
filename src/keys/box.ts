/**
 * A box: how subject keys and records lie at rest.
 *
 *     0x01          format
 *     nonce         24 bytes, as {@link Xaes.sealFresh} draws and counts them
 *     ciphertext    as long as the plaintext
 *     tag           16 bytes
 */
import { NotAuthentic, nonceSize, tagSize, type Xaes } from './xaes.ts'

const format = 0x01

/** What a box adds to its plaintext. */
export const boxOverhead = 1 + nonceSize + tagSize

/** Seals bytes under a fresh nonce. `associated` is bound, not stored. */
export function sealBox(key: Xaes, associated: Uint8Array, plaintext: Uint8Array): Buffer {
  const box = Buffer.allocUnsafe(boxOverhead + plaintext.length)
  box[0] = format
  key.sealFresh(box, plaintext, associated)
  return box
}

/** @throws {NotAuthentic} when the box was altered or belongs elsewhere. */
export function openBox(key: Xaes, associated: Uint8Array, box: Uint8Array): Buffer {
  if (box.length < boxOverhead || box[0] !== format) throw new NotAuthentic()
  return key.open(box.subarray(1, 1 + nonceSize), box.subarray(1 + nonceSize), associated)
}
