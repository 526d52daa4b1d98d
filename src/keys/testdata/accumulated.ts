import { createHash } from 'node:crypto'
import { Xaes } from '../xaes.ts'

/** Bytes one iteration takes at most: key, nonce, and two lengths with as many bytes. */
const mostPerIteration = 32 + 24 + 2 * 256

/**
 * The accumulated test of the C2SP specification: keys, nonces, plaintexts and associated data drawn
 * from one SHAKE128 stream, every ciphertext fed into a second one. Opens each again, too.
 *
 * @returns the second stream's first 32 bytes, in hex.
 */
export function accumulate(iterations: number): string {
  // Iterations take 311 bytes on average; 313 leave room, and what is missing would throw below.
  const size = Math.min(iterations * 313 + 65_536, iterations * mostPerIteration)
  const stream = createHash('shake128', { outputLength: size }).digest()
  const digest = createHash('shake128', { outputLength: 32 })
  let at = 0
  const take = (bytes: number) => {
    if (at + bytes > stream.length) throw new RangeError('the stream is too short')
    at += bytes
    return stream.subarray(at - bytes, at)
  }
  for (let i = 0; i < iterations; i += 1) {
    const xaes = Xaes.taking(Buffer.from(take(32)))
    const nonce = take(24)
    const plaintext = take(take(1)[0]!)
    const associated = take(take(1)[0]!)
    const sealed = xaes.seal(nonce, plaintext, associated)
    if (!xaes.open(nonce, sealed, associated).equals(plaintext)) throw new Error(`iteration ${i}`)
    digest.update(sealed)
  }
  return digest.digest('hex')
}
