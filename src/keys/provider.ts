import type { Powers, ProviderKind } from './keeper.ts'

/** How the root key is kept, as it may be said to a controller. */
export interface Custody {
  readonly kind: ProviderKind
  /** One honest sentence. */
  readonly sentence: string
  /** Whether whoever copies the data directory gets everything that opens the root key with it. */
  readonly apartFromData: boolean
  readonly powers: Powers
}

export interface RootVersion {
  readonly version: number
  readonly createdAt: Date
}

/**
 * The root key, opened by its keeper: it wraps the keyring's keys and nothing else.
 *
 * Calls that wrap and unwrap do not wait, because the keyring does not: the keeper is asked when the
 * house starts, and again where its own key turns.
 */
export interface RootProvider {
  custody(): Custody
  /** Living versions, oldest first. The last one wraps. */
  versions(): readonly RootVersion[]
  /** Wraps bytes under the newest version. */
  wrap(context: readonly string[], plaintext: Uint8Array): { version: number; wrapped: Buffer }
  /** @throws {Refusal} `keys.not-authentic`, `keys.key-destroyed`, `keys.unknown-key-version`. */
  unwrap(version: number, context: readonly string[], wrapped: Uint8Array): Buffer
  /** Makes a new version, durable before it returns. */
  rotate(now: Date): number
  /** Destroys every version but the newest, durable before it returns. */
  destroyOld(): void
  /** Asks the keeper again, now. @throws {Refusal} what the keeper throws. */
  probe(): Promise<void>
  /** Turns the keeper's own key, where it has one. */
  turnKeeper(): Promise<void>
  /** Recovery by shares, where the provider has them. */
  readonly recovery?: {
    /** Makes a new set of shares and voids the one before. Any three of the five open the root. */
    makeShares(): Promise<string[]>
  }
  /** The state of each copy the provider keeps of its own. */
  copies(): readonly CopyState[]
  /** Tries again to bring every copy up to date. */
  replicate(): void
}

/** A second place where keys are kept, and whether it holds the newest. */
export interface CopyState {
  readonly file: string
  readonly place: string
  readonly upToDate: boolean
  /** Why not, where it does not. */
  readonly trouble?: string
}
