import 'reflect-metadata' // @peculiar/x509 asks for it before it loads
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { createPublicKey } from 'node:crypto'
import { minuteMs } from '#ground'

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const
const authorityYears = 5
/** Clocks of workloads may be a little behind ours. */
const skewMs = 5 * minuteMs

/** An authority for certificates of workloads: certificate as PEM, private key as PKCS#8 DER. */
export interface ClientAuthority {
  readonly certificate: string
  readonly privateKey: Uint8Array
  readonly expiresAt: Date
}

/** Makes an authority that signs certificates of workloads and nothing else: no intermediate below it. */
export async function makeClientAuthority(now: Date): Promise<ClientAuthority> {
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify'])
  const expiresAt = new Date(now)
  expiresAt.setUTCFullYear(expiresAt.getUTCFullYear() + authorityYears)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [
      { O: ['Holdfast'] },
      { CN: [`Holdfast workload authority ${now.toISOString().slice(0, 10)}`] },
    ],
    notBefore: new Date(now.getTime() - skewMs),
    notAfter: expiresAt,
    keys,
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  return { certificate: certificate.toString('pem'), privateKey, expiresAt }
}

export interface SignedCertificate {
  readonly pem: string
  readonly der: Uint8Array
}

/**
 * Signs a certificate for a workload: its id as common name and as `urn:uuid:` (RFC 9562), for client
 * authentication alone (RFC 5280 §4.2.1.12). Of the request only the public key is taken.
 *
 * @returns undefined where the request is none, is not signed by its own key, or its key is too weak.
 */
export async function signClientCertificate(
  authority: ClientAuthority,
  request: string,
  workloadId: string,
  { now, expiresAt }: { readonly now: Date; readonly expiresAt: Date },
): Promise<SignedCertificate | undefined> {
  const csr = await provenRequest(request)
  if (csr === undefined) return undefined
  const issuer = new X509Certificate(authority.certificate)
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [workloadId] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: new Date(now.getTime() - skewMs),
    notAfter: expiresAt,
    publicKey: csr.publicKey,
    signingKey: await crypto.subtle.importKey(
      'pkcs8',
      Uint8Array.from(authority.privateKey),
      curve,
      false,
      ['sign'],
    ),
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([{ type: 'url', value: `urn:uuid:${workloadId}` }]),
      await SubjectKeyIdentifierExtension.create(csr.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { pem: certificate.toString('pem'), der: new Uint8Array(certificate.rawData) }
}

async function provenRequest(request: string): Promise<Pkcs10CertificateRequest | undefined> {
  try {
    const csr = new Pkcs10CertificateRequest(PemConverter.decodeFirst(request))
    if (!(await csr.verify())) return undefined
    return isStrong(Buffer.from(csr.publicKey.rawData)) ? csr : undefined
  } catch {
    // Whatever a parser makes of bytes from outside, it is no request.
    return undefined
  }
}

/** P-256 and wider, Ed25519, or RSA of 2048 bits and more. */
function isStrong(spki: Buffer): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails: details } = createPublicKey({
    key: spki,
    format: 'der',
    type: 'spki',
  })
  if (asymmetricKeyType === 'ed25519') return true
  if (asymmetricKeyType === 'rsa') return (details?.modulusLength ?? 0) >= 2048
  return (
    asymmetricKeyType === 'ec' &&
    ['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? '')
  )
}
