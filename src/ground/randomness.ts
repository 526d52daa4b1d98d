import { randomFillSync } from 'node:crypto'

const poolSize = 65_536
const pool = Buffer.alloc(poolSize)
let used = poolSize

/**
 * Random bytes for keys and nonces, from the system's generator through a pool: one call of it for
 * thousands of nonces. No slice is handed out twice, and none stays in the pool after it was.
 */
export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  if (size > poolSize) return randomFillSync(bytes)
  if (used + size > poolSize) {
    randomFillSync(pool)
    used = 0
  }
  pool.copy(bytes, 0, used, used + size)
  pool.fill(0, used, used + size)
  used += size
  return bytes
}

const nonceSize = 24
let nonces = Buffer.alloc(0)
let taken = 0

/** 24 random bytes that need not be wiped, cut from a pool of their own: no slice is cut twice. */
export function freshNonce(): Buffer {
  if (taken === nonces.length) {
    // A new pool and not the old one refilled: the slices before are still in use.
    nonces = randomFillSync(Buffer.allocUnsafeSlow(nonceSize * 2048))
    taken = 0
  }
  return nonces.subarray(taken, (taken += nonceSize))
}
