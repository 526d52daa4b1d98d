import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import type { Door } from '#gate'
import type { Actor, May, Receipt, Route, World } from '#kernel'
import type { AccountTally } from '#trail'
import type { Threshold } from './threshold.ts'

/** What the HTTP face needs of the house. */
export interface ServerParts {
  /** Why the keys are sealed: until they are open nothing is done, for no entry could be written. */
  readonly sealedWhy?: () => string | undefined
  readonly routes: readonly Route[]
  readonly threshold: Threshold
  /** What the threshold will ask again. */
  readonly may: May
  readonly world: World
  /** Who is calling. Throws a `Refusal` for credentials that are unknown, expired or revoked. */
  readonly identify: (request: FastifyRequest) => Promise<Actor>
  /** What a caller known before may now, also where what they showed has ended. Throws as {@link identify} does. */
  readonly rightsNow: (actor: Actor, request: FastifyRequest) => Promise<Actor>
  readonly door: Door
  /** The signed receipt of a committed act, as its header says it. */
  readonly signed: (receipt: Receipt) => Promise<string>
  /** Sees every answer with personal data, and the entry it names. */
  readonly answered: AccountTally
  /** What a browser is shown at an address where nothing is; absent where no console was built. */
  readonly page?: (request: FastifyRequest, reply: FastifyReply) => FastifyReply
  readonly onFault: (error: unknown, about: string) => void
  readonly options: FastifyServerOptions
}

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor
  }
  interface FastifyContextConfig {
    route?: Route
  }
}
