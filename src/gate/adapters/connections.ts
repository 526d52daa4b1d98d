import type { IncomingMessage, Server as PlainServer, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { clientOf } from '../address.ts'
import { doorTally } from '../tally.ts'
import { type ConnectionBounds, connectionBounds, listenerBounds } from '../tls.ts'

/** How many times a client's connections a whole /48 may hold. */
const siteFactor = 4

/**
 * Bounds a listener's connections: in all, and by client, so that nobody can hold every place; and
 * cuts those on which nothing moves, be it that nothing is asked or that an answer is not taken. A
 * request that we are slow to answer is waited for.
 *
 * @param clock - when a connection was turned away, for the tally.
 */
export function guardConnections(
  server: Server | PlainServer,
  clock: () => Date,
  { perClient, stalledMs }: ConnectionBounds = connectionBounds,
): void {
  Object.assign(server, listenerBounds, { timeout: stalledMs })
  const held = new Tally<string>()
  const answering = new Tally<Socket>()
  server.on('connection', (socket: Socket) => {
    const { client, site } = clientOf(socket.remoteAddress ?? 'local')
    const places = site === undefined ? [client] : [client, site]
    const isFull = (place: string) =>
      held.of(place) >= (place === site ? perClient * siteFactor : perClient)
    if (places.some(isFull)) {
      doorTally.count({ address: client, code: 'gate.too-many-connections', at: clock() })
      socket.destroy()
      return
    }
    for (const place of places) held.add(place, 1)
    socket.once('close', () => {
      for (const place of places) held.add(place, -1)
    })
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.add(socket, 1)
    response.once('close', () => answering.add(socket, -1))
  })
  // With a listener, Node leaves the cutting to us.
  server.on('timeout', (socket: Socket) => {
    if (answering.of(socket) === 0 || socket.writableLength > 0) socket.destroy()
  })
}

/** Counts that vanish when they are back at nothing. */
class Tally<K> {
  readonly #counts = new Map<K, number>()

  of(key: K): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: K, by: 1 | -1): void {
    const count = this.of(key) + by
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }
}
