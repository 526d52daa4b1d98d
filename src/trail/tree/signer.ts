/**
 * The keys of an installation: Ed25519 on every checkpoint, ML-DSA-44 beside it on the root's; and
 * cosignatures, by which a witness says what it has seen.
 *
 * A cosignature of type 0x04 is eight bytes big-endian POSIX seconds and the Ed25519 signature over
 * `cosignature/v1\n`, `time <seconds>\n` and the whole text of the checkpoint.
 *
 * The ML-DSA-44 signature is the cosignature of C2SP type 0x06: eight bytes big-endian POSIX seconds,
 * then the signature over
 *
 * ```
 * "subtree/v1\n\0"   12 bytes
 * name               one byte length and UTF-8
 * time               uint64 big-endian, the same seconds
 * origin             one byte length and UTF-8
 * start, end         uint64 big-endian each: 0 and the size
 * root               32 bytes
 * ```
 *
 * @see https://c2sp.org/tlog-cosignature
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import {
  ed25519,
  ed25519Cosignature,
  keyId,
  mlDsa44Cosignature,
  type NoteSigner,
  type NoteVerifier,
  parseVerifierKey,
} from './note.ts'

/** SubjectPublicKeyInfo up to the key itself (RFC 8410; RFC 9881 for ML-DSA-44). */
const spkiHeads = {
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  'ml-dsa-44': Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
} as const

type KeyKind = keyof typeof spkiHeads

const timeBytes = 8

export interface KeyPair {
  /** The bare public key, as a verifier key holds it. */
  readonly publicKey: Buffer
  /** PKCS#8, DER. */
  readonly privateKey: Buffer
}

export function newKeyPair(kind: KeyKind): KeyPair {
  // Two calls, because each kind of key has an overload of its own.
  const { publicKey, privateKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44')
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiHeads[kind].length),
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
  }
}

function publicKeyOf(kind: KeyKind, bare: Buffer): KeyObject {
  const key = Buffer.concat([spkiHeads[kind], bare])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

export function ed25519Signer(name: string, { publicKey, privateKey }: KeyPair): NoteSigner {
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  return {
    name,
    id: keyId(name, ed25519, publicKey),
    sign: (text) => sign(null, Buffer.from(text), key),
  }
}

/** Signs checkpoints, at the instant `at`, whole seconds of it. */
export function mlDsa44Signer(name: string, pair: KeyPair, at: Date): NoteSigner {
  const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' })
  const time = Buffer.alloc(timeBytes)
  time.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000)))
  return {
    name,
    id: keyId(name, mlDsa44Cosignature, pair.publicKey),
    sign: (text) => {
      const message = cosignedMessage(name, time, parseCheckpoint(text))
      return Buffer.concat([time, sign(null, message, key)])
    },
  }
}

/** Cosigns checkpoints with Ed25519, at the instant `at`, whole seconds of it. */
export function ed25519Cosigner(name: string, pair: KeyPair, at: Date): NoteSigner {
  const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' })
  const time = Buffer.alloc(timeBytes)
  time.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 1000)))
  return {
    name,
    id: keyId(name, ed25519Cosignature, pair.publicKey),
    sign: (text) => Buffer.concat([time, sign(null, timedText(time, text), key)]),
  }
}

const timedText = (time: Buffer, text: string) =>
  Buffer.from(`cosignature/v1\ntime ${time.readBigUInt64BE()}\n${text}`)

/** @throws {RangeError} for a key that is neither Ed25519's nor a cosigner's. */
export function noteVerifier(verifierKey: string): NoteVerifier {
  const { name, id, type, publicKey } = parseVerifierKey(verifierKey)
  if (type === ed25519 && publicKey.length === 32) {
    const key = publicKeyOf('ed25519', publicKey)
    return {
      name,
      id,
      verify: (text, signature) => verify(null, Buffer.from(text), key, signature),
    }
  }
  if (type === ed25519Cosignature && publicKey.length === 32) {
    const key = publicKeyOf('ed25519', publicKey)
    return {
      name,
      id,
      verify: (text, signature) => {
        const time = signature.subarray(0, timeBytes)
        if (time.length < timeBytes) return false
        return verify(null, timedText(time, text), key, signature.subarray(timeBytes))
      },
    }
  }
  if (type === mlDsa44Cosignature && publicKey.length === 1312) {
    const key = publicKeyOf('ml-dsa-44', publicKey)
    return {
      name,
      id,
      verify: (text, signature) => {
        const time = signature.subarray(0, timeBytes)
        if (time.length < timeBytes) return false
        const message = cosignedMessage(name, time, parseCheckpoint(text))
        return verify(null, message, key, signature.subarray(timeBytes))
      },
    }
  }
  throw new RangeError(`no way to check signatures of type ${type}`)
}

function cosignedMessage(name: string, time: Buffer, { origin, size, root }: Checkpoint): Buffer {
  const range = Buffer.alloc(16)
  range.writeBigUInt64BE(BigInt(size), 8)
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    prefixed(name),
    time,
    prefixed(origin),
    range,
    root,
  ])
}

function prefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length < 1 || bytes.length > 255) throw new RangeError('a name must be 1 to 255 bytes')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}
