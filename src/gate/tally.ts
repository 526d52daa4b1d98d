import { clientOf } from './address.ts'

/** Refusals of one kind to one client since the last telling. */
export interface Bucket {
  /** The client's address, aggregated as the limits do. Personal data: it goes only into sealed payloads. */
  readonly source: string
  readonly code: string
  readonly count: number
  readonly from: Date
  readonly to: Date
}

/** Beyond so many different clients they are told together: an attack must not fill the trail. */
const mostBuckets = 500
const many = 'many'

/**
 * Refusals at the door, gathered: a flood of refused requests becomes one entry per client and
 * code, with its count, instead of a flood of entries.
 */
export class RefusalTally {
  #buckets = new Map<string, Bucket>()

  count({ address, code, at }: { address: string; code: string; at: Date }): void {
    this.#add({ source: clientOf(address).client, code, count: 1, from: at, to: at })
  }

  get isEmpty(): boolean {
    return this.#buckets.size === 0
  }

  /** Hands out everything gathered and begins anew. */
  take(): Bucket[] {
    const taken = [...this.#buckets.values()]
    this.#buckets = new Map()
    return taken
  }

  /** Gives back what could not be told. */
  giveBack(buckets: readonly Bucket[]): void {
    for (const bucket of buckets) this.#add(bucket)
  }

  #add(bucket: Bucket): void {
    const own = `${bucket.source} ${bucket.code}`
    const isNew = !this.#buckets.has(own)
    const source = isNew && this.#buckets.size >= mostBuckets ? many : bucket.source
    const key = `${source} ${bucket.code}`
    const before = this.#buckets.get(key)
    this.#buckets.set(key, {
      source,
      code: bucket.code,
      count: (before?.count ?? 0) + bucket.count,
      from: before && before.from < bucket.from ? before.from : bucket.from,
      to: before && before.to > bucket.to ? before.to : bucket.to,
    })
  }
}

/** What this process's door has refused. One per process, as the door is. */
export const doorTally = new RefusalTally()

/** Refusals that are counted here and told in aggregate, instead of by an entry each. */
const counted: ReadonlySet<string> = new Set([
  'gate.too-many-requests',
  'gate.overloaded',
  'gate.body-too-slow',
  'identity.sign-in-busy',
])

/** Whether a refusal with this code belongs into the tally. */
export const isCounted = (code: string): boolean => counted.has(code)
