/**
 * XAES-256-GCM (C2SP, https://c2sp.org/XAES-256-GCM): AES-256-GCM under a key made anew for every
 * nonce, so 192-bit nonces can be random and one key seals 2^80 messages.
 *
 *     K  32 bytes · N  24 bytes
 *     Kx = CMAC(K, 00 01 58 00 ‖ N[0..12]) ‖ CMAC(K, 00 02 58 00 ‖ N[0..12])
 *     sealed = AES-256-GCM(Kx, N[12..24], plaintext, associated data)    ciphertext ‖ tag16
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { freshNonce } from '#ground'
import { Cmac } from './cmac.ts'

export const nonceSize = 24
export const tagSize = 16
/** Of a nonce, one half makes the derived key, the other is the nonce under it. */
const halfSize = 12

/** `00 01 58 00` and `00 02 58 00`, each before twelve bytes of the nonce. */
const derivation = Buffer.from('00015800000000000000000000000000'.repeat(2), 'hex')
derivation[17] = 2
const blocks = Buffer.alloc(derivation.length)

// The tag's length is fixed: without it GCM takes a tag cut down to four bytes (NIST SP 800-38D §5.2.1.2).
const options = { authTagLength: tagSize }

/** Messages under one derived key, before another is drawn. */
const seriesLength = 1024

/** Where a key stands that chooses its own nonces. */
interface Series {
  readonly key: KeyObject
  readonly nonce: Buffer
  /** The nonce's end, which GCM takes. */
  readonly iv: Buffer
  used: number
}

/** Thrown when a ciphertext was altered, moved or sealed under another key. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic'
}

/** One key, ready to seal and open. The key itself cannot be read back from it. */
export class Xaes {
  readonly #cmac: Cmac
  #series: Series | undefined
  /** The key last opened with, by the half of the nonce it comes from: that of a whole series. */
  #opened: { readonly half: Buffer; readonly key: KeyObject } | undefined

  /** @param key - a secret key of 32 bytes. */
  constructor(key: KeyObject | Buffer) {
    const size = Buffer.isBuffer(key) ? key.length : key.symmetricKeySize
    if (size !== 32) throw new TypeError('XAES-256-GCM takes a key of 32 bytes')
    this.#cmac = new Cmac(Buffer.isBuffer(key) ? createSecretKey(key) : key)
  }

  /**
   * Takes over raw key bytes: they are zeroed here, so the caller's copy is gone with the call.
   *
   * @param key - 32 bytes.
   */
  static taking(key: Buffer): Xaes {
    const xaes = new Xaes(key)
    key.fill(0)
    return xaes
  }

  /** @returns ciphertext ‖ tag. The nonce must never have been used with this key: take it at random. */
  seal(nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Buffer {
    const sealed = Buffer.allocUnsafe(plaintext.length + tagSize)
    sealInto(sealed, 0, this.#keyFor(nonce), nonce.subarray(halfSize), plaintext, associated)
    return sealed
  }

  /**
   * Seals under a nonce of its own, and writes nonce ‖ ciphertext ‖ tag to the end of `target`.
   *
   * Nonces come in series: the first is drawn, 24 random bytes, and each further one is the one
   * before it with its last four bytes counted up. Those of one series share the derived key, so it is
   * derived once for many; they differ from each other for certain, and from those of every
   * other series unless 96 random bits meet.
   */
  sealFresh(target: Buffer, plaintext: Uint8Array, associated: Uint8Array): void {
    const { key, nonce, iv } = this.#nextOfSeries()
    const at = target.length - plaintext.length - tagSize
    sealInto(target, at, key, iv, plaintext, associated)
    target.set(nonce, at - nonceSize)
  }

  #nextOfSeries(): Series {
    if (this.#series === undefined || this.#series.used === seriesLength) {
      const nonce = freshNonce()
      this.#series = { nonce, iv: nonce.subarray(halfSize), key: this.#keyFor(nonce), used: 1 }
      return this.#series
    }
    const { nonce } = this.#series
    nonce.writeUInt32BE((nonce.readUInt32BE(20) + 1) >>> 0, 20)
    this.#series.used += 1
    return this.#series
  }

  /** @throws {NotAuthentic} when nonce, ciphertext, tag or associated data are not what was sealed. */
  open(nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Buffer {
    if (sealed.length < tagSize) throw new NotAuthentic()
    const end = sealed.length - tagSize
    const key = this.#keyToOpen(nonce)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce.subarray(halfSize), options)
    decipher.setAAD(associated).setAuthTag(sealed.subarray(end))
    const plaintext = decipher.update(sealed.subarray(0, end))
    try {
      decipher.final()
    } catch {
      plaintext.fill(0)
      throw new NotAuthentic()
    }
    return plaintext
  }

  #keyToOpen(nonce: Uint8Array): KeyObject {
    const half = nonce.subarray(0, halfSize)
    if (this.#opened?.half.equals(half) !== true)
      this.#opened = { key: this.#keyFor(nonce), half: Buffer.from(half) }
    return this.#opened.key
  }

  #keyFor(nonce: Uint8Array): KeyObject {
    if (nonce.length !== nonceSize) throw new TypeError('XAES-256-GCM takes a nonce of 24 bytes')
    blocks.set(derivation)
    for (let i = 0; i < halfSize; i += 1) blocks[i + 4] = blocks[i + 20] = nonce[i]!
    const derived = this.#cmac.macEach(blocks)
    const key = createSecretKey(derived)
    derived.fill(0)
    return key
  }
}

/** Writes ciphertext ‖ tag to a place in `target`. */
function sealInto(
  target: Buffer,
  at: number,
  key: KeyObject,
  iv: Uint8Array,
  plaintext: Uint8Array,
  associated: Uint8Array,
): void {
  const cipher = createCipheriv('aes-256-gcm', key, iv, options)
  cipher.setAAD(associated)
  target.set(cipher.update(plaintext), at)
  // GCM holds nothing back: what `final` returns is empty.
  cipher.final()
  target.set(cipher.getAuthTag(), at + plaintext.length)
}
