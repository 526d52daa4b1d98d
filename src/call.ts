import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, Call, Source } from '#kernel'
import { cookieLine } from './cookies.ts'

/** What a handler wants of the answer beside its body. */
export interface Head {
  status: number
  headers: Readonly<Record<string, string>>
}

interface CallFacts extends Pick<Call, 'actor' | 'source' | 'now' | 'stillMay'> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly head: Head
}

/**
 * What a handler may know and say of its request.
 *
 * A class, since a literal with a getter costs a map of its own in V8 each time, and such a map keeps
 * the whole request until the next full collection.
 */
export class RequestCall implements Call {
  readonly actor: Actor
  readonly source: Source
  readonly now: Date
  readonly stillMay: () => Promise<boolean>
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply
  readonly #head: Head
  #gone: AbortSignal | undefined

  constructor({ actor, source, now, stillMay, request, reply, head }: CallFacts) {
    this.actor = actor
    this.source = source
    this.now = now
    this.stillMay = stillMay
    this.#request = request
    this.#reply = reply
    this.#head = head
  }

  /** Made only for who asks: to abort one is dear, and each connection closes some day. */
  get signal(): AbortSignal {
    return (this.#gone ??= goneSignal(this.#reply.raw))
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }

  answer(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#head.status = status
    this.#head.headers = headers
  }

  setCookie(name: string, value: string, maxAgeSeconds: number): void {
    void this.#reply.header('set-cookie', cookieLine(name, value, maxAgeSeconds))
  }
}

function goneSignal(raw: FastifyReply['raw']): AbortSignal {
  const gone = new AbortController()
  if (raw.closed) gone.abort()
  else raw.once('close', () => gone.abort())
  return gone.signal
}
