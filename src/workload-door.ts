import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { SecureContextOptions, TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { type Certificates, guardConnections, secureContext, tlsOptions } from '#gate'

export interface WorkloadDoorParts {
  readonly app: FastifyInstance
  readonly certificates: Certificates
  /** PEM of the authorities whose certificates count. */
  readonly authorities: readonly string[]
  readonly clock: () => Date
  readonly host: string
  readonly port: number
}

export interface WorkloadDoor {
  readonly server: Server
  readonly port: number
  /** From now on, certificates of these authorities count, and of no others; connections that stand go on. */
  trust(this: void, authorities: readonly string[]): void
}

const shown = new WeakMap<Socket, Buffer>()

/** SHA-256 of the certificate (DER) a connection through this door was opened with. */
export const certificateShown = (socket: Socket): Buffer | undefined => shown.get(socket)

/**
 * The listener where workloads prove themselves by a certificate of ours (RFC 8705): a port of its own,
 * so that no browser is ever asked for one. Without a certificate of our authority the handshake fails;
 * whether it stands is asked with each request.
 */
export async function listenForWorkloads(parts: WorkloadDoorParts): Promise<WorkloadDoor> {
  const ca = [...parts.authorities]
  const demanded = { requestCert: true, rejectUnauthorized: true, ca }
  const server = createServer(
    { ...tlsOptions(parts.certificates), ...demanded },
    (request, response) => parts.app.routing(request, response),
  )
  // A renewed certificate of ours must not take the trust away with it, nor the other way round.
  let [trusted, shows]: [string[], SecureContextOptions] = [ca, secureContext(parts.certificates)]
  const setSecureContext = server.setSecureContext.bind(server)
  server.setSecureContext = (options) => {
    shows = options
    setSecureContext({ ...shows, ca: trusted })
  }
  const trust = (authorities: readonly string[]) => {
    if (authorities.join() === trusted.join()) return
    trusted = [...authorities]
    setSecureContext({ ...shows, ca: trusted })
  }
  server.on('secureConnection', (socket: TLSSocket) => {
    const der = socket.getPeerX509Certificate()?.raw
    if (der === undefined || !socket.authorized) socket.destroy()
    else shown.set(socket, createHash('sha256').update(der).digest())
  })
  guardConnections(server, parts.clock)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port, parts.host, resolve)
  })
  return { server, port: (server.address() as AddressInfo).port, trust }
}
