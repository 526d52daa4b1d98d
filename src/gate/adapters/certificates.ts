import { X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificates, maySign, type Pair, stillServes, takeGiven } from '../certificate.ts'
import { certificateIncomplete, certificateUnreadable } from '../refusals.ts'
import { makeAuthority, makeCertificate } from './authority.ts'
import { readIfThere, writePrivate } from './private-file.ts'

export interface CertificateInput {
  readonly dataDir: string
  /** Names and addresses the certificate must carry; see `hostsOf`. */
  readonly hosts: readonly string[]
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly now: Date
}

/**
 * Certificate and key of the listener: the operator's files where given, else our own.
 *
 * Our own live under `<dataDir>/tls/` (directory 0700, files 0600): `ca.crt` and `ca.key`, the
 * local authority, and `server.crt` with `server.key`. They are made at the first start, and made
 * anew when fewer than 30 days are left or a host is missing. Calling again is cheap.
 *
 * @throws {Refusal} `gate.certificate-*` where given files must not be served.
 */
export async function openCertificates(input: CertificateInput): Promise<Certificates> {
  const { certFile, keyFile, now } = input
  if ((certFile === undefined) !== (keyFile === undefined)) throw certificateIncomplete()
  if (certFile !== undefined && keyFile !== undefined) {
    return takeGiven(await readGiven(certFile, keyFile), now)
  }
  return openOwn(input)
}

async function openOwn({ dataDir, hosts, now }: CertificateInput): Promise<Certificates> {
  const file = (name: string) => join(dataDir, 'tls', name)
  await mkdir(join(dataDir, 'tls'), { recursive: true, mode: 0o700 })
  const found = await readOwn(file('ca.crt'), file('ca.key'))
  const served = await readOwn(file('server.crt'), file('server.key'))
  const authority = found && maySign(found, hosts, now) ? found : await makeAuthority(hosts, now)
  if (authority !== found) await writeOwn(file('ca.crt'), file('ca.key'), authority)
  if (served && stillServes(served, authority, hosts, now)) return ownOf(authority, served)
  const pair = await makeCertificate(authority, hosts, now)
  await writeOwn(file('server.crt'), file('server.key'), pair)
  return ownOf(authority, pair)
}

function ownOf(authority: Pair, pair: Pair): Certificates {
  const notAfter = new X509Certificate(pair.cert).validToDate
  return { ...pair, ca: authority.cert, notAfter, own: true }
}

/**
 * What a client of this listener must trust, as it lies on disk: our authority or the given
 * chain, and the leaf the listener should show. For checks, which look again each time.
 */
export async function expectedCertificate(settings: {
  readonly dataDir: string
  readonly tlsCertFile: string | undefined
}): Promise<{ ca: string; leaf: string; own: boolean }> {
  const { dataDir, tlsCertFile } = settings
  if (tlsCertFile !== undefined) {
    const cert = await readFile(tlsCertFile, 'utf8')
    return { ca: cert, leaf: cert, own: false }
  }
  const [ca, leaf] = await Promise.all([
    readFile(join(dataDir, 'tls', 'ca.crt'), 'utf8'),
    readFile(join(dataDir, 'tls', 'server.crt'), 'utf8'),
  ])
  return { ca, leaf, own: true }
}

async function readGiven(certFile: string, keyFile: string): Promise<Pair> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
    return { cert, key }
  } catch (cause) {
    throw certificateUnreadable(cause instanceof Error ? cause.message : String(cause))
  }
}

async function readOwn(certFile: string, keyFile: string): Promise<Pair | undefined> {
  const [cert, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)])
  return cert === undefined || key === undefined ? undefined : { cert, key }
}

async function writeOwn(certFile: string, keyFile: string, pair: Pair): Promise<void> {
  await writePrivate(keyFile, pair.key)
  await writePrivate(certFile, pair.cert)
}
