/**
 * A ClientHello as a client of an old protocol would send it, and how to read what comes back.
 * Raw bytes, because our own TLS library may refuse to *offer* an old version, and then it would
 * be the probe that refused and not the server.
 *
 *     record     type 22 | version 3.1 | length u16 | handshake
 *     handshake  type 1 | length u24 | client_version | random 32 | session id u8 length
 *                | cipher suites u16 length | compression u8 length | extensions u16 length
 *
 * RFC 2246 §7.4.1.2, RFC 4346, RFC 5246 §7.4.1.2; no supported_versions extension (RFC 8446 §4.2.1),
 * so `client_version` is the newest version offered.
 *
 * @module
 */

/** `client_version` of each retired protocol. */
export const retiredProtocols = [
  { name: 'TLS 1.0', version: 0x0301 },
  { name: 'TLS 1.1', version: 0x0302 },
  { name: 'TLS 1.2', version: 0x0303 },
] as const

/** Suites that some server of that age would surely take, ECDSA and RSA, AEAD and CBC. */
const suites = [
  0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x009c, 0x002f,
  0x0035, 0x00ff,
]
const groups = [0x001d, 0x0017, 0x0018]
const signatureSchemes = [0x0403, 0x0503, 0x0804, 0x0401, 0x0501, 0x0203, 0x0201]

/** The bytes of a ClientHello that offers `version` at most, for `serverName`. */
export function clientHello(version: number, serverName: string, random: Buffer): Buffer {
  const name = Buffer.from(serverName, 'ascii')
  const extensions = [
    extension(0, prefixed(2, Buffer.concat([Buffer.from([0]), prefixed(2, name)]))),
    extension(10, prefixed(2, words(groups))),
    extension(11, Buffer.from([1, 0])),
    ...(version < 0x0303 ? [] : [extension(13, prefixed(2, words(signatureSchemes)))]),
  ]
  const hello = Buffer.concat([
    words([version]),
    random,
    Buffer.from([0]),
    prefixed(2, words(suites)),
    Buffer.from([1, 0]),
    prefixed(2, Buffer.concat(extensions)),
  ])
  const handshake = Buffer.concat([Buffer.from([1]), prefixed(3, hello)])
  return Buffer.concat([Buffer.from([22, 3, 1]), prefixed(2, handshake)])
}

/** What a server's first bytes are. */
export type FirstAnswer =
  | { readonly kind: 'alert'; readonly fatal: boolean; readonly description: number }
  | { readonly kind: 'handshake' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'other' }

/** Reads the first record of an answer; `closed` where the server sent nothing at all. */
export function readFirstAnswer(bytes: Buffer): FirstAnswer {
  if (bytes.length === 0) return { kind: 'closed' }
  if (bytes[0] === 21 && bytes.length >= 7) {
    return { kind: 'alert', fatal: bytes[5] === 2, description: bytes[6] ?? 0 }
  }
  return { kind: bytes[0] === 22 ? 'handshake' : 'other' }
}

/** AlertDescription protocol_version: "the version offered is recognised but not supported" (RFC 8446 §6.2). */
export const protocolVersionAlert = 70

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([words([type]), prefixed(2, content)])
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, i * 2)
  return bytes
}

function prefixed(width: number, content: Buffer): Buffer {
  const length = Buffer.alloc(width)
  length.writeUIntBE(content.length, 0, width)
  return Buffer.concat([length, content])
}
