import type { Act, Secrets, Sql } from '#kernel'
import { keyringOf } from './keyring.ts'
import { rememberKeyring } from './keyring-store.ts'
import { keyringLost, wrappedUnderDestroyed } from './refusals.ts'
import { canaryRing, houseRing } from './ring.ts'
import { newest } from './rotation-acts.ts'
import { countReferences, newestReferences } from './subject-key-store.ts'

/**
 * Refuses to go on with a keyring that is not the data's own, or an older state of it. Run it once
 * at start, in a transaction of the house; the first start remembers the keyring.
 *
 * @throws {Refusal} `keys.keyring-lost`.
 */
export async function demandOwnKeyring(sql: Sql, secrets: Secrets, now: Date): Promise<void> {
  const keyring = keyringOf(secrets)
  if ((await rememberKeyring(sql, keyring.id, now)) !== keyring.id) throw keyringLost()
  const rings = new Map(keyring.rings().map((ring) => [ring.ring, ring]))
  for (const { controllerId, version } of await newestReferences(sql)) {
    const ring = rings.get(controllerId)
    const held = ring === undefined ? 0 : (newest(ring, 'wrap')?.version ?? 0)
    if (ring?.destroyedAt === undefined && held < version) throw keyringLost()
  }
}

/**
 * Demands that every subject key opens under this keyring: after a restore of an old backup it may be
 * wrapped under a key that is destroyed by now. Rings destroyed whole are meant to open nothing.
 *
 * @throws {Refusal} `keys.wrapped-under-destroyed`: take the keyring bundle of a newer backup.
 */
export async function demandOpenable({ sql, secrets }: Act): Promise<void> {
  const living = keyringOf(secrets)
    .rings()
    .filter(
      ({ ring, destroyedAt }) =>
        destroyedAt === undefined && ring !== houseRing && ring !== canaryRing,
    )
  const held = new Map(
    living.map(({ ring, keys }) => [
      ring,
      new Set(keys.filter(({ family }) => family === 'wrap').map(({ version }) => version)),
    ]),
  )
  const references = await countReferences(sql, [...held.keys()])
  const lost = references.filter(
    ({ controllerId, version }) => !held.get(controllerId)?.has(version),
  )
  if (lost.length > 0) throw wrappedUnderDestroyed(lost.reduce((sum, { count }) => sum + count, 0))
}

/** Rings that the keyring remembers as destroyed: nothing of them opens, whatever comes back of it. */
export const destroyedRings = ({ secrets }: Act): string[] =>
  keyringOf(secrets)
    .rings()
    .flatMap(({ ring, destroyedAt }) => (destroyedAt === undefined ? [] : [ring]))

/** Which keyring this is: a name to compare, without anything secret. */
export const keyringFingerprint = (secrets: Secrets): string => keyringOf(secrets).id
