import { type Act, controllerOf, Receipt, type Secrets } from '#kernel'
import { keyringOf } from './keyring.ts'
import { houseRing } from './ring.ts'

const indexSize = 16

/**
 * Seals a line of personal data that belongs to no data subject of a controller: names of staff,
 * contacts.
 *
 * @param ring - a controller's id or `house`.
 * @param context - the place it belongs to: table, column, row. Given again to open it.
 */
export function sealPersonal(
  { secrets }: Act,
  ring: string,
  context: readonly string[],
  text: string,
): Buffer {
  return secrets.seal(ring, context, Buffer.from(text))
}

/**
 * Opens what {@link sealPersonal} made, after the entry that tells of it is committed.
 *
 * @throws {TypeError} without a true receipt.
 * @throws {Refusal} `keys.not-authentic`, `keys.ring-destroyed`.
 */
export function openPersonal(
  receipt: Receipt,
  secrets: Secrets,
  ring: string,
  context: readonly string[],
  sealed: Uint8Array,
): string {
  Receipt.demand(receipt)
  return secrets.unseal(ring, context, sealed).toString()
}

/** Seals a machine's secret: the seed of a one-time password, a token for another system. */
export function sealSecret(
  { secrets }: Act,
  ring: string,
  context: readonly string[],
  secret: Uint8Array,
): Buffer {
  return secrets.seal(ring, context, secret)
}

/** Opens a machine's secret for use inside the act. It never goes to a caller. */
export function useSecret(
  { secrets }: Act,
  ring: string,
  context: readonly string[],
  sealed: Uint8Array,
): Buffer {
  return secrets.unseal(ring, context, sealed)
}

/**
 * What a value can be looked up by without being known: 16 bytes, equal for equal values of one
 * field of one controller, and telling nothing across fields or controllers.
 */
export function blindIndex(act: Act, field: string, normalisedValue: string): Buffer {
  const ring = controllerOf(act)
  return keyringOf(act.secrets).index(ring, field, normalisedValue).subarray(0, indexSize)
}

/** As {@link blindIndex}, for the house's own tables. */
export function houseIndex({ secrets }: Act, use: string, normalisedValue: string): Buffer {
  return keyringOf(secrets).index(houseRing, use, normalisedValue).subarray(0, indexSize)
}
