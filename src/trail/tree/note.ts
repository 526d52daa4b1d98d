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
import * as core from '../../../verifier/src/note.ts'

export {
  ed25519,
  ed25519Cosignature,
  formatVerifierKey,
  isKeyName,
  mlDsa44Cosignature,
} from '../../../verifier/src/note.ts'

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

export function keyId(name: string, type: number, publicKey: Uint8Array): Buffer {
  return toBuffer(core.keyId(name, type, publicKey))
}

/** @throws {RangeError} for a key whose name is no name, or whose id is not its own. */
export function parseVerifierKey(text: string): VerifierKey {
  const { name, id, type, publicKey } = core.parseVerifierKey(text)
  return { name, id: toBuffer(id), type, publicKey: toBuffer(publicKey) }
}

const toBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength)

/** One signature's line, with its newline. */
export function signatureLine({ name, id, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

/** Signs a text; the note in full. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!core.isNoteText(text))
    throw new RangeError('a note’s text must be lines without control characters')
  const lines = signers.map((signer) =>
    signatureLine({ name: signer.name, id: signer.id, signature: signer.sign(text) }),
  )
  return `${text}\n${lines.join('')}`
}

/** @throws {RangeError} for anything but a well-formed note. */
export function parseNote(note: string): Note {
  const { text, signatures } = core.parseNote(note)
  return {
    text,
    signatures: signatures.map(({ name, id, signature }) => ({
      name,
      id: toBuffer(id),
      signature: toBuffer(signature),
    })),
  }
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
