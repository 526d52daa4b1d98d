/**
 * Signed notes (C2SP signed-note v1.0.0).
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
 * @see https://c2sp.org/signed-note
 * @module
 */
import { sha256 } from './leaf.ts'

/** Signature types of the signed-note registry that we make and read. */
export const ed25519 = 0x01
export const mlDsa44Cosignature = 0x06

const idBytes = 4
const mostSignatures = 100

export interface NoteSignature {
  readonly name: string
  readonly id: Buffer
  readonly signature: Buffer
}

export interface Note {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** Someone who signs: its name, its key's id, and how it signs a text. */
export interface NoteSigner {
  readonly name: string
  readonly id: Buffer
  sign(text: string): Buffer
}

export interface NoteVerifier {
  readonly name: string
  readonly id: Buffer
  verify(text: string, signature: Buffer): boolean
}

/** What a verifier key says. */
export interface VerifierKey {
  readonly name: string
  readonly id: Buffer
  readonly type: number
  readonly publicKey: Buffer
}

/** Whether a string may name a key: no space of any kind, no plus. */
export function isKeyName(name: string): boolean {
  return /^[^\s\u0085+]+$/u.test(name) && name.isWellFormed()
}

export function keyId(name: string, type: number, publicKey: Uint8Array): Buffer {
  const head = Buffer.from([0x0a, type])
  return sha256(Buffer.concat([Buffer.from(name), head, publicKey])).subarray(0, idBytes)
}

export function formatVerifierKey(name: string, type: number, publicKey: Uint8Array): string {
  const key = Buffer.concat([Buffer.from([type]), publicKey]).toString('base64')
  return `${name}+${keyId(name, type, publicKey).toString('hex')}+${key}`
}

/** @throws {RangeError} for a key whose name is no name, or whose id is not its own. */
export function parseVerifierKey(text: string): VerifierKey {
  // The base64 part may hold a plus itself: only the first two separate.
  const [, name, hex, base64] = /^([^+]+)\+([\da-f]{8})\+(.+)$/.exec(text) ?? []
  const key = base64 === undefined ? undefined : strictBase64(base64)
  if (name === undefined || hex === undefined || key === undefined || !isKeyName(name)) {
    throw new RangeError('not a verifier key')
  }
  const [type, publicKey] = [key[0]!, key.subarray(1)]
  const id = keyId(name, type, publicKey)
  if (id.toString('hex') !== hex) throw new RangeError('a verifier key with another key’s id')
  return { name, id, type, publicKey }
}

/** One signature's line, with its newline. */
export function signatureLine({ name, id, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

/** Signs a text; the note in full. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text))
    throw new RangeError('a note’s text must be lines without control characters')
  const lines = signers.map((signer) =>
    signatureLine({ name: signer.name, id: signer.id, signature: signer.sign(text) }),
  )
  return `${text}\n${lines.join('')}`
}

/** @throws {RangeError} for anything but a well-formed note. */
export function parseNote(note: string): Note {
  if (!isNoteText(note)) throw new RangeError('a note must be lines without control characters')
  const split = note.lastIndexOf('\n\n')
  if (split < 0) throw new RangeError('a note without signatures')
  const lines = note
    .slice(split + 2)
    .split('\n')
    .slice(0, -1)
  if (lines.length < 1 || lines.length > mostSignatures) {
    throw new RangeError(`a note cannot carry ${lines.length} signatures`)
  }
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

function parseSignature(line: string): NoteSignature {
  const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = base64 === undefined ? undefined : strictBase64(base64)
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length <= idBytes) {
    throw new RangeError('a malformed signature line')
  }
  return { name, id: bytes.subarray(0, idBytes), signature: bytes.subarray(idBytes) }
}

/**
 * Opens a note: its text, and the names of the verifiers that vouch for it, at least one.
 *
 * @throws {RangeError} for a malformed note, one that no verifier given has signed, or one with a
 *   bad signature by any of them.
 */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): { readonly text: string; readonly vouchers: readonly NoteVerifier[] } {
  const { text, signatures } = parseNote(note)
  const vouchers = new Set<NoteVerifier>()
  for (const { name, id, signature } of signatures) {
    const verifier = verifiers.find((v) => v.name === name && v.id.equals(id))
    if (verifier === undefined) continue
    if (!verifier.verify(text, signature)) throw new RangeError(`a bad signature by ${name}`)
    vouchers.add(verifier)
  }
  if (vouchers.size === 0) throw new RangeError('no known key has signed this note')
  return { text, vouchers: [...vouchers] }
}

/** Bytes of standard base64 in its only proper spelling; undefined for any other. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Whole lines of well-formed text, without control characters below U+0020 but the newline. */
function isNoteText(text: string): boolean {
  const controlled = () => Buffer.from(text).some((byte) => byte < 0x20 && byte !== 0x0a)
  return text.endsWith('\n') && text.isWellFormed() && !controlled()
}
