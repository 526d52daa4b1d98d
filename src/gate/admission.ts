import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Actor } from '#kernel'
import { clientOf } from './address.ts'
import { type LimitName, type Limits, siteFactor } from './limits.ts'
import type { Pressure } from './pressure.ts'
import { overloaded, tooManyRequests } from './refusals.ts'

/** What is known of a request when its header has arrived. */
export interface Arrival {
  readonly address: string
  /** It carries a credential: an `authorization` header or a session cookie. */
  readonly presents: boolean
  /** It asks only whether the house is well; that is answered under any load. */
  readonly health: boolean
}

/** What is known once its sender is identified. */
export interface Entering {
  readonly address: string
  readonly actor: Actor
  /** The route lets anybody in, and changes something. */
  readonly open: boolean
  /** It carried a credential, as said at its arrival. */
  readonly presents: boolean
}

/** How long a client that met an overloaded house should stay away. */
const retrySeconds = 5

/**
 * Who may come in now. Counts live in memory, per process: with several nodes each allows its own
 * share, which is what a limit against overload of that node should do.
 */
export class Admission {
  readonly #pressure: Pressure
  readonly #clients: Readonly<Record<LimitName, RateLimiterMemory>>
  readonly #sites: Readonly<Record<LimitName, RateLimiterMemory>>

  constructor(limits: Limits, pressure: Pressure) {
    this.#pressure = pressure
    this.#clients = limitersOf(limits, 1)
    this.#sites = limitersOf(limits, siteFactor)
  }

  /**
   * Asked with the header, before any work is done for the request.
   *
   * @throws {Refusal} `gate.too-many-requests` (429), `gate.overloaded` (503).
   */
  async arrive({ address, presents, health }: Arrival): Promise<void> {
    await this.#take(presents ? 'presented' : 'anonymous', address)
    if (health) return
    if (!presents) this.#demandRoom('anonymous')
    else await this.#demandGoodName(address)
  }

  /**
   * Asked again once the sender is known.
   *
   * @throws {Refusal} `gate.too-many-requests` (429), `gate.overloaded` (503).
   */
  async enter({ address, actor, open, presents }: Entering): Promise<void> {
    switch (actor.kind) {
      case 'anonymous':
        // What it showed was no credential, so it has come in by the wider gate and is counted again.
        if (presents) await this.arrive({ address, presents: false, health: false })
        return open ? this.#take('open', address) : undefined
      case 'workload':
        this.#demandRoom('workload')
        return this.#takeOne(this.#clients.workload, actor.id)
      case 'person':
        return this.#takeOne(this.#clients.person, actor.id)
      case 'house':
      case 'operator':
        return undefined // they do not come through this door
    }
  }

  /** Tells that a credential from this address was not recognised. Never throws: the caller has its answer. */
  async unrecognised(address: string): Promise<void> {
    await this.#take('unrecognised', address).catch(() => {})
  }

  #demandRoom(kind: 'anonymous' | 'workload'): void {
    if (this.#pressure.sheds(kind)) throw overloaded(retrySeconds)
  }

  /** Whoever has shown many false credentials waits before the next one is even looked up. */
  async #demandGoodName(address: string): Promise<void> {
    const limiter = this.#clients.unrecognised
    const seen = await limiter.get(clientOf(address).client)
    if (seen && seen.consumedPoints > limiter.points) throw waitFor(seen)
  }

  async #take(name: LimitName, address: string): Promise<void> {
    const { client, site } = clientOf(address)
    await this.#takeOne(this.#clients[name], client)
    if (site !== undefined) await this.#takeOne(this.#sites[name], site)
  }

  async #takeOne(limiter: RateLimiterMemory, key: string): Promise<void> {
    try {
      await limiter.consume(key)
    } catch (refused) {
      throw refused instanceof RateLimiterRes ? waitFor(refused) : refused
    }
  }
}

const waitFor = ({ msBeforeNext }: RateLimiterRes) =>
  tooManyRequests(Math.max(1, Math.ceil(msBeforeNext / 1000)))

/** A window as long as the burst lasts at the allowed rate: no more than the burst in it, the rate on average. */
function limitersOf(limits: Limits, factor: number) {
  const made = Object.entries(limits).map(([name, { burst, perSecond }]) => [
    name,
    new RateLimiterMemory({
      keyPrefix: '',
      points: burst * factor,
      duration: burst / perSecond,
    }),
  ])
  return Object.fromEntries(made) as Record<LimitName, RateLimiterMemory>
}
