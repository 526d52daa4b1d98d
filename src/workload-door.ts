import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { type Certificates, guardConnections, tlsOptions } from '#gate'

export interface WorkloadDoorParts {
  readonly app: FastifyInstance
  readonly certificates: Certificates
  /** PEM of the authorities whose certificates count. */
  readonly authorities: readonly string[]
  readonly clock: () => Date
  readonly host: string
  readonly port: number
}

const shown = new WeakMap<Socket, Buffer>()

/** SHA-256 of the certificate (DER) a connection through this door was opened with. */
export const certificateShown = (socket: Socket): Buffer | undefined => shown.get(socket)

/**
 * The listener where workloads prove themselves by a certificate of ours (RFC 8705): a port of its own,
 * so that no browser is ever asked for one. Without a certificate of our authority the handshake fails;
 * whether it stands is asked with each request.
 */
export async function listenForWorkloads(
  parts: WorkloadDoorParts,
): Promise<{ readonly server: Server; readonly port: number }> {
  const ca = [...parts.authorities]
  const trust = { requestCert: true, rejectUnauthorized: true, ca }
  const server = createServer(
    { ...tlsOptions(parts.certificates), ...trust },
    (request, response) => parts.app.routing(request, response),
  )
  // A renewed certificate of ours must not take the trust away with it.
  const setSecureContext = server.setSecureContext.bind(server)
  server.setSecureContext = (options) => setSecureContext({ ...options, ca })
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
  return { server, port: (server.address() as AddressInfo).port }
}
