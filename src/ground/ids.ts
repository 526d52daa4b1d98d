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
  const at = used
  used += 16
  const now = Date.now()
  sequence = now > lastMs ? pool.readUInt16BE(at + 6) & 0x7ff : sequence + 1
  // A counter that runs over borrows from the next millisecond, so order holds.
  lastMs = Math.max(now, lastMs) + (sequence >> 12)
  sequence &= 0xfff
  pool.writeUIntBE(lastMs, at, 6)
  pool.writeUInt16BE(0x7000 | sequence, at + 6)
  pool[at + 8] = 0x80 | (pool[at + 8]! & 0x3f)
  return spelled(at)
}

const digits = Buffer.from('0123456789abcdef')
const spelling = Buffer.alloc(36, '-')

/** Sixteen bytes of the pool in the usual spelling. Letter by letter: pieces of text would be garbage. */
function spelled(at: number): string {
  let place = 0
  for (let byte = 0; byte < 16; byte += 1) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) place += 1
    const value = pool[at + byte]!
    spelling[place++] = digits[value >> 4]!
    spelling[place++] = digits[value & 0x0f]!
  }
  return spelling.toString('latin1')
}
