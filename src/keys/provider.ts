/** Who keeps the root key. */
export type ProviderKind = 'software' | 'pkcs11' | 'aws-kms' | 'transit'

/** How the root key is kept, as it may be said to a controller. */
export interface Custody {
  readonly kind: ProviderKind
  /** One honest sentence. */
  readonly sentence: string
  /** Whether whoever copies the data directory gets everything that opens the root key with it. */
  readonly apartFromData: boolean
}

export interface RootVersion {
  readonly version: number
  readonly createdAt: Date
}

/**
 * The root key, wherever it is kept: it wraps the keyring's keys and nothing else.
 *
 * Calls are synchronous, because the keyring is: a provider behind a network opens its root when
 * the house starts, and answers from then on without waiting.
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
