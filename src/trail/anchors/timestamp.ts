/**
 * Timestamps of RFC 3161 over a root checkpoint: the question to an authority, and its token looked
 * at to the last signature (RFC 3161 §2.4, RFC 5652 §5.4, RFC 5816).
 *
 * Dated are the bytes of the signed checkpoint as the log alone signed it, by their SHA-256. A token
 * counts under the one certificate that was given for the authority: imprint and nonce are ours, it
 * names that certificate by its hash, its signature is by that key, and the certificate is made for
 * timestamping and was valid at that time. The verifier's own core looks; `openssl ts -verify` comes
 * to the same.
 *
 * @module
 */
import 'reflect-metadata' // @peculiar/x509 asks for it before it loads
import { hash, X509Certificate } from 'node:crypto'
import { ExtendedKeyUsageExtension, X509Certificate as Parsed } from '@peculiar/x509'
import { childrenOf, type Der, parseDer } from '../../../verifier/src/der.ts'
import { checkStamp } from '../../../verifier/src/timestamp.ts'

export const queryMediaType = 'application/timestamp-query'
export const replyMediaType = 'application/timestamp-reply'

const timeStampingUse = '1.3.6.1.5.5.7.3.8'
/** `SEQUENCE { OBJECT IDENTIFIER id-sha256, NULL }` */
const sha256Algorithm = Buffer.from('300d06096086480165030402010500', 'hex')
const [integer, octets, sequence] = [0x02, 0x04, 0x30] as const

/** A certificate made for timestamping alone, and critically so (RFC 3161 §2.3). @throws {RangeError} */
export function timestampCertificate(pem: string): X509Certificate {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----/g) ?? []
  const certificate = blocks.length === 1 ? parsedCertificate(pem) : undefined
  if (certificate === undefined) throw new RangeError('not one certificate')
  const usage = new Parsed(certificate.raw).getExtension(ExtendedKeyUsageExtension)
  const isForTime =
    usage?.critical === true && usage.usages.length === 1 && usage.usages[0] === timeStampingUse
  if (!isForTime) throw new RangeError('not a certificate for timestamping')
  return certificate
}

function parsedCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/**
 * The question, DER: SHA-256 of `data`, a nonce, and that the certificate come along.
 *
 * @param nonce - a positive INTEGER's contents: its first bit is not set, its first byte not 0.
 */
export function timestampQuery(data: Uint8Array, nonce: Buffer): Buffer {
  const imprint = der(sequence, sha256Algorithm, der(octets, hash('sha256', data, 'buffer')))
  const [version, wantsCertificate] = [Buffer.from('020101', 'hex'), Buffer.from('0101ff', 'hex')]
  return der(sequence, version, imprint, der(integer, nonce), wantsCertificate)
}

/** One DER value of less than 128 bytes. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, body.length]), body])
}

/** The token in an authority's answer, DER. @throws {RangeError} when it granted none. */
export function tokenIn(answer: Buffer): Buffer {
  const [status, token] = childrenOf(parseDer(answer))
  const code = status?.tag === sequence ? childrenOf(status)[0] : undefined
  // 0 granted, 1 granted with modifications.
  const granted = code?.tag === integer && code.contents.length === 1 && code.contents[0]! <= 1
  if (!granted || token === undefined) throw new RangeError('the authority granted nothing')
  return Buffer.from(token.whole)
}

/**
 * The time a token proves for `data`.
 *
 * @param nonce - of the question; undefined when an old token is looked at again.
 * @throws {RangeError} for a token that proves nothing for these bytes under this certificate.
 */
export async function openTimestamp(
  token: Buffer,
  data: Uint8Array,
  certificate: X509Certificate,
  nonce?: Buffer,
): Promise<Date> {
  // Whatever reading stumbles over in bytes from outside: they are no token.
  const stamp = await checkStamp(token, data, [certificate.raw]).catch((error: unknown) => {
    throw new RangeError('it is no timestamp', { cause: error })
  })
  const { at, verdict, because, trusted } = stamp
  if (verdict !== 'good') throw new RangeError(because ?? 'it does not hold')
  if (!trusted) throw new RangeError('another certificate has signed it')
  if (nonce !== undefined && nonceIn(token)?.equals(nonce) !== true)
    throw new RangeError('it answers another question')
  return new Date(at)
}

/** The nonce of the TSTInfo: its one INTEGER after the time. The token has been looked at before. */
function nonceIn(token: Buffer): Buffer | undefined {
  const [, signed] = childrenOf(parseDer(token))
  const [, , encapsulated] = childrenOf(childrenOf(signed!)[0]!)
  const [info] = childrenOf(childrenOf(encapsulated!)[1]!)
  const fields: Der[] = childrenOf(parseDer(info!.contents)).slice(5)
  const found = fields.find(({ tag }) => tag === integer)
  return found === undefined ? undefined : Buffer.from(found.contents)
}
