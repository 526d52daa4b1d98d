/** One destroyed subject key, as the ledger tells of it. It names nobody. */
export interface Erasure {
  readonly keyId: string
  readonly controllerId: string
  readonly subjectId: string
  /** What the key was, without the key. */
  readonly commitment: Buffer
  readonly at: Date
  /** The action that destroyed it. */
  readonly reason: string
}
