/**
 * SHA-256 (FIPS 180-4), at once and without waiting: Node's own where there is Node, and this file's
 * own arithmetic in a browser, whose WebCrypto hashes only later, and slowly for a million leaves.
 */

interface NodeCrypto {
  hash?(name: 'sha256', bytes: Uint8Array, encoding: 'latin1'): string
  createHash(name: 'sha256'): { update(bytes: Uint8Array): { digest(): Uint8Array } }
}

const inNode = typeof process === 'object' && typeof process.versions?.node === 'string'
const node = inNode ? ((await import('node:crypto')) as unknown as NodeCrypto) : undefined

export const hashBytes = 32

export function sha256(bytes: Uint8Array): Uint8Array {
  if (node === undefined) return portableSha256(bytes)
  if (node.hash === undefined) return node.createHash('sha256').update(bytes).digest()
  // As text first: a digest as bytes is one more native object, which costs more than the hash.
  return Buffer.from(node.hash('sha256', bytes, 'latin1'), 'latin1')
}

/** A place for hashes. In Node it can take a digest as text, which is faster than an array each. */
export interface Slab extends Uint8Array {
  latin1Write?(text: string, at: number): number
}

export function newSlab(bytes: number): Slab {
  return inNode ? Buffer.alloc(bytes) : new Uint8Array(bytes)
}

/** Writes the hash of `bytes` into a slab. */
export const sha256Into: (bytes: Uint8Array, slab: Slab, at: number) => void =
  node?.hash === undefined
    ? (bytes, slab, at) => slab.set(sha256(bytes), at)
    : (bytes, slab, at) => void slab.latin1Write!(node.hash!('sha256', bytes, 'latin1'), at)

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = fractions(64, (prime) => cubeRoot(prime))
/** The same of the square roots of the first eight. */
const initialState = fractions(8, (prime) => Math.sqrt(prime))

function fractions(count: number, root: (prime: number) => number): Int32Array {
  const words: number[] = []
  for (let n = 2; words.length < count; n++) {
    if (isPrime(n)) words.push(Math.floor((root(n) % 1) * 2 ** 32))
  }
  return Int32Array.from(words)
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return true
}

/** One Newton step beyond the library's, which need not be exact to the last bit everywhere. */
function cubeRoot(n: number): number {
  const root = Math.cbrt(n)
  return root - (root ** 3 - n) / (3 * root * root)
}

const schedule = new Int32Array(64)

/** The definition, in plain arithmetic. */
export function portableSha256(bytes: Uint8Array): Uint8Array {
  const state = Int32Array.from(initialState)
  const whole = bytes.length - (bytes.length % 64)
  for (let at = 0; at < whole; at += 64) compress(state, bytes, at)
  const rest = bytes.subarray(whole)
  const last = new Uint8Array(rest.length < 56 ? 64 : 128)
  last.set(rest)
  last[rest.length] = 0x80
  new DataView(last.buffer).setBigUint64(last.length - 8, BigInt(bytes.length) * 8n)
  for (let at = 0; at < last.length; at += 64) compress(state, last, at)
  const digest = new Uint8Array(hashBytes)
  const view = new DataView(digest.buffer)
  state.forEach((word, i) => view.setInt32(i * 4, word))
  return digest
}

function compress(state: Int32Array, bytes: Uint8Array, start: number): void {
  const w = schedule
  for (let t = 0, at = start; t < 16; t++, at += 4) {
    w[t] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15]!, w[t - 2]!]
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[t]! + w[t]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const out = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = (state[i]! + out[i]!) | 0
}
