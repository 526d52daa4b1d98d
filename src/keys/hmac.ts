import { hash } from 'node:crypto'

const blockSize = 64
const digestSize = 32
/** Room for the text at first; it grows with what comes. */
const firstRoom = 256

/**
 * HMAC-SHA-256 (RFC 2104) under one key, for many short texts. Both padded keys are laid out once,
 * and a MAC is two calls of the hash: `createHmac` makes a native object for each, which costs three
 * times as much and is what the garbage collector then spends its time on.
 */
export class Hmac {
  /** The key's inner pad, and behind it room for the text. */
  #inner: Buffer
  /** The key's outer pad, and behind it room for the inner digest. */
  readonly #outer: Buffer

  /** @param key - of any length; the caller's copy is left as it is. */
  constructor(key: Uint8Array) {
    this.#inner = Buffer.alloc(blockSize + firstRoom)
    this.#outer = Buffer.alloc(blockSize + digestSize)
    this.#take(key)
  }

  /** The MAC under a key that is needed once, which is not kept. */
  static once(key: Uint8Array, message: string | Uint8Array): Buffer {
    Hmac.#passing.#take(key)
    const mac = Hmac.#passing.mac(message)
    Hmac.#passing.wipe()
    return mac
  }

  static readonly #passing = new Hmac(Buffer.alloc(0))

  /** The MAC of a text in UTF-8, or of bytes: 32 bytes. */
  mac(message: string | Uint8Array): Buffer {
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.#demandRoom(typeof message === 'string' ? message.length * 3 : message.length)
    const inner = this.#inner
    let size: number
    if (typeof message === 'string') size = inner.write(message, blockSize)
    else {
      inner.set(message, blockSize)
      size = message.length
    }
    // As hexadecimal: a digest as bytes would be one more native object.
    this.#outer.write(hash('sha256', inner.subarray(0, blockSize + size)), blockSize, 'hex')
    return Buffer.from(hash('sha256', this.#outer), 'hex')
  }

  /** Forgets the key. What is asked for afterwards is under no key. */
  wipe(): void {
    this.#inner.fill(0)
    this.#outer.fill(0)
  }

  #take(key: Uint8Array): void {
    const fitting = key.length > blockSize ? hash('sha256', key, 'buffer') : key
    for (let i = 0; i < blockSize; i += 1) {
      this.#inner[i] = (fitting[i] ?? 0) ^ 0x36
      this.#outer[i] = (fitting[i] ?? 0) ^ 0x5c
    }
  }

  #demandRoom(size: number): void {
    if (blockSize + size <= this.#inner.length) return
    const wider = Buffer.alloc(2 * (blockSize + size))
    this.#inner.copy(wider, 0, 0, blockSize)
    this.#inner.fill(0)
    this.#inner = wider
  }
}
