/**
 * XAES-256-GCM (C2SP, https://c2sp.org/XAES-256-GCM): AES-256-GCM under a key made anew for every
 * nonce, so 192-bit nonces can be random and one key seals 2^80 messages.
 *
 *     K  32 bytes · N  24 bytes
 *     Kx = CMAC(K, 00 01 58 00 ‖ N[0..12]) ‖ CMAC(K, 00 02 58 00 ‖ N[0..12])
 *     sealed = AES-256-GCM(Kx, N[12..24], plaintext, associated data)    ciphertext ‖ tag16
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { Cmac } from './cmac.ts'

export const nonceSize = 24
export const tagSize = 16

/** `00 01 58 00` and `00 02 58 00`, each before twelve bytes of the nonce. */
const derivation = Buffer.from('00015800000000000000000000000000'.repeat(2), 'hex')
derivation[17] = 2

// The tag's length is fixed: without it GCM takes a tag cut down to four bytes (NIST SP 800-38D §5.2.1.2).
const options = { authTagLength: tagSize }

/** Thrown when a ciphertext was altered, moved or sealed under another key. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic'
}

/** One key, ready to seal and open. The key itself cannot be read back from it. */
export class Xaes {
  readonly #cmac: Cmac

  /** @param key - a secret key of 32 bytes. */
  constructor(key: KeyObject) {
    if (key.symmetricKeySize !== 32) throw new TypeError('XAES-256-GCM takes a key of 32 bytes')
    this.#cmac = new Cmac(key)
  }

  /**
   * Takes over raw key bytes: they are zeroed here, so the caller's copy is gone with the call.
   *
   * @param key - 32 bytes.
   */
  static taking(key: Buffer): Xaes {
    const xaes = new Xaes(createSecretKey(key))
    key.fill(0)
    return xaes
  }

  /** @returns ciphertext ‖ tag. The nonce must never have been used with this key: take it at random. */
  seal(nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Buffer {
    return Buffer.concat(this.sealParts(nonce, plaintext, associated))
  }

  /** As {@link seal}, in two parts for who lays more beside them. */
  sealParts(
    nonce: Uint8Array,
    plaintext: Uint8Array,
    associated: Uint8Array,
  ): readonly [ciphertext: Buffer, tag: Buffer] {
    const cipher = createCipheriv('aes-256-gcm', this.#keyFor(nonce), nonce.subarray(12), options)
    cipher.setAAD(associated)
    const ciphertext = cipher.update(plaintext)
    // GCM holds nothing back: what `final` returns is empty.
    cipher.final()
    return [ciphertext, cipher.getAuthTag()]
  }

  /** @throws {NotAuthentic} when nonce, ciphertext, tag or associated data are not what was sealed. */
  open(nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Buffer {
    if (sealed.length < tagSize) throw new NotAuthentic()
    const end = sealed.length - tagSize
    const key = this.#keyFor(nonce)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce.subarray(12), options)
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

  #keyFor(nonce: Uint8Array): KeyObject {
    if (nonce.length !== nonceSize) throw new TypeError('XAES-256-GCM takes a nonce of 24 bytes')
    const blocks = Buffer.from(derivation)
    blocks.set(nonce.subarray(0, 12), 4)
    blocks.set(nonce.subarray(0, 12), 20)
    const derived = this.#cmac.macEach(blocks)
    const key = createSecretKey(derived)
    derived.fill(0)
    return key
  }
}
