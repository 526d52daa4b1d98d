import type { Sql } from '#kernel'
import { newestCheckpoint } from '../tree/checkpoint-store.ts'
import { houseLog } from '../entries/entry.ts'
import { leafHash } from '../tree/merkle.ts'
import { openProof } from '../tree/proof.ts'
import { proveInclusion } from '../tree/proof-acts.ts'
import { bodiesOf } from '../entries/read-store.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { noteVerifier } from '../tree/signer.ts'

/**
 * Takes the proof of the newest signed entry of the house's log, and puts copies of it before the
 * verifier, each with a single bit of entry, proof or signature changed.
 *
 * @returns how many were tried, and the bits of those that passed.
 * @throws {Error} when nothing is signed yet, or when the unchanged proof does not verify: then
 *   there is nothing to be shown.
 */
export async function changedCopies(sql: Sql): Promise<{ tried: number; passed: number[] }> {
  const keys = await findLogKeys(sql)
  const checkpoint = await newestCheckpoint(sql, houseLog)
  if (keys === undefined || checkpoint === undefined) throw new Error('nothing is signed yet')
  const index = checkpoint.size - 1
  const proof = await proveInclusion(sql, houseLog, index)
  const [body] = await bodiesOf(sql, houseLog, index, index + 1)
  if (proof === undefined || body === undefined) throw new Error('the newest entry has no proof')
  const verifier = noteVerifier(keys.verifierKey(houseLog))
  const whole = Buffer.concat([body, Buffer.from(proof)])
  const passes = (copy: Buffer) => {
    try {
      const text = copy.toString('utf8', body.length)
      return openProof(text, leafHash(copy.subarray(0, body.length)), verifier).index === index
    } catch (error) {
      if (error instanceof RangeError) return false
      throw error
    }
  }
  if (!passes(whole)) throw new Error('the proof of the newest entry does not verify')
  const bits = Array.from({ length: whole.length }, (_, byte) => byte * 8 + (byte % 8))
  return { tried: bits.length, passed: bits.filter((bit) => passes(withFlipped(whole, bit))) }
}

function withFlipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}
