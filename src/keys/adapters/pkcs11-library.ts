/**
 * As much of PKCS#11 2.40 (OASIS) as a keeper needs, through koffi, which ships its native part ready
 * made. Functions are taken from C_GetFunctionList, the only symbol a library must export (§5.4).
 * Memory the library reads or writes is allocated outside of the JavaScript heap and freed after each call.
 */
import type Koffi from 'koffi'
import { keeperUnfit } from '../refusals.ts'

/** Places in CK_FUNCTION_LIST, counted after its version. */
const functions = {
  C_Initialize: 0,
  C_Finalize: 1,
  C_GetSlotList: 4,
  C_GetTokenInfo: 6,
  C_GetMechanismList: 7,
  C_OpenSession: 12,
  C_CloseSession: 13,
  C_Login: 18,
  C_DestroyObject: 22,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_FindObjects: 27,
  C_FindObjectsFinal: 28,
  C_EncryptInit: 29,
  C_Encrypt: 30,
  C_DecryptInit: 33,
  C_Decrypt: 34,
  C_SignInit: 42,
  C_Sign: 43,
  C_GenerateKey: 58,
} as const
type Name = keyof typeof functions

const signatures: Record<Name, string> = {
  C_Initialize: 'void *args',
  C_Finalize: 'void *reserved',
  C_GetSlotList: 'uint8_t present, void *slots, void *count',
  C_GetTokenInfo: 'unsigned long slot, void *info',
  C_GetMechanismList: 'unsigned long slot, void *list, void *count',
  C_OpenSession: 'unsigned long slot, unsigned long flags, void *app, void *notify, void *session',
  C_CloseSession: 'unsigned long session',
  C_Login: 'unsigned long session, unsigned long user, void *pin, unsigned long length',
  C_DestroyObject: 'unsigned long session, unsigned long object',
  C_GetAttributeValue:
    'unsigned long session, unsigned long object, void *template, unsigned long count',
  C_FindObjectsInit: 'unsigned long session, void *template, unsigned long count',
  C_FindObjects: 'unsigned long session, void *objects, unsigned long most, void *count',
  C_FindObjectsFinal: 'unsigned long session',
  C_EncryptInit: 'unsigned long session, void *mechanism, unsigned long key',
  C_Encrypt:
    'unsigned long session, void *data, unsigned long dataLength, void *out, void *outLength',
  C_DecryptInit: 'unsigned long session, void *mechanism, unsigned long key',
  C_Decrypt:
    'unsigned long session, void *data, unsigned long dataLength, void *out, void *outLength',
  C_SignInit: 'unsigned long session, void *mechanism, unsigned long key',
  C_Sign: 'unsigned long session, void *data, unsigned long dataLength, void *out, void *outLength',
  C_GenerateKey:
    'unsigned long session, void *mechanism, void *template, unsigned long count, void *key',
}

/** A function of the library answered something else than CKR_OK. */
export class Pkcs11Error extends Error {
  override readonly name = 'Pkcs11Error'
  readonly rv: number

  constructor(call: string, rv: number) {
    super(`${call} answered 0x${rv.toString(16)}`)
    this.rv = rv
  }
}

/** Bytes outside of the heap: `at` for the library, `bytes` for us. */
export interface Memory {
  readonly at: bigint
  readonly bytes: Buffer
}

export type Attribute = readonly [type: number, value: Uint8Array]

/** Size of CK_ULONG and of a pointer; every platform koffi and Node run on but Windows has 8 for both. */
const word = 8

/** koffi knows a type's name once in a process. */
const protos = new Map<Name, ReturnType<typeof Koffi.proto>>()

export class Pkcs11Library {
  readonly #koffi: typeof Koffi
  readonly #library: ReturnType<typeof Koffi.load>
  readonly #table: bigint

  /** @throws {Refusal} `keys.keeper-unfit` where koffi or the library is missing. */
  static async load(path: string): Promise<Pkcs11Library> {
    const koffi = await import('koffi').then(
      (module) => module.default,
      () => {
        throw keeperUnfit('the package koffi is not installed')
      },
    )
    return new Pkcs11Library(koffi, path)
  }

  private constructor(koffi: typeof Koffi, path: string) {
    this.#koffi = koffi
    if (koffi.sizeof('void *') !== word || koffi.sizeof('unsigned long') !== word)
      throw keeperUnfit('PKCS#11 is offered on 64-bit Unix only')
    try {
      this.#library = koffi.load(path)
      const getList = this.#library.func('unsigned long C_GetFunctionList(_Out_ void **list)')
      const out: [bigint | null] = [null]
      if (getList(out) !== 0 || out[0] === null) throw new Error('it gives no functions')
      this.#table = out[0]
    } catch {
      throw keeperUnfit(`${path} is no PKCS#11 library`)
    }
  }

  /** Calls a function. @returns CKR_OK or one of `also`. @throws {Pkcs11Error} for anything else. */
  call(
    name: Name,
    args: readonly (number | bigint | null)[],
    also: readonly number[] = [],
  ): number {
    let proto = protos.get(name)
    if (proto === undefined) {
      proto = this.#koffi.proto(`unsigned long ${name}_of_token(${signatures[name]})`)
      protos.set(name, proto)
    }
    // CK_VERSION takes two bytes; the pointers after it stand at whole words.
    const place = this.#koffi.decode(this.#table, word * (1 + functions[name]), 'void *') as bigint
    const rv = Number(this.#koffi.call(place, proto, ...args))
    if (rv !== 0 && !also.includes(rv)) throw new Pkcs11Error(name, rv)
    return rv
  }

  /** Lends memory to `use`, zeroed and freed when it returns. */
  within<T>(sizes: readonly number[], use: (...memory: Memory[]) => T): T {
    const lent = sizes.map((size): Memory => {
      const at = this.#koffi.alloc('uint8_t', Math.max(1, size)) as bigint
      const bytes = Buffer.from(this.#koffi.view(at, Math.max(1, size)))
      bytes.fill(0)
      return { at, bytes: bytes.subarray(0, size) }
    })
    try {
      return use(...lent)
    } finally {
      for (const { at, bytes } of lent) {
        bytes.fill(0)
        this.#koffi.free(at)
      }
    }
  }

  /** Lends a CK_ATTRIBUTE array that says these. */
  withTemplate<T>(attributes: readonly Attribute[], use: (template: bigint) => T): T {
    const sizes = attributes.map(([, value]) => value.length)
    return this.within([attributes.length * 3 * word, ...sizes], (template, ...values) => {
      attributes.forEach(([type, value], i) => {
        values[i]!.bytes.set(value)
        template.bytes.writeBigUInt64LE(BigInt(type), i * 3 * word)
        template.bytes.writeBigUInt64LE(values[i]!.at, (i * 3 + 1) * word)
        template.bytes.writeBigUInt64LE(BigInt(value.length), (i * 3 + 2) * word)
      })
      return use(template.at)
    })
  }

  /** The value, a big-endian number, that a template of one attribute was filled with; 0 for another length. */
  idAt(template: bigint, size: number): number {
    const held = Buffer.from(this.#koffi.view(template, 3 * word))
    if (held.readBigUInt64LE(2 * word) !== BigInt(size)) return 0
    return Buffer.from(this.#koffi.view(held.readBigUInt64LE(word), size)).readUIntBE(0, size)
  }

  /** Lends a CK_MECHANISM with a parameter. */
  withMechanism<T>(type: number, parameter: Memory | undefined, use: (mechanism: bigint) => T): T {
    return this.within([3 * word], (mechanism) => {
      mechanism.bytes.writeBigUInt64LE(BigInt(type), 0)
      mechanism.bytes.writeBigUInt64LE(parameter?.at ?? 0n, word)
      mechanism.bytes.writeBigUInt64LE(BigInt(parameter?.bytes.length ?? 0), 2 * word)
      return use(mechanism.at)
    })
  }

  /** Lists what a function tells in two calls: first how many, then which. CK_ULONGs. */
  list(name: 'C_GetSlotList' | 'C_GetMechanismList', first: number): number[] {
    return this.within([word], (count) => {
      this.call(name, [first, null, count.at])
      const many = Number(count.bytes.readBigUInt64LE())
      return this.within([Math.max(1, many) * word], (items) => {
        this.call(name, [first, items.at, count.at])
        return Array.from({ length: many }, (_, i) => Number(items.bytes.readBigUInt64LE(i * word)))
      })
    })
  }
}

export const ulong = (value: number): Buffer => {
  const bytes = Buffer.alloc(word)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
