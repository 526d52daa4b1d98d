/**
 * A file in chunks (C2SP chunked-encryption, https://c2sp.org/chunked-encryption, AEAD_AES_256_GCM with
 * SHA-512): any size, sealed and opened as it passes, cut short or reordered never.
 *
 *     salt         24 bytes, random
 *     commitment   32 bytes
 *     each chunk   16 KiB ‖ tag16; the last is shorter, and may be empty ‖ tag16
 *
 *     key32 ‖ base nonce12 ‖ commitment32 = HKDF-Expand(file key, "c2sp.org/chunked-encryption@v1+" ‖
 *                                             "AEAD_AES_256_GCM" ‖ 00 ‖ salt ‖ context)
 *     nonce of chunk n = base nonce XOR n, big-endian
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import { randomBytes } from '#ground'
import { NotAuthentic, tagSize } from './xaes.ts'

const saltSize = 24
const commitmentSize = 32
const keySize = 32
const nonceSize = 12
const chunkSize = 16_384
const headSize = saltSize + commitmentSize
const label = Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0')
const options = { authTagLength: tagSize }

/** One file's key, ready to seal or open its chunks. The key itself cannot be read back from it. */
export class FileKey {
  readonly #key: KeyObject

  /** @param key - a secret key of 32 bytes, of this one file. */
  constructor(key: KeyObject) {
    if (key.symmetricKeySize !== keySize) throw new TypeError('a file key has 32 bytes')
    this.#key = key
  }

  /** @param context - bound to the file, and given again to open it. */
  async *seal(plain: AsyncIterable<Uint8Array>, context: Uint8Array): AsyncGenerator<Buffer> {
    const salt = randomBytes(saltSize)
    const { key, base, commitment } = this.#derive(salt, context)
    yield Buffer.concat([salt, commitment])
    let number = 0
    const chunk = (bytes: Uint8Array): Buffer => {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(base, number++), options)
      const sealed = cipher.update(bytes)
      cipher.final()
      return Buffer.concat([sealed, cipher.getAuthTag()])
    }
    let rest: Buffer = Buffer.alloc(0)
    for await (const piece of plain) {
      let bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece])
      for (; bytes.length >= chunkSize; bytes = bytes.subarray(chunkSize))
        yield chunk(bytes.subarray(0, chunkSize))
      rest = bytes
    }
    yield chunk(rest)
  }

  /**
   * Opens what {@link seal} made; each chunk is authentic before it is given out.
   *
   * @throws {NotAuthentic} when it was altered, reordered, cut short or lengthened, or belongs elsewhere:
   *   at its end at the latest.
   */
  async *open(sealed: AsyncIterable<Uint8Array>, context: Uint8Array): AsyncGenerator<Buffer> {
    let parts: { readonly key: KeyObject; readonly base: Buffer } | undefined
    let number = 0
    let rest: Buffer = Buffer.alloc(0)
    for await (const piece of sealed) {
      let bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece])
      if (parts === undefined && bytes.length >= headSize) {
        parts = this.#committed(bytes.subarray(0, headSize), context)
        bytes = bytes.subarray(headSize)
      }
      const size = chunkSize + tagSize
      const known = parts
      if (known !== undefined)
        for (; bytes.length >= size; bytes = bytes.subarray(size))
          yield opened(known, number++, bytes.subarray(0, size))
      rest = bytes
    }
    if (parts === undefined || rest.length < tagSize) throw new NotAuthentic()
    yield opened(parts, number, rest)
  }

  /** Key and base nonce behind a file's head. @throws {NotAuthentic} where it was made with another key or context. */
  #committed(head: Buffer, context: Uint8Array): { key: KeyObject; base: Buffer } {
    const { key, base, commitment } = this.#derive(head.subarray(0, saltSize), context)
    if (!timingSafeEqual(commitment, head.subarray(saltSize))) throw new NotAuthentic()
    return { key, base }
  }

  /** HKDF-Expand alone (RFC 5869 §2.3): the file key is uniformly random already. */
  #derive(salt: Uint8Array, context: Uint8Array) {
    const info = Buffer.concat([label, salt, context])
    let block: Buffer = Buffer.alloc(0)
    const blocks: Buffer[] = []
    for (let i = 1; i <= 2; i += 1) {
      block = createHmac('sha512', this.#key)
        .update(Buffer.concat([block, info, Buffer.of(i)]))
        .digest()
      blocks.push(block)
    }
    const bytes = Buffer.concat(blocks)
    const key = createSecretKey(bytes.subarray(0, keySize))
    const base = Buffer.from(bytes.subarray(keySize, keySize + nonceSize))
    const from = keySize + nonceSize
    const commitment = Buffer.from(bytes.subarray(from, from + commitmentSize))
    for (const one of [bytes, ...blocks]) one.fill(0)
    return { key, base, commitment }
  }
}

function opened(
  { key, base }: { readonly key: KeyObject; readonly base: Buffer },
  number: number,
  sealed: Buffer,
): Buffer {
  const end = sealed.length - tagSize
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(base, number), options)
  decipher.setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch {
    plain.fill(0)
    throw new NotAuthentic()
  }
  return plain
}

/** Files of up to 2³² chunks: 64 TiB. */
function nonceOf(base: Buffer, number: number): Buffer {
  if (number > 0xffff_ffff) throw new RangeError('a file has at most 2³² chunks')
  const nonce = Buffer.from(base)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8)
  return nonce
}
