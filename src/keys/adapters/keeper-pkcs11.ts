import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { randomBytes } from '#ground'
import { contextBytes } from '../context.ts'
import type { Keeper, Wrapped } from '../keeper.ts'
import {
  keeperDenied,
  keeperKeyUnusable,
  keeperUnfit,
  keeperUnreachable,
  notAuthentic,
} from '../refusals.ts'
import { type Pkcs11Place, readSecretLine } from './keeper-file.ts'
import { type Attribute, Pkcs11Error, Pkcs11Library, ulong } from './pkcs11-library.ts'

/** How the token's key seals; the first byte of what it wraps. */
export const modes = { 'xaes-cmac': 1, gcm: 2, 'gcm-hsm-iv': 3 } as const
export type Mode = keyof typeof modes

const CKM_AES_KEY_GEN = 0x1080
const CKM_AES_GCM = 0x1087
const CKM_AES_CMAC = 0x108a
const CKO_SECRET_KEY = 4
const CKK_AES = 0x1f
const [CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_KEY_TYPE, CKA_ID] = [
  0, 1, 2, 3, 0x100, 0x102,
]
const [CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN] = [0x103, 0x104, 0x105, 0x108]
const [CKA_VALUE_LEN, CKA_EXTRACTABLE, CKA_MODIFIABLE] = [0x161, 0x162, 0x170]
const CKU_USER = 1
const CKF_SERIAL_AND_RW = 6
const CKR_USER_ALREADY_LOGGED_IN = 0x100
const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191
/** The session, the token or the device is gone: a new session may find it back. */
const gone = new Set([0x30, 0x32, 0xb3, 0xb0, 0xe0, 0xe1, 0x101, 0x190])
/** PIN wrong, invalid, of another length, expired, locked. */
const denied = new Set([0xa0, 0xa1, 0xa2, 0xa3, 0xa4])
/** What GCM says to a tag that does not fit: libraries differ. */
const unauthentic = new Set([0x05, 0x40, 0x41, 0xc0, 0x20, 0x21])
const [nonceSize, ivSize, tagSize, versionSize] = [24, 12, 16, 4]
const on = Buffer.of(1)
const off = Buffer.of(0)

/**
 * A token behind PKCS#11 (an HSM, SoftHSM): its AES key never leaves it. Versions are keys of one
 * label, told apart by CKA_ID, four bytes big-endian.
 *
 *     mode       u8: 1 xaes-cmac, 2 gcm, 3 gcm-hsm-iv
 *     nonce      24 bytes in mode 1, else 12
 *     sealed     as long as the key, and a tag of 16 bytes
 *
 * `xaes-cmac` needs two CKM_AES_CMAC of the token and is XAES-256-GCM (see xaes.ts) with its derivation
 * inside the token and GCM outside, under a key used once. Where a token has no CMAC, its own
 * CKM_AES_GCM is taken: with a nonce of ours, or where it insists on making nonces, with one of its own.
 *
 * @param only - mechanisms to go by, for tests of tokens that have fewer.
 */
export async function openPkcs11Keeper(
  place: Pkcs11Place,
  only?: readonly number[],
): Promise<Keeper> {
  const library = await Pkcs11Library.load(place.module)
  const keeper = new Pkcs11Keeper(library, place, only)
  try {
    keeper.open()
  } catch (error) {
    throw refusalOf(error)
  }
  return keeper
}

class Pkcs11Keeper implements Keeper {
  readonly kind = 'pkcs11'
  readonly powers = { nonExtractable: true, versionDestroy: true, associatedData: true }
  readonly apartFromData = true
  readonly #library: Pkcs11Library
  readonly #place: Pkcs11Place
  readonly #only: readonly number[] | undefined
  #session: number | undefined
  #mode: Mode = 'xaes-cmac'

  constructor(library: Pkcs11Library, place: Pkcs11Place, only: readonly number[] | undefined) {
    this.#library = library
    this.#place = place
    this.#only = only
  }

  get sentence(): string {
    return `The root key is wrapped inside the PKCS#11 token ${this.#place.token} under ${this.#place.key} (${this.#mode}); that key cannot be read out of it.`
  }

  /** Opens a session, logs in, and chooses the mode by what the token can. */
  open(): void {
    const slot = this.#slot()
    this.#session = this.#library.within([8], (session) => {
      this.#library.call('C_OpenSession', [slot, CKF_SERIAL_AND_RW, null, null, session.at])
      return Number(session.bytes.readBigUInt64LE())
    })
    const pin = Buffer.from(readSecretLine(this.#place.pinFile))
    this.#library.within([pin.length], (memory) => {
      memory.bytes.set(pin)
      pin.fill(0)
      const args = [this.#session!, CKU_USER, memory.at, memory.bytes.length]
      this.#library.call('C_Login', args, [CKR_USER_ALREADY_LOGGED_IN])
    })
    const has = new Set(this.#only ?? this.#library.list('C_GetMechanismList', slot))
    if (!has.has(CKM_AES_CMAC) && !has.has(CKM_AES_GCM))
      throw keeperUnfit('the token offers neither AES-CMAC nor AES-GCM')
    this.#mode = has.has(CKM_AES_CMAC) ? 'xaes-cmac' : 'gcm'
    if (this.#versions().length === 0) this.#make(1)
    if (this.#mode === 'gcm') this.#mode = this.#gcmMode()
  }

  wrap(context: readonly string[], key: Uint8Array): Promise<Wrapped> {
    return this.#serve(() => {
      const newest = this.#versions().at(-1)!
      const associated = boundTo(context, String(newest.version), this.#mode)
      const body = this.#seal(newest.handle, associated, key)
      return {
        version: String(newest.version),
        wrapped: Buffer.concat([Buffer.of(modes[this.#mode]), body]),
      }
    })
  }

  unwrap(context: readonly string[], { version, wrapped }: Wrapped): Promise<Buffer> {
    return this.#serve(() => {
      const found = this.#versions().find((one) => String(one.version) === version)
      if (found === undefined) throw keeperKeyUnusable(`the token holds no version ${version}`)
      const mode = Object.entries(modes).find(([, byte]) => byte === wrapped[0])?.[0] as Mode
      if (mode === undefined) throw notAuthentic()
      const associated = boundTo(context, version, mode)
      return this.#open(found.handle, mode, associated, wrapped.subarray(1))
    })
  }

  rotate(): Promise<void> {
    return this.#serve(() => this.#make(this.#versions().at(-1)!.version + 1))
  }

  destroyBefore(version: string): Promise<number> {
    return this.#serve(() => {
      const old = this.#versions().filter((one) => one.version < Number(version))
      for (const { handle } of old) this.#library.call('C_DestroyObject', [this.#session!, handle])
      return old.length
    })
  }

  async close(): Promise<void> {
    if (this.#session === undefined) return
    this.#library.call('C_CloseSession', [this.#session], [...gone])
    this.#session = undefined
  }

  /** One call after the other; a session that is gone is opened again, once. */
  async #serve<T>(work: () => T): Promise<T> {
    try {
      if (this.#session === undefined) this.open()
      return work()
    } catch (error) {
      if (!(error instanceof Pkcs11Error && gone.has(error.rv))) throw refusalOf(error)
    }
    try {
      this.#session = undefined
      this.open()
      return work()
    } catch (error) {
      throw refusalOf(error)
    }
  }

  #slot(): number {
    this.#library.call('C_Initialize', [null], [CKR_CRYPTOKI_ALREADY_INITIALIZED])
    const slots = this.#library.list('C_GetSlotList', 1)
    const slot = slots.find((one) => this.#labelOf(one) === this.#place.token)
    if (slot === undefined) throw keeperUnreachable(`no token ${this.#place.token} is present`)
    return slot
  }

  #labelOf(slot: number): string {
    // CK_TOKEN_INFO: label, 32 bytes padded with blanks, stands first; the whole is 208 bytes.
    return this.#library.within([256], (info) => {
      this.#library.call('C_GetTokenInfo', [slot, info.at])
      return info.bytes.subarray(0, 32).toString().trimEnd()
    })
  }

  /** The keys of our label, oldest first. */
  #versions(): { handle: number; version: number }[] {
    const wanted: Attribute[] = [
      [CKA_CLASS, ulong(CKO_SECRET_KEY)],
      [CKA_KEY_TYPE, ulong(CKK_AES)],
      [CKA_LABEL, Buffer.from(this.#place.key)],
    ]
    const session = this.#session!
    this.#library.withTemplate(wanted, (template) =>
      this.#library.call('C_FindObjectsInit', [session, template, wanted.length]),
    )
    const handles = this.#library.within([64 * 8, 8], (objects, count) => {
      this.#library.call('C_FindObjects', [session, objects.at, 64, count.at])
      const found = Number(count.bytes.readBigUInt64LE())
      return Array.from({ length: found }, (_, i) => Number(objects.bytes.readBigUInt64LE(i * 8)))
    })
    this.#library.call('C_FindObjectsFinal', [session])
    return handles
      .map((handle) => ({ handle, version: this.#versionOf(handle) }))
      .filter(({ version }) => version > 0)
      .sort((a, b) => a.version - b.version)
  }

  #versionOf(handle: number): number {
    return this.#library.withTemplate([[CKA_ID, Buffer.alloc(versionSize)]], (template) => {
      const args = [this.#session!, handle, template, 1]
      // An id of another length is not ours: the key is somebody else's.
      if (this.#library.call('C_GetAttributeValue', args, [0x150]) !== 0) return 0
      return this.#library.idAt(template, versionSize)
    })
  }

  #make(version: number): void {
    const id = Buffer.alloc(versionSize)
    id.writeUInt32BE(version)
    const cmac = this.#mode === 'xaes-cmac'
    const template: Attribute[] = [
      [CKA_CLASS, ulong(CKO_SECRET_KEY)],
      [CKA_KEY_TYPE, ulong(CKK_AES)],
      [CKA_VALUE_LEN, ulong(32)],
      [CKA_LABEL, Buffer.from(this.#place.key)],
      [CKA_ID, id],
      [CKA_TOKEN, on],
      [CKA_PRIVATE, on],
      [CKA_SENSITIVE, on],
      [CKA_EXTRACTABLE, off],
      [CKA_MODIFIABLE, off],
      [CKA_SIGN, cmac ? on : off],
      [CKA_ENCRYPT, cmac ? off : on],
      [CKA_DECRYPT, cmac ? off : on],
    ]
    this.#library.withMechanism(CKM_AES_KEY_GEN, undefined, (mechanism) =>
      this.#library.withTemplate(template, (attributes) =>
        this.#library.within([8], (key) =>
          this.#library.call('C_GenerateKey', [
            this.#session!,
            mechanism,
            attributes,
            template.length,
            key.at,
          ]),
        ),
      ),
    )
  }

  #seal(handle: number, associated: Buffer, plaintext: Uint8Array): Buffer {
    if (this.#mode !== 'xaes-cmac') {
      const iv = this.#mode === 'gcm' ? randomBytes(ivSize) : Buffer.alloc(ivSize)
      const { out, ivAfter } = this.#gcm('Encrypt', handle, iv, associated, plaintext)
      return Buffer.concat([ivAfter, out])
    }
    const nonce = randomBytes(nonceSize)
    const key = this.#derived(handle, nonce)
    const cipher = createCipheriv('aes-256-gcm', key, nonce.subarray(ivSize), {
      authTagLength: tagSize,
    }).setAAD(associated)
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()])
  }

  #open(handle: number, mode: Mode, associated: Buffer, body: Buffer): Buffer {
    const lead = mode === 'xaes-cmac' ? nonceSize : ivSize
    if (body.length < lead + tagSize) throw notAuthentic()
    const nonce = body.subarray(0, lead)
    if (mode !== 'xaes-cmac')
      return this.#gcm('Decrypt', handle, nonce, associated, body.subarray(lead)).out
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.#derived(handle, nonce),
      nonce.subarray(ivSize),
      { authTagLength: tagSize },
    )
    decipher.setAAD(associated).setAuthTag(body.subarray(-tagSize))
    const plaintext = decipher.update(body.subarray(lead, -tagSize))
    try {
      decipher.final()
    } catch {
      plaintext.fill(0)
      throw notAuthentic()
    }
    return plaintext
  }

  /** XAES-256-GCM's key for a nonce: two CMACs of the token. */
  #derived(handle: number, nonce: Uint8Array): KeyObject {
    const halves = [1, 2].map((counter) =>
      this.#cmac(
        handle,
        Buffer.concat([Buffer.of(0, counter, 0x58, 0), nonce.subarray(0, ivSize)]),
      ),
    )
    const bytes = Buffer.concat(halves)
    const key = createSecretKey(bytes)
    for (const secret of [bytes, ...halves]) secret.fill(0)
    return key
  }

  #cmac(handle: number, message: Buffer): Buffer {
    const session = this.#session!
    this.#library.withMechanism(CKM_AES_CMAC, undefined, (mechanism) =>
      this.#library.call('C_SignInit', [session, mechanism, handle]),
    )
    return this.#library.within([message.length, tagSize, 8], (data, out, length) => {
      data.bytes.set(message)
      length.bytes.writeBigUInt64LE(BigInt(tagSize))
      this.#library.call('C_Sign', [session, data.at, message.length, out.at, length.at])
      return Buffer.from(out.bytes)
    })
  }

  /** CKM_AES_GCM with CK_GCM_PARAMS as PKCS#11 2.40 errata 01 lays them out, ulIvBits included. */
  #gcm(
    way: 'Encrypt' | 'Decrypt',
    handle: number,
    iv: Uint8Array,
    associated: Buffer,
    input: Uint8Array,
  ): { out: Buffer; ivAfter: Buffer } {
    const session = this.#session!
    const sizes = [6 * 8, ivSize, associated.length, input.length, input.length + tagSize, 8]
    return this.#library.within(sizes, (params, ivAt, aad, data, out, length) => {
      ivAt.bytes.set(iv)
      aad.bytes.set(associated)
      data.bytes.set(input)
      const fields = [ivAt.at, ivSize, ivSize * 8, aad.at, associated.length, tagSize * 8]
      fields.forEach((field, i) => params.bytes.writeBigUInt64LE(BigInt(field), i * 8))
      this.#library.withMechanism(CKM_AES_GCM, params, (mechanism) =>
        this.#library.call(`C_${way}Init`, [session, mechanism, handle]),
      )
      length.bytes.writeBigUInt64LE(BigInt(input.length + tagSize))
      try {
        this.#library.call(`C_${way}`, [session, data.at, input.length, out.at, length.at])
      } catch (error) {
        const wrong = error instanceof Pkcs11Error && unauthentic.has(error.rv)
        throw wrong && way === 'Decrypt' ? notAuthentic() : error
      }
      const written = Number(length.bytes.readBigUInt64LE())
      return {
        out: Buffer.from(out.bytes.subarray(0, written)),
        ivAfter: Buffer.from(ivAt.bytes),
      }
    })
  }

  /** Whether the token takes nonces of ours, or makes its own and tells which. */
  #gcmMode(): Mode {
    const { handle } = this.#versions().at(-1)!
    const probe = Buffer.from('probe')
    try {
      this.#gcm('Encrypt', handle, randomBytes(ivSize), Buffer.alloc(0), probe)
      return 'gcm'
    } catch (error) {
      if (!(error instanceof Pkcs11Error)) throw error
    }
    const { ivAfter } = this.#gcm('Encrypt', handle, Buffer.alloc(ivSize), Buffer.alloc(0), probe)
    if (ivAfter.every((byte) => byte === 0))
      throw keeperUnfit('the token takes no nonce and makes none')
    return 'gcm-hsm-iv'
  }
}

/** The mode too: a changed first byte opens nothing. */
const boundTo = (context: readonly string[], version: string, mode: Mode): Buffer =>
  contextBytes('keeper', [...context, version, mode])

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Pkcs11Error)) return error
  if (denied.has(error.rv)) return keeperDenied()
  if (gone.has(error.rv)) return keeperUnreachable(error.message)
  // CKR_KEY_HANDLE_INVALID, KEY_FUNCTION_NOT_PERMITTED, OBJECT_HANDLE_INVALID
  if ([0x60, 0x68, 0x82].includes(error.rv)) return keeperKeyUnusable(error.message)
  // CKR_MECHANISM_INVALID, MECHANISM_PARAM_INVALID, TEMPLATE_*, FUNCTION_NOT_SUPPORTED
  if ([0x70, 0x71, 0xd0, 0xd1, 0x54].includes(error.rv)) return keeperUnfit(error.message)
  return keeperUnreachable(error.message)
}
