/**
 * Signed notes and verifier keys (C2SP signed-note v1.0.0).
 *
 * ```
 * <text, ends with a newline>
 * <empty line>
 * — <key name> <base64 of: 4 bytes key id, signature>      one line for each signature
 * ```
 *
 * A signature covers the text with its last newline. A key's id is the first four bytes of
 * SHA-256(name ‖ 0x0A ‖ type ‖ public key); a verifier key is `<name>+<id in hex>+<base64 of
 * type ‖ public key>`. A signature by an unknown key is ignored; a bad one by a known key
 * condemns the whole note.
 *
 * See https://c2sp.org/signed-note
 */
import { concat, equal, fromBase64, textOf, toBase64, toHex, utf8 } from './bytes.ts'
import { sha256 } from './sha256.ts'

/** Signature types of the signed-note registry. */
export const ed25519 = 0x01
export const ed25519Cosignature = 0x04
export const mlDsa44Cosignature = 0x06

const idBytes = 4
const mostSignatures = 100

export interface NoteSignature {
  readonly name: string
  readonly id: Uint8Array
  readonly signature: Uint8Array
}

export interface Note {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** What a verifier key says. */
export interface VerifierKey {
  readonly name: string
  readonly id: Uint8Array
  readonly type: number
  readonly publicKey: Uint8Array
}

/** Whether a string may name a key: no space of any kind, no plus. */
export function isKeyName(name: string): boolean {
  return /^[^\s\u0085+]+$/u.test(name) && !/\p{Surrogate}/u.test(name)
}

export function keyId(name: string, type: number, publicKey: Uint8Array): Uint8Array {
  return sha256(concat(utf8(name), Uint8Array.of(0x0a, type), publicKey)).subarray(0, idBytes)
}

export function formatVerifierKey(name: string, type: number, publicKey: Uint8Array): string {
  const key = toBase64(concat(Uint8Array.of(type), publicKey))
  return `${name}+${toHex(keyId(name, type, publicKey))}+${key}`
}

/** @throws {RangeError} for a key whose name is no name, or whose id is not its own. */
export function parseVerifierKey(text: string): VerifierKey {
  // The base64 part may hold a plus itself: only the first two separate.
  const [, name, hex, base64] = /^([^+]+)\+([\da-f]{8})\+(.+)$/.exec(text) ?? []
  const key = base64 === undefined ? undefined : fromBase64(base64)
  if (name === undefined || hex === undefined || key === undefined || !isKeyName(name)) {
    throw new RangeError('not a verifier key')
  }
  const [type, publicKey] = [key[0]!, key.subarray(1)]
  const id = keyId(name, type, publicKey)
  if (toHex(id) !== hex) throw new RangeError('a verifier key with another key’s id')
  return { name, id, type, publicKey }
}

/** Whether a signature says it was made by this key. */
export function isBy({ name, id }: NoteSignature, key: VerifierKey): boolean {
  return name === key.name && equal(id, key.id)
}

/**
 * @param note - text, or the bytes of a file.
 * @throws {RangeError} for anything but a well-formed note.
 */
export function parseNote(note: string | Uint8Array): Note {
  const whole = typeof note === 'string' ? note : decode(note)
  if (!isNoteText(whole)) throw new RangeError('a note must be lines without control characters')
  const split = whole.lastIndexOf('\n\n')
  if (split < 0) throw new RangeError('a note without signatures')
  const lines = whole
    .slice(split + 2)
    .split('\n')
    .slice(0, -1)
  if (lines.length < 1 || lines.length > mostSignatures) {
    throw new RangeError(`a note cannot carry ${lines.length} signatures`)
  }
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

function decode(bytes: Uint8Array): string {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError('a note must be UTF-8')
  }
}

function parseSignature(line: string): NoteSignature {
  const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = base64 === undefined ? undefined : fromBase64(base64)
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length <= idBytes) {
    throw new RangeError('a malformed signature line')
  }
  return { name, id: bytes.subarray(0, idBytes), signature: bytes.subarray(idBytes) }
}

/** Whole lines of well-formed text, without control characters below U+0020 but the newline. */
export function isNoteText(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return text.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u.test(text)
}
