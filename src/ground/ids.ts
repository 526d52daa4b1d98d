import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(8192)
let used = pool.length
let lastMs = 0
let sequence = 0

/**
 * A new UUID of version 7 (RFC 9562 §5.7): 48 bits of milliseconds, a 12-bit counter that keeps ids
 * of one millisecond in order, 62 random bits.
 */
export function newId(): string {
  if (used + 16 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.from(pool.subarray(used, used + 16))
  used += 16
  const now = Date.now()
  sequence = now > lastMs ? bytes.readUInt16BE(6) & 0x7ff : sequence + 1
  // A counter that runs over borrows from the next millisecond, so order holds.
  lastMs = Math.max(now, lastMs) + (sequence >> 12)
  sequence &= 0xfff
  bytes.writeUIntBE(lastMs, 0, 6)
  bytes.writeUInt16BE(0x7000 | sequence, 6)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
