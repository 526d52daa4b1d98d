/** Who keeps the root key. */
export type ProviderKind = 'software' | 'pkcs11' | 'aws-kms' | 'transit'

/** What a keeper can do, as it may be said and is tested. */
export interface Powers {
  /** Its key cannot be read out of it, not even by whoever administers the host. */
  readonly nonExtractable: boolean
  /** A single old version of its key can be destroyed, now. */
  readonly versionDestroy: boolean
  /** Whether the keeper itself checks what a wrapped key is bound to; else the house does. */
  readonly associatedData: boolean
}

export interface Wrapped {
  /** The version of the keeper's key, in the keeper's own words. */
  readonly version: string
  readonly wrapped: Buffer
}

/**
 * Who keeps the root: it wraps the file key of the root file (root-file.ts), and nothing else, so it
 * is asked at a start, at a root rotation and by the check of custody, never for a record.
 *
 * Every call may wait for a network or a token. They throw:
 * - `keys.keeper-unreachable`: it does not answer; trying again later may help.
 * - `keys.keeper-denied`: it does not take our credential.
 * - `keys.keeper-key-unusable`: its key is unknown, disabled or destroyed.
 * - `keys.keeper-unfit`: it lacks what is needed.
 * - `keys.not-authentic`: what was wrapped was altered, or is bound to something else.
 */
export interface Keeper {
  readonly kind: ProviderKind
  readonly powers: Powers
  /** One honest sentence about where the key is. */
  readonly sentence: string
  /** Whether whoever copies the data directory gets everything that opens the root with it. */
  readonly apartFromData: boolean
  /**
   * Wraps a key under the newest version of the keeper's own.
   *
   * @param context - names that it is bound to: ids, never anything personal or secret.
   */
  wrap(context: readonly string[], key: Uint8Array): Promise<Wrapped>
  unwrap(context: readonly string[], wrapped: Wrapped): Promise<Buffer>
  /** Makes a new version: later wraps use it, and what was wrapped before still opens. */
  rotate(): Promise<void>
  /** Destroys every version older than this one, where it has that power. @returns how many. */
  destroyBefore(version: string): Promise<number>
  close(): Promise<void>
}
