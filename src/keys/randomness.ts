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
