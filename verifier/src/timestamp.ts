/**
 * Time stamps of RFC 3161: a CMS SignedData (RFC 5652) around a TSTInfo, by a time-stamping authority.
 *
 * What is demanded: the imprint is the hash of what was stamped; the signed attributes name the TSTInfo
 * and its digest, and the certificate they were made with (RFC 5035); the signature over them holds; the
 * certificate is for time stamping alone, and was valid at that time. Whether it leads to a root that
 * the reader trusts is told apart.
 */
import { concat, equal, fromBase64, toHex } from './bytes.ts'
import { childrenOf, type Der, oidOf, parseDer, timeOfDer } from './der.ts'
import { checkByWebCrypto, type Verdict } from './signatures.ts'

export interface Stamp {
  /** When the authority says it saw the bytes, milliseconds since 1970. */
  readonly at: number
  readonly verdict: Verdict
  /** Why not, where the verdict is not `good`. */
  readonly because: string | undefined
  /** Whether the certificate leads to a root the reader gave. */
  readonly trusted: boolean
  /** Subject of the authority's certificate, as it stands there. */
  readonly authority: string
}

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  extendedKeyUsage: '2.5.29.37',
  basicConstraints: '2.5.29.19',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const

const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}

const signatureHashes: Readonly<Record<string, readonly [scheme: 'RSA' | 'ECDSA', hash: string]>> =
  {
    '1.2.840.113549.1.1.11': ['RSA', 'SHA-256'],
    '1.2.840.113549.1.1.12': ['RSA', 'SHA-384'],
    '1.2.840.113549.1.1.13': ['RSA', 'SHA-512'],
    '1.2.840.10045.4.3.2': ['ECDSA', 'SHA-256'],
    '1.2.840.10045.4.3.3': ['ECDSA', 'SHA-384'],
    '1.2.840.10045.4.3.4': ['ECDSA', 'SHA-512'],
  }

const curves: Readonly<Record<string, readonly [name: string, bytes: number]>> = {
  '1.2.840.10045.3.1.7': ['P-256', 32],
  '1.3.132.0.34': ['P-384', 48],
  '1.3.132.0.35': ['P-521', 66],
}

interface Certificate {
  readonly whole: Uint8Array
  readonly signed: Uint8Array
  readonly serial: Uint8Array
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly subjectName: string
  readonly notBefore: number
  readonly notAfter: number
  readonly spki: Der
  readonly algorithm: Der
  readonly signature: Uint8Array
  readonly isAuthority: boolean
  readonly stampsTime: boolean
}

/**
 * Checks a token over some bytes.
 *
 * @param token - a TimeStampToken, or the whole TimeStampResp, in DER.
 * @param roots - certificates in DER that the reader trusts.
 * @throws {RangeError} for anything that is no such token.
 */
export async function checkStamp(
  token: Uint8Array,
  stamped: Uint8Array,
  roots: readonly Uint8Array[] = [],
): Promise<Stamp> {
  try {
    return await check(token, stamped, roots)
  } catch (error) {
    // A part that should stand there and does not.
    if (error instanceof TypeError) throw new RangeError('not a time stamp: a part is missing')
    throw error
  }
}

async function check(
  token: Uint8Array,
  stamped: Uint8Array,
  roots: readonly Uint8Array[],
): Promise<Stamp> {
  const parts = openToken(token)
  const signer = parts.certificates.find((certificate) => isSigner(certificate, parts.signerId))
  if (signer === undefined) throw new RangeError('a time stamp without its certificate')
  const told = { at: parts.at, authority: signer.subjectName }
  const bad = (because: string): Stamp => ({ ...told, verdict: 'bad', because, trusted: false })
  if (!equal(await digest(parts.imprintHash, stamped), parts.imprint)) {
    return bad('it stamps something else')
  }
  if (!signer.stampsTime) return bad('its certificate is not for time stamping')
  if (parts.at < signer.notBefore || parts.at > signer.notAfter) {
    return bad('its certificate was not valid at that time')
  }
  if (!(await attributesHold(parts, signer))) return bad('its signed attributes do not fit')
  const attributes = concat(Uint8Array.of(0x31), parts.attributes.whole.subarray(1))
  const verdict = await checkCms(
    parts.algorithm,
    parts.digestHash,
    signer.spki,
    attributes,
    parts.signature,
  )
  if (verdict !== 'good') {
    const because =
      verdict === 'bad' ? 'its signature does not hold' : 'signed in a way not known here'
    return { ...told, verdict, because, trusted: false }
  }
  const trusted = await leadsTo(signer, parts.certificates, roots.map(parseCertificate), parts.at)
  return { ...told, verdict, because: undefined, trusted }
}

function openToken(token: Uint8Array) {
  let content = parseDer(token)
  const [first, second] = childrenOf(content)
  // A whole response: the status, then the token.
  if (first?.tag === 0x30 && second !== undefined) content = second
  const [type, wrapped] = childrenOf(content)
  demand(type !== undefined && oidOf(type) === oids.signedData, 'no signed data')
  const fields = childrenOf(childrenOf(wrapped!)[0]!)
  const [contentType, inner] = childrenOf(fields[2]!)
  demand(oidOf(contentType!) === oids.tstInfo && inner !== undefined, 'no time stamp inside')
  const [octets] = childrenOf(inner)
  const tstInfo = octets!.contents
  const [, , imprint, , time] = childrenOf(parseDer(tstInfo))
  const [imprintAlgorithm, imprintDigest] = childrenOf(imprint!)
  const certificates = fields.find(({ tag }) => tag === 0xa0)
  const signers = childrenOf(fields.at(-1)!)
  demand(signers.length === 1, 'not exactly one signer')
  const [, signerId, digestAlgorithm, attributes, algorithm, signature] = childrenOf(signers[0]!)
  demand(attributes?.tag === 0xa0 && signature?.tag === 0x04, 'no signed attributes')
  return {
    at: timeOfDer(time!),
    tstInfo,
    imprintHash: hashOf(imprintAlgorithm!),
    imprint: imprintDigest!.contents,
    certificates:
      certificates === undefined
        ? []
        : childrenOf(certificates).map(({ whole }) => parseCertificate(whole)),
    signerId: signerId!,
    digestHash: hashOf(digestAlgorithm!),
    attributes,
    algorithm: algorithm!,
    signature: signature.contents,
  }
}

type Token = ReturnType<typeof openToken>

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new RangeError(`not a time stamp: ${what}`)
}

function hashOf(algorithm: Der): string {
  const name = hashes[oidOf(childrenOf(algorithm)[0]!)]
  if (name === undefined) throw new RangeError('a time stamp under a hash not known here')
  return name
}

async function digest(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(name, new Uint8Array(bytes)))
}

function isSigner({ issuer, serial }: Certificate, signerId: Der): boolean {
  if (signerId.tag !== 0x30) return false
  const [name, number] = childrenOf(signerId)
  return equal(name!.whole, issuer) && equal(number!.contents, serial)
}

async function attributesHold(
  { attributes, tstInfo, digestHash }: Token,
  { whole }: Certificate,
): Promise<boolean> {
  const values = new Map(
    childrenOf(attributes).map((attribute) => {
      const [type, set] = childrenOf(attribute)
      return [oidOf(type!), childrenOf(set!)[0]!]
    }),
  )
  const contentType = values.get(oids.contentType)
  const messageDigest = values.get(oids.messageDigest)
  if (contentType === undefined || messageDigest === undefined) return false
  if (oidOf(contentType) !== oids.tstInfo) return false
  if (!equal(await digest(digestHash, tstInfo), messageDigest.contents)) return false
  const v2 = values.get(oids.signingCertificateV2)
  const named = v2 ?? values.get(oids.signingCertificate)
  if (named === undefined) return false
  const [first] = childrenOf(childrenOf(named)[0]!)
  const fields = childrenOf(first!)
  const own = fields[0]?.tag === 0x30 ? hashOf(fields[0]) : v2 === undefined ? 'SHA-1' : 'SHA-256'
  const hash = fields.find(({ tag }) => tag === 0x04)
  return hash !== undefined && equal(hash.contents, await digest(own, whole))
}

function parseCertificate(bytes: Uint8Array): Certificate {
  const [body, algorithm, signature] = childrenOf(parseDer(bytes))
  const fields = childrenOf(body!)
  if (fields[0]?.tag === 0xa0) fields.shift()
  const [serial, , issuer, validity, subject, spki, ...rest] = fields
  const [notBefore, notAfter] = childrenOf(validity!)
  const extensions = rest.find(({ tag }) => tag === 0xa3)
  const list = extensions === undefined ? [] : childrenOf(childrenOf(extensions)[0]!)
  const extension = (oid: string) => {
    const found = list.map(childrenOf).find(([type]) => oidOf(type!) === oid)
    return found === undefined ? undefined : parseDer(found.at(-1)!.contents)
  }
  const usage = extension(oids.extendedKeyUsage)
  const constraints = extension(oids.basicConstraints)
  return {
    whole: bytes,
    signed: body!.whole,
    serial: serial!.contents,
    issuer: issuer!.whole,
    subject: subject!.whole,
    subjectName: nameOf(subject!),
    notBefore: timeOfDer(notBefore!),
    notAfter: timeOfDer(notAfter!),
    spki: spki!,
    algorithm: algorithm!,
    // The first byte of a bit string counts its unused bits.
    signature: signature!.contents.subarray(1),
    isAuthority: constraints !== undefined && childrenOf(constraints)[0]?.contents[0] === 0xff,
    stampsTime:
      usage !== undefined &&
      childrenOf(usage).length === 1 &&
      oidOf(childrenOf(usage)[0]!) === oids.timeStamping,
  }
}

/** The common name, or whatever stands last. */
function nameOf(name: Der): string {
  const parts = childrenOf(name).flatMap((set) => childrenOf(set).map(childrenOf))
  const common = parts.find(([type]) => oidOf(type!) === '2.5.4.3') ?? parts.at(-1)
  return new TextDecoder().decode(common?.[1]?.contents ?? new Uint8Array())
}

/** Whether certificates in between, valid at that time, lead from one to a trusted root. */
async function leadsTo(
  from: Certificate,
  between: readonly Certificate[],
  roots: readonly Certificate[],
  at: number,
): Promise<boolean> {
  let last = from
  for (let steps = 0; steps < 8; steps++) {
    if (roots.some(({ whole }) => equal(whole, last.whole))) return true
    const next = [...roots, ...between].find(
      (candidate) =>
        candidate !== last && candidate.isAuthority && equal(candidate.subject, last.issuer),
    )
    if (next === undefined || at < next.notBefore || at > next.notAfter) return false
    const verdict = await checkCms(
      last.algorithm,
      undefined,
      next.spki,
      last.signed,
      last.signature,
    )
    if (verdict !== 'good') return false
    last = next
  }
  return false
}

/** A signature by a certificate's key, whatever of RSA, ECDSA and Ed25519 it is. */
async function checkCms(
  algorithm: Der,
  digestHash: string | undefined,
  spki: Der,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<Verdict> {
  const [type, parameters] = childrenOf(algorithm)
  const oid = oidOf(type!)
  const check = (of: { name: string; [more: string]: unknown }, bytes = signature) =>
    checkByWebCrypto('spki', spki.whole, of, message, bytes)
  if (oid === '1.3.101.112') return check({ name: 'Ed25519' })
  if (oid === '1.2.840.113549.1.1.10') {
    const pss = pssOf(parameters!)
    return check({ name: 'RSA-PSS', ...pss })
  }
  // The bare key's identifier leaves the hash to the digest algorithm.
  const [scheme, hash] =
    oid === '1.2.840.113549.1.1.1' && digestHash !== undefined
      ? (['RSA', digestHash] as const)
      : (signatureHashes[oid] ?? [undefined, ''])
  if (scheme === 'RSA') return check({ name: 'RSASSA-PKCS1-v1_5', hash })
  if (scheme !== 'ECDSA') return 'unchecked'
  const curve = curves[oidOf(childrenOf(childrenOf(spki)[0]!)[1]!)]
  if (curve === undefined) return 'unchecked'
  return check({ name: 'ECDSA', namedCurve: curve[0], hash }, rawEcdsa(signature, curve[1]))
}

/** Hash and salt of RSASSA-PSS parameters (RFC 4055), whose defaults are SHA-1 and 20. */
function pssOf(parameters: Der): { hash: string; saltLength: number } {
  const fields = new Map(childrenOf(parameters).map((field) => [field.tag, childrenOf(field)[0]!]))
  const [hash, salt] = [fields.get(0xa0), fields.get(0xa2)]
  return {
    hash: hash === undefined ? 'SHA-1' : hashOf(hash),
    saltLength: salt === undefined ? 20 : Number.parseInt(toHex(salt.contents), 16),
  }
}

/** r and s side by side, as WebCrypto wants them, instead of in DER. */
function rawEcdsa(signature: Uint8Array, bytes: number): Uint8Array {
  const raw = new Uint8Array(2 * bytes)
  for (const [i, { contents }] of childrenOf(parseDer(signature)).entries()) {
    const number = contents[0] === 0 ? contents.subarray(1) : contents
    if (i > 1 || number.length > bytes) throw new RangeError('no ECDSA signature')
    raw.set(number, (i + 1) * bytes - number.length)
  }
  return raw
}

/** Certificates of a PEM file, in DER. @throws {RangeError} when there are none. */
export function certificatesIn(pem: string): Uint8Array[] {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)]
  const certificates = found.map(([, base64]) => fromBase64(base64!.replaceAll(/\s/g, '')))
  if (certificates.length === 0 || certificates.includes(undefined)) {
    throw new RangeError('no certificates in PEM')
  }
  return certificates as Uint8Array[]
}
