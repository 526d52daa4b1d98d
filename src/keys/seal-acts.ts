import { type Act, controllerOf, Receipt, type Secrets } from '#kernel'
import { keyringOf } from './keyring.ts'
import { indexSettleMs } from './policy.ts'
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
 * field of one controller, and telling nothing across fields or controllers. Made with the version
 * of the index key that {@link indexVersion} names; store that beside it.
 */
export function blindIndex(act: Act, field: string, normalisedValue: string): Buffer {
  return indexUnder(act, controllerOf(act), indexVersion(act), field, normalisedValue)
}

/**
 * As {@link blindIndex}, under every living version of the index key, the one that writes first:
 * look up by all of them, or what a rotation has not reached yet is not found.
 */
export function blindIndexes(act: Act, field: string, normalisedValue: string): Buffer[] {
  const ring = controllerOf(act)
  return indexVersions(act, ring).map((version) =>
    indexUnder(act, ring, version, field, normalisedValue),
  )
}

/** The version of the controller's index key that writes in this act: the newest that has settled. */
export const indexVersion = (act: Act): number => indexVersions(act, controllerOf(act))[0]!

/** One act writes with one version and looks up by the same ones, from its first value to its last. */
const versionsOf = new WeakMap<Act, Map<string, readonly number[]>>()

/** Living versions of a ring's index key, the one that writes first. */
function indexVersions(act: Act, ring: string): readonly number[] {
  const ofAct = versionsOf.get(act) ?? new Map<string, readonly number[]>()
  const known = ofAct.get(ring)
  if (known !== undefined) return known
  const keys = keyringOf(act.secrets).indexKeys(ring)
  const settledBy = act.now.getTime() - indexSettleMs
  const writes = keys.findLast(({ createdAt }) => createdAt.getTime() <= settledBy) ?? keys[0]!
  const others = keys.filter((key) => key !== writes)
  const versions = [writes, ...others].map(({ version }) => version)
  versionsOf.set(act, ofAct.set(ring, versions))
  return versions
}

/** As {@link blindIndex}, for the house's own tables: keep {@link houseIndexVersion} beside it. */
export function houseIndex(act: Act, use: string, normalisedValue: string): Buffer {
  return indexUnder(act, houseRing, houseIndexVersion(act), use, normalisedValue)
}

/** As {@link blindIndexes}, for the house's own tables. */
export function houseIndexes(act: Act, use: string, normalisedValue: string): Buffer[] {
  return indexVersions(act, houseRing).map((version) =>
    indexUnder(act, houseRing, version, use, normalisedValue),
  )
}

/** As {@link indexVersion}, of the house's index key. */
export const houseIndexVersion = (act: Act): number => indexVersions(act, houseRing)[0]!

function indexUnder({ secrets }: Act, ring: string, version: number, use: string, value: string) {
  return keyringOf(secrets).index(ring, version, use, value).subarray(0, indexSize)
}
