import 'reflect-metadata' // @peculiar/x509 asks for it before it loads
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { webcrypto } from 'node:crypto'
import { dayMs, hourMs } from '#ground'
import { familyOf } from '../address.ts'
import { certificateDays, type Pair } from '../certificate.ts'
import { nameConstraintsOid, permitOnly } from '../name-constraints.ts'

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const
const authorityYears = 10
/** Clocks of clients may be a little behind ours. */
const skewMs = hourMs

/**
 * Makes a certificate authority of our own: P-256, ten years, no intermediate, and constrained to
 * `hosts`, so that trusting it on a workstation trusts it for nothing else.
 */
export async function makeAuthority(hosts: readonly string[], now: Date): Promise<Pair> {
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify'])
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + authorityYears)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [
      { O: ['Holdfast'] },
      { CN: [`Holdfast local authority ${now.toISOString().slice(0, 10)}`] },
    ],
    notBefore: new Date(now.getTime() - skewMs),
    notAfter,
    keys,
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new Extension(nameConstraintsOid, true, permitOnly(hosts)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** Makes a server certificate for `hosts`, 90 days, signed by `authority`. */
export async function makeCertificate(
  authority: Pair,
  hosts: readonly string[],
  now: Date,
): Promise<Pair> {
  const issuer = new X509Certificate(authority.cert)
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(authority.key),
    curve,
    false,
    ['sign'],
  )
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [hosts[0] ?? 'localhost'] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: new Date(now.getTime() - skewMs),
    notAfter: new Date(now.getTime() + certificateDays * dayMs),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map(alternativeName)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

function alternativeName(host: string): JsonGeneralName {
  return { type: familyOf(host) === 0 ? 'dns' : 'ip', value: host }
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}
