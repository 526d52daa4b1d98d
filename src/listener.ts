import { mkdirSync, rmSync } from 'node:fs'
import { createServer as createLocal, type Server as LocalServer } from 'node:http'
import { type AddressInfo, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'

export interface Listening {
  readonly host: string
  readonly port: number
  /** `https://localhost:8443`: how this host reaches us. */
  readonly url: string
}

/** Opens the door to the network. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<Listening> {
  await app.listen({ host, port })
  const address = app.server.address() as AddressInfo
  return { host, port: address.port, url: `https://localhost:${address.port}` }
}

const operators = new WeakSet<Socket>()

/** Whether a request came through the operator's socket. Only file permissions of the host lead there. */
export const isOperator = (socket: Socket): boolean => operators.has(socket)

/**
 * Opens the operator's door: a Unix socket in a directory that only the server's own account may
 * enter. Whoever holds that account holds the data directory anyway; what they do here leaves entries.
 */
export async function listenForOperator(app: FastifyInstance, path: string): Promise<LocalServer> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  const server = createLocal({ headersTimeout: 5_000, requestTimeout: 0 }, (request, response) => {
    app.routing(request, response)
  })
  server.on('connection', (socket) => operators.add(socket))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return server
}
