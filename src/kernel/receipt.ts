/**
 * Proof that an act's entry is committed. Only the threshold makes one, after COMMIT, and nothing
 * sealed opens without it; so a transaction that rolls back can never have shown anything.
 */
export class Receipt {
  /** The entry's id. */
  readonly entryId: string
  /** The log (Merkle tree) the entry goes to. */
  readonly log: string
  /** SHA-256 leaf hash, as RFC 6962 §2.1 defines it. */
  readonly leafHash: Buffer
  readonly at: Date
  /** A private field: a look-alike object does not pass for a receipt. */
  readonly #committed = true

  constructor(entryId: string, log: string, leafHash: Buffer, at: Date) {
    this.entryId = entryId
    this.log = log
    this.leafHash = leafHash
    this.at = at
  }

  /** Throws `TypeError` unless `value` is a receipt the threshold made. */
  static demand(value: Receipt): void {
    if (!(#committed in value) || !value.#committed) throw new TypeError('not a receipt')
  }
}

/**
 * A result that still holds ciphertext. The threshold opens it after COMMIT with the receipt; the
 * act that made it never sees the plaintext.
 */
export class Sealed<T> {
  readonly #open: (receipt: Receipt) => T | Promise<T>

  constructor(open: (receipt: Receipt) => T | Promise<T>) {
    this.#open = open
  }

  /** @throws {TypeError} without a true receipt. */
  async open(receipt: Receipt): Promise<T> {
    Receipt.demand(receipt)
    return this.#open(receipt)
  }
}
