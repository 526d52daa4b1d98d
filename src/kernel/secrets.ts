/**
 * Keyed work a lower room needs from the keyring without importing it. `keys` supplies it, the
 * composition root hands it over.
 *
 * `ring` names whose key: a controller's id, or `house`.
 */
export interface Secrets {
  /** Seals bytes for storage; `context` is bound as associated data and must be given again to open. */
  seal(ring: string, context: readonly string[], plaintext: Uint8Array): Buffer
  /** Opens what {@link seal} made. For the house's own use inside an act; what goes out to a caller needs a receipt. */
  unseal(ring: string, context: readonly string[], sealed: Uint8Array): Buffer
  /** HMAC-SHA-256 under a key of the ring and use: pseudonyms, blind indexes. 32 bytes. */
  mac(ring: string, use: string, value: string): Buffer
  /** As {@link mac}, in hex, for whoever needs several of one ring at once. What is thrown is thrown here. */
  macs(ring: string): (use: string, value: string) => string
  /** Makes a ring with its first key, durable before it returns. Idempotent. */
  createRing(ring: string): void
  /** Destroys every key of a ring, durable before it returns: nothing sealed under it opens again. */
  destroyRing(ring: string): void
}
