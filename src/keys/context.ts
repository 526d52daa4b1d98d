/**
 * Associated data, byte by byte. Every ciphertext of the house is bound to its place by it:
 *
 *     "HF1"                                   3 bytes, names this format
 *     length of kind        u32 big-endian    then kind, UTF-8
 *     length of each part   u32 big-endian    then the part, UTF-8
 *
 * Lengths, never separators: `['a', 'bc']` and `['ab', 'c']` differ, whatever the parts hold.
 */
const format = Buffer.from('HF1')

/**
 * The bytes that bind a ciphertext to what it is and where it belongs.
 *
 * @throws {TypeError} on text with lone surrogates: UTF-8 maps all of them to one character, so two
 *   different places would become one.
 */
export function contextBytes(kind: string, parts: readonly string[]): Buffer {
  const text = plainText(kind, parts)
  return text === undefined ? anyBytes([kind, ...parts]) : Buffer.from(text, 'latin1')
}

const roomy = Buffer.alloc(4096)
/** What the room's beginnings are called, by their length: there are few lengths. */
const beginnings: Buffer[] = []

/** As {@link contextBytes}, for whoever copies them at once, as a cipher does: the next call writes over them. */
export function passingContext(kind: string, parts: readonly string[]): Buffer {
  const text = plainText(kind, parts)
  if (text === undefined || text.length > roomy.length) return contextBytes(kind, parts)
  roomy.write(text, 0, 'latin1')
  return (beginnings[text.length] ??= roomy.subarray(0, text.length))
}

const notPlain = /\P{ASCII}/u

/** Short fields of ASCII, as nearly all are: one text, one copy. Undefined for others. */
function plainText(kind: string, parts: readonly string[]): string | undefined {
  let text = `HF1\0\0\0${String.fromCharCode(kind.length)}${kind}`
  let longest = kind.length
  for (const part of parts) {
    text += `\0\0\0${String.fromCharCode(part.length)}${part}`
    if (part.length > longest) longest = part.length
  }
  return longest > 0x7f || notPlain.test(text) ? undefined : text
}

function anyBytes(fields: readonly string[]): Buffer {
  const sizes = fields.map((field) => {
    if (!field.isWellFormed()) throw new TypeError('a context must be well-formed text')
    return Buffer.byteLength(field)
  })
  const bytes = Buffer.alloc(format.length + sizes.reduce((sum, size) => sum + 4 + size, 0))
  let at = format.copy(bytes)
  for (const [i, field] of fields.entries()) {
    at = bytes.writeUInt32BE(sizes[i]!, at)
    at += bytes.write(field, at)
  }
  return bytes
}
