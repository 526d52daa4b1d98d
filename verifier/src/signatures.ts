/**
 * Whether a signature holds, and the honest third answer: that this runtime cannot tell.
 *
 * ```
 * type 0x01  Ed25519 over the note's text
 * type 0x04  uint64 time ‖ Ed25519 over "cosignature/v1\ntime <decimal>\n" and the text
 * type 0x06  uint64 time ‖ ML-DSA-44 over "subtree/v1\n\0" ‖ u8 length, name ‖ uint64 time ‖
 *            u8 length, origin ‖ uint64 0 ‖ uint64 size ‖ root
 * ```
 *
 * Ed25519 is checked by WebCrypto, in Node and in browsers; ML-DSA-44 by Node's own crypto from
 * version 24.6, or by a browser whose WebCrypto has it.
 *
 * See https://c2sp.org/tlog-cosignature, RFC 8032, FIPS 204
 */
import { concat, fromHex, readUint64, uint64, utf8 } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import {
  ed25519,
  ed25519Cosignature,
  isBy,
  mlDsa44Cosignature,
  type Note,
  type VerifierKey,
} from './note.ts'

/** `unchecked`: this runtime has no way to tell. */
export type Verdict = 'good' | 'bad' | 'unchecked'

const timeBytes = 8
const ed25519KeyBytes = 32
const mlDsa44KeyBytes = 1312

/** SubjectPublicKeyInfo of ML-DSA-44 up to the key itself (RFC 9881). */
const mlDsa44SpkiHead = fromHex('30820532300b06096086480165030403110382052100')!

const signatureNames: Readonly<Record<number, string>> = {
  [ed25519]: 'Ed25519 signature',
  [ed25519Cosignature]: 'Ed25519 cosignature',
  [mlDsa44Cosignature]: 'ML-DSA-44 cosignature',
}

/** What a key of a type makes, in words. */
export const signatureName = (type: number): string =>
  signatureNames[type] ?? `signature of type ${type}`

/** What is said of a signature that this runtime has no way to tell of, and who has. */
export const notChecked = (type: number): string =>
  `could not be checked in this runtime${type === mlDsa44Cosignature ? '; Node 24.6 or later can' : ''}`

export interface Voucher {
  readonly key: VerifierKey
  readonly verdict: Verdict
  /** When a cosignature says it was made, in seconds since 1970; undefined for a plain signature. */
  readonly time: number | undefined
}

/** Every signature on a note by one of these keys, checked. The others are ignored, as they must be. */
export async function checkNote(note: Note, keys: readonly VerifierKey[]): Promise<Voucher[]> {
  const vouchers: Voucher[] = []
  for (const signature of note.signatures) {
    const key = keys.find((candidate) => isBy(signature, candidate))
    if (key === undefined) continue
    const verdict = await checkSignature(key, note.text, signature.signature)
    vouchers.push({ key, verdict, time: timeOf(key, signature.signature) })
  }
  return vouchers
}

function timeOf({ type }: VerifierKey, signature: Uint8Array): number | undefined {
  const isTimed = type === ed25519Cosignature || type === mlDsa44Cosignature
  return isTimed && signature.length >= timeBytes ? Number(readUint64(signature, 0)) : undefined
}

/** One signature, by the rules of its key's type. */
export async function checkSignature(
  { type, name, publicKey }: VerifierKey,
  text: string,
  signature: Uint8Array,
): Promise<Verdict> {
  if (type === ed25519) return checkEd25519(publicKey, utf8(text), signature)
  if (type !== ed25519Cosignature && type !== mlDsa44Cosignature) return 'unchecked'
  if (signature.length <= timeBytes) return 'bad'
  const time = readUint64(signature, 0)
  if (time >= 2n ** 63n) return 'bad'
  const bare = signature.subarray(timeBytes)
  if (type === ed25519Cosignature) {
    return checkEd25519(publicKey, utf8(`cosignature/v1\ntime ${time}\n${text}`), bare)
  }
  try {
    const message = subtreeMessage(name, time, parseCheckpoint(text))
    return await checkMlDsa44(publicKey, message, bare)
  } catch (error) {
    if (error instanceof RangeError) return 'bad'
    throw error
  }
}

/** What an ML-DSA-44 cosigner signs. @throws {RangeError} for a name of no or more than 255 bytes. */
export function subtreeMessage(
  name: string,
  time: bigint,
  { origin, size, root }: Pick<Checkpoint, 'origin' | 'size' | 'root'>,
): Uint8Array {
  const head = utf8('subtree/v1\n\0')
  return concat(head, prefixed(name), uint64(time), prefixed(origin), uint64(0), uint64(size), root)
}

function prefixed(text: string): Uint8Array {
  const bytes = utf8(text)
  if (bytes.length < 1 || bytes.length > 255) throw new RangeError('a name must be 1 to 255 bytes')
  return concat(Uint8Array.of(bytes.length), bytes)
}

export async function checkEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<Verdict> {
  if (publicKey.length !== ed25519KeyBytes) return 'bad'
  return checkByWebCrypto('raw', publicKey, { name: 'Ed25519' }, message, signature)
}

async function checkMlDsa44(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<Verdict> {
  if (publicKey.length !== mlDsa44KeyBytes) return 'bad'
  const spki = concat(mlDsa44SpkiHead, publicKey)
  if (typeof process !== 'object' || typeof process.versions?.node !== 'string') {
    return checkByWebCrypto('spki', spki, { name: 'ML-DSA-44' }, message, signature)
  }
  const { createPublicKey, verify } = await import('node:crypto')
  let key
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return 'unchecked'
  }
  return verify(null, message, key, signature) ? 'good' : 'bad'
}

/** A key WebCrypto does not take is a way of signing it does not know. */
export async function checkByWebCrypto(
  format: 'raw' | 'spki',
  key: Uint8Array,
  algorithm: { readonly name: string; readonly [more: string]: unknown },
  message: Uint8Array,
  signature: Uint8Array,
): Promise<Verdict> {
  const { subtle } = crypto
  const plain = (bytes: Uint8Array) => new Uint8Array(bytes)
  let imported
  try {
    imported = await subtle.importKey(format, plain(key), algorithm, false, ['verify'])
  } catch {
    return 'unchecked'
  }
  const holds = await subtle.verify(algorithm, imported, plain(signature), plain(message))
  return holds ? 'good' : 'bad'
}
