import { bodyTooSlow } from './refusals.ts'

/** What is watched of an incoming body: node's `IncomingMessage` as far as it matters here. */
export interface Body {
  /** The whole body has arrived. */
  readonly complete: boolean
  readonly destroyed: boolean
  /** Bytes that have arrived and that we have not yet taken. */
  readonly readableLength: number
  readonly socket: { readonly bytesRead: number }
  destroy(error: Error): unknown
}

/** A body must bring `bytes` in any `seconds`; fewer is a client holding our door open. */
export interface SlowBody {
  readonly bytes: number
  readonly seconds: number
}

export const slowBody: SlowBody = { bytes: 8_192, seconds: 15 }

interface Watched {
  seconds: number
  bytesRead: number
}

/**
 * Cuts bodies that stand still or trickle (RUDY). An import of any size goes on as long as it
 * flows, and a pause of ours, when the database is slow, is not held against the client.
 */
export class BodyWatch<B extends Body> {
  readonly #bodies = new Map<B, Watched>()
  readonly #onCut: (body: B) => void
  readonly #slow: SlowBody

  constructor(onCut: (body: B) => void, slow: SlowBody = slowBody) {
    this.#onCut = onCut
    this.#slow = slow
  }

  watch(body: B): void {
    this.#bodies.set(body, { seconds: 0, bytesRead: body.socket.bytesRead })
  }

  get size(): number {
    return this.#bodies.size
  }

  /** To be called once a second. */
  sweep(): void {
    for (const [body, watched] of this.#bodies) {
      if (body.complete || body.destroyed) this.#bodies.delete(body)
      else if (isStalled(body, watched, this.#slow)) {
        this.#bodies.delete(body)
        this.#onCut(body)
        body.destroy(bodyTooSlow(this.#slow.seconds))
      }
    }
  }
}

function isStalled(body: Body, watched: Watched, slow: SlowBody): boolean {
  const { bytesRead } = body.socket
  if (body.readableLength > 0 || bytesRead - watched.bytesRead >= slow.bytes) {
    watched.seconds = 0
    watched.bytesRead = bytesRead
    return false
  }
  watched.seconds += 1
  return watched.seconds >= slow.seconds
}
