/** How often a client may come: `perSecond` on average, `burst` at once. */
export interface Limit {
  readonly perSecond: number
  readonly burst: number
  /** Who is counted: an address (IPv6 by /64, and sixteen times as much by /48) or an actor. */
  readonly by: 'address' | 'actor'
  readonly of: string
}

/**
 * Every limit of the door. Those by address are asked before anybody is identified, since
 * identifying costs a query.
 */
export const limits = {
  anonymous: { perSecond: 50, burst: 200, by: 'address', of: 'Requests that show no credential.' },
  presented: {
    perSecond: 10_000,
    burst: 30_000,
    by: 'address',
    of: 'Requests that show a credential, before it is checked.',
  },
  unrecognised: {
    perSecond: 5,
    burst: 100,
    by: 'address',
    of: 'Requests whose credential turned out to be unknown, expired or revoked.',
  },
  open: {
    perSecond: 1,
    burst: 40,
    by: 'address',
    of: 'Changes that anybody may ask for: sign-in, enrolment, public reports.',
  },
  person: { perSecond: 100, burst: 400, by: 'actor', of: 'Requests of one person.' },
  workload: { perSecond: 5_000, burst: 15_000, by: 'actor', of: 'Requests of one workload.' },
} as const satisfies Readonly<Record<string, Limit>>

export type LimitName = keyof typeof limits
export type Limits = Readonly<Record<LimitName, Limit>>

/** How many times a client's limit a whole /48 has. */
export const siteFactor = 16
