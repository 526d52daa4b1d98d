import type { Server } from 'node:https'
import type { Certificates } from '../certificate.ts'
import { secureContext } from '../tls.ts'
import { type CertificateInput, openCertificates } from './certificates.ts'

export interface Renewal {
  readonly input: Omit<CertificateInput, 'now'>
  /** What the server shows now. */
  readonly serving: Certificates
  readonly clock: () => Date
  /** Told of the new certificates once connections get them. */
  readonly onRenewed: (certificates: Certificates) => void
  readonly onFault: (error: unknown, about: string) => void
}

const everyMs = 6 * 3_600_000

/**
 * Looks four times a day whether the certificate should change, and gives the new one to new
 * connections without a restart: our own when it nears its end, a given one when its file was
 * replaced. Until a new one is good, the old one stays.
 *
 * @returns how to stop.
 */
export function renewWhileServing(server: Server, renewal: Renewal): () => void {
  let { serving } = renewal
  const timer = setInterval(() => {
    renewOnce(server, renewal, serving).then(
      (next) => (serving = next),
      (error: unknown) => renewal.onFault(error, 'gate: renewing the certificate'),
    )
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** One look; returns what the server shows after it. */
export async function renewOnce(
  server: Pick<Server, 'setSecureContext'>,
  { input, clock, onRenewed }: Renewal,
  serving: Certificates,
): Promise<Certificates> {
  const next = await openCertificates({ ...input, now: clock() })
  if (next.cert === serving.cert) return serving
  server.setSecureContext(secureContext(next))
  onRenewed(next)
  return next
}
