/**
 * Timestamps of RFC 3161 over a root checkpoint: the question to an authority, and its token looked
 * at to the last signature (RFC 3161 §2.4, RFC 5652 §5.4, RFC 5816).
 *
 * Dated are the bytes of the signed checkpoint as the log alone signed it, by their SHA-256. A token
 * counts under the one certificate that was given for the authority: imprint and nonce are ours, it
 * names that certificate by its hash, its signature is by that key, and the certificate is made for
 * timestamping and was valid at that time. `openssl ts -verify` comes to the same.
 *
 * @module
 */
import 'reflect-metadata' // @peculiar/x509 asks for it before it loads
import { createHash, hash, type KeyObject, verify, X509Certificate } from 'node:crypto'
import { ExtendedKeyUsageExtension, X509Certificate as Parsed } from '@peculiar/x509'
import { bodyOf, type Der, inside, oidBody, oidText, readOne, tags, timeOf, write } from './der.ts'

export const queryMediaType = 'application/timestamp-query'
export const replyMediaType = 'application/timestamp-reply'

const sha256Oid = '2.16.840.1.101.3.4.2.1'
const signedDataOid = '1.2.840.113549.1.7.2'
const timestampOid = '1.2.840.113549.1.9.16.1.4'
const timeStampingUse = '1.3.6.1.5.5.7.3.8'
const attributeOids = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const

const digests: Readonly<Record<string, string>> = {
  [sha256Oid]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Signature algorithms: the kind of key, and the digest where the OID says it; else the signer's own. */
const algorithms: Readonly<
  Record<string, { readonly key: 'rsa' | 'ec'; readonly digest?: string }>
> = {
  '1.2.840.113549.1.1.1': { key: 'rsa' },
  '1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
}

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
  const algorithm = write(tags.sequence, write(tags.oid, oidBody(sha256Oid)), write(tags.null))
  const imprint = write(tags.octets, hash('sha256', data, 'buffer'))
  return write(
    tags.sequence,
    write(tags.integer, Buffer.from([1])),
    write(tags.sequence, algorithm, imprint),
    write(tags.integer, nonce),
    write(tags.boolean, Buffer.from([0xff])),
  )
}

/** The token in an authority's answer, DER. @throws {RangeError} when it granted none. */
export function tokenIn(answer: Buffer): Buffer {
  const [status, token] = inside(readOne(answer, tags.sequence), tags.sequence)
  const [code] = inside(status, tags.sequence)
  const granted = bodyOf(code, tags.integer)
  // 0 granted, 1 granted with modifications.
  if (granted.length !== 1 || granted[0]! > 1 || token === undefined)
    throw new RangeError(`the authority granted nothing: status ${granted.toString('hex')}`)
  return token.raw
}

/**
 * The time a token proves for `data`.
 *
 * @param nonce - of the question; undefined when an old token is looked at again.
 * @throws {RangeError} for a token that proves nothing for these bytes under this certificate.
 */
export function openTimestamp(
  token: Buffer,
  data: Uint8Array,
  certificate: X509Certificate,
  nonce?: Buffer,
): Date {
  const { info, signer } = partsOf(token)
  demandSigned(signer, info, certificate)
  const [version, , imprint, , time, ...rest] = inside(readOne(info, tags.sequence), tags.sequence)
  demand(bodyOf(version, tags.integer).equals(Buffer.from([1])), 'it is of another version')
  const [algorithm, hashed] = inside(imprint, tags.sequence)
  demand(oidIn(algorithm) === sha256Oid, 'its imprint is of another kind')
  const dated = bodyOf(hashed, tags.octets).equals(hash('sha256', data, 'buffer'))
  demand(dated, 'it dates other bytes')
  if (nonce !== undefined) {
    const told = rest.find(({ tag }) => tag === tags.integer)
    demand(told?.body.equals(nonce) === true, 'its nonce is another')
  }
  const at = timeOf(bodyOf(time, tags.time))
  const isValid = at >= new Date(certificate.validFrom) && at <= new Date(certificate.validTo)
  demand(isValid, 'its certificate was not valid at that time')
  return at
}

/** The TSTInfo and the one SignerInfo of a token. */
function partsOf(token: Buffer): { readonly info: Buffer; readonly signer: readonly Der[] } {
  const [type, content] = inside(readOne(token, tags.sequence), tags.sequence)
  demand(oidText(bodyOf(type, tags.oid)) === signedDataOid, 'it is no signed data')
  const [signed] = inside(content, tags.first)
  const [, , encapsulated, ...rest] = inside(signed, tags.sequence)
  const [contentType, wrapped] = inside(encapsulated, tags.sequence)
  demand(oidText(bodyOf(contentType, tags.oid)) === timestampOid, 'it holds no timestamp')
  const [octets] = inside(wrapped, tags.first)
  const signers = inside(rest.at(-1), tags.set)
  demand(signers.length === 1, 'it has not one signer')
  return { info: bodyOf(octets, tags.octets), signer: inside(signers[0], tags.sequence) }
}

/** That the signer signed exactly this content with the certificate's key, and named it. */
function demandSigned(signer: readonly Der[], info: Buffer, certificate: X509Certificate): void {
  const [, , digestAlgorithm, signedAttributes, algorithm, signature] = signer
  const digest = digests[oidIn(digestAlgorithm)]
  demand(digest !== undefined, 'its digest is of an unknown kind')
  const attributes = attributesIn(signedAttributes)
  const type = attributes.get(attributeOids.contentType)
  demand(type?.tag === tags.oid && oidText(type.body) === timestampOid, 'it signs another kind')
  const told = attributes.get(attributeOids.messageDigest)
  const is = createHash(digest).update(info).digest()
  demand(told?.tag === tags.octets && told.body.equals(is), 'it was changed')
  demand(names(attributes, certificate), 'it names another certificate')
  // What stands there as [0] was signed as the SET it is (RFC 5652 §5.4).
  const over = Buffer.from(signedAttributes!.raw)
  over[0] = tags.set
  const by = bodyOf(signature, tags.octets)
  demand(
    isSigned(oidIn(algorithm), digest, over, certificate.publicKey, by),
    'its signature is wrong',
  )
}

const oidIn = (algorithm: Der | undefined): string =>
  oidText(bodyOf(inside(algorithm, tags.sequence)[0], tags.oid))

function isSigned(
  oid: string,
  digest: string,
  over: Buffer,
  key: KeyObject,
  signature: Buffer,
): boolean {
  const algorithm = algorithms[oid]
  demand(algorithm !== undefined, 'its signature is of an unknown kind')
  if (key.asymmetricKeyType !== algorithm.key) return false
  return verify(algorithm.digest ?? digest, over, key, signature)
}

/** Signed attributes that have one value, by OID; one that stands there twice counts for none. */
function attributesIn(value: Der | undefined): Map<string, Der> {
  const all = inside(value, tags.first).map((attribute) => {
    const [type, values] = inside(attribute, tags.sequence)
    return { oid: oidText(bodyOf(type, tags.oid)), values: inside(values, tags.set) }
  })
  const once = all.filter(
    ({ oid, values }) => values.length === 1 && all.filter((a) => a.oid === oid).length === 1,
  )
  return new Map(once.map(({ oid, values }) => [oid, values[0]!]))
}

/**
 * Whether the first certificate that the signer names is this one, by its hash: SHA-1 in the first
 * form (RFC 2634), in the second (RFC 5035) SHA-256 unless it says otherwise.
 */
function names(attributes: ReadonlyMap<string, Der>, { raw }: X509Certificate): boolean {
  const second = attributes.get(attributeOids.signingCertificateV2)
  const named = second ?? attributes.get(attributeOids.signingCertificate)
  if (named === undefined) return false
  const [certificates] = inside(named, tags.sequence)
  const [first] = inside(certificates, tags.sequence)
  const parts = inside(first, tags.sequence)
  const hashed = parts.find(({ tag }) => tag === tags.octets)
  const isSaid = parts[0]?.tag === tags.sequence
  const digest = second === undefined ? 'sha1' : digests[isSaid ? oidIn(parts[0]) : sha256Oid]
  demand(digest !== undefined, 'it names its certificate in no known way')
  return hashed?.body.equals(createHash(digest).update(raw).digest()) === true
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new RangeError(`a timestamp that proves nothing: ${otherwise}`)
}
