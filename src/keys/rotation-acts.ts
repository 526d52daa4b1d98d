import { enqueue } from '#ground'
import { type Act, controllerOf, type Secrets, type Sql } from '#kernel'
import { type KeyFacts, keyringOf, type RingFacts } from './keyring.ts'
import { rememberKeyring } from './keyring-store.ts'
import { destroyBy, isDue, rotateBy, rotateRootBy } from './policy.ts'
import { keyringLost, wrappedUnderDestroyed } from './refusals.ts'
import { canaryRing, type Family, houseRing } from './ring.ts'
import { openWrapped } from './subject-key-acts.ts'
import { subjectKeyPlace } from './subject-key.ts'
import {
  countReferences,
  lockOldSubjectKeys,
  newestReferences,
  updateWrapped,
} from './subject-key-store.ts'

const batch = 2_000

/** The ring an act is about: its controller's, or the house's own. */
const ringOf = (act: Act) => (act.scope === 'house' ? houseRing : controllerOf(act))

/**
 * Gives the act's ring new keys and queues the rewrapping of its subject keys. What was sealed
 * before stays readable: the versions before are retired, not destroyed.
 *
 * @throws {Refusal} `keys.unknown-ring`, `keys.ring-destroyed`.
 */
export async function rotateRing(
  act: Act,
  which: readonly Family[] = ['wrap', 'seal'],
): Promise<RingFacts> {
  const ring = ringOf(act)
  const facts = keyringOf(act.secrets).rotate(ring, which)
  if (ring !== houseRing && which.includes('wrap')) {
    await enqueue(act.sql, 'keys.rewrap', { ring }, { key: `keys.rewrap:${ring}` })
  }
  const versions = which.map((family) => [family, newest(facts, family)?.version])
  act.tell({ ring, rotated: Object.fromEntries(versions) })
  return facts
}

/**
 * Wraps some of the controller's subject keys anew under its current key. Killed at any point, a
 * batch is done or not; the next call goes on.
 *
 * @returns how many are left under an older version, counted once a batch was not full.
 */
export async function rewrapSome(act: Act): Promise<{ rewrapped: number; left?: number }> {
  const controllerId = controllerOf(act)
  const keyring = keyringOf(act.secrets)
  const to = newest(keyring.ring(controllerId), 'wrap')?.version ?? 0
  const old = await lockOldSubjectKeys(act.sql, controllerId, to, batch)
  const rows = old.map((row) => {
    const raw = openWrapped(act, row)
    const { version, wrapped } = keyring.wrap(controllerId, subjectKeyPlace(row), raw)
    raw.fill(0)
    return { id: row.id, kekVersion: version, wrapped }
  })
  if (rows.length > 0) await updateWrapped(act.sql, rows)
  const done = { ring: controllerId, to, rewrapped: rows.length }
  if (rows.length === batch) {
    act.tell(done)
    return { rewrapped: rows.length }
  }
  const left = (await countReferences(act.sql, [controllerId]))
    .filter(({ version }) => version < to)
    .reduce((sum, { count }) => sum + count, 0)
  act.tell({ ...done, left })
  return { rewrapped: rows.length, left }
}

/** What the daily job must do: families of rings that are due, and retired keys whose time has come. */
export interface DueKeys {
  readonly root: boolean
  readonly rotate: readonly { readonly ring: string; readonly families: Family[] }[]
  readonly rewrap: readonly string[]
  readonly destroy: readonly { readonly ring: string; readonly version: number }[]
}

export async function dueKeys({ secrets, sql, now }: Act): Promise<DueKeys> {
  const keyring = keyringOf(secrets)
  const living = keyring
    .rings()
    .filter(({ ring, destroyedAt }) => destroyedAt === undefined && ring !== canaryRing)
  const rotate = living.flatMap(({ ring, keys }) => {
    const families = keys.filter((key) => mustRotate(ring, key, now)).map(({ family }) => family)
    return families.length === 0 ? [] : [{ ring, families }]
  })
  const destroy = living.flatMap(({ ring, keys }) =>
    keys.filter((key) => mustGo(key, now)).map(({ version }) => ({ ring, version })),
  )
  // A job that was lost with a restored database is put back: old references are looked for, not assumed.
  const controllers = living.map(({ ring }) => ring).filter((ring) => ring !== houseRing)
  const references = await countReferences(sql, controllers)
  const current = new Map(living.map((ring) => [ring.ring, newest(ring, 'wrap')?.version ?? 0]))
  const behind = references.filter((r) => r.version < (current.get(r.controllerId) ?? 0))
  return {
    root: isDue(rotateRootBy(keyring.rootVersions().at(-1)!.createdAt), now),
    rotate,
    rewrap: [...new Set(behind.map(({ controllerId }) => controllerId))],
    destroy,
  }
}

/** Puts the rewrapping of the act's ring into the queue. */
export async function queueRewrap(act: Act): Promise<void> {
  const ring = controllerOf(act)
  await enqueue(act.sql, 'keys.rewrap', { ring }, { key: `keys.rewrap:${ring}` })
  act.tell({ ring })
}

/**
 * Destroys a retired wrapping key of the act's ring, once no subject key is wrapped under it.
 *
 * @returns whether it was destroyed; false while something still needs it.
 */
export async function destroyRetired(act: Act, version: number): Promise<boolean> {
  const ring = ringOf(act)
  const references = ring === houseRing ? [] : await countReferences(act.sql, [ring])
  const left = references.find((row) => row.version === version)?.count ?? 0
  if (left === 0) keyringOf(act.secrets).destroyVersion(ring, 'wrap', version)
  act.tell({ ring, version, references: left, destroyed: left === 0 })
  return left === 0
}

/** A new root key. Every ring's keys are wrapped anew under it; the old root is destroyed. */
export function rotateRoot(act: Act): { version: number; createdAt: Date } {
  const root = keyringOf(act.secrets).rotateRoot()
  act.tell({ rootVersion: root.version })
  return root
}

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

/** Which keyring this is: a name to compare, without anything secret. */
export const keyringFingerprint = (secrets: Secrets): string => keyringOf(secrets).id

const newest = ({ keys }: RingFacts, family: Family): KeyFacts | undefined =>
  keys.findLast((key) => key.family === family)

const mustRotate = (ring: string, { family, createdAt, retiredAt }: KeyFacts, now: Date) =>
  retiredAt === undefined && isDue(rotateBy(ring, family, createdAt), now)

const mustGo = ({ family, createdAt, retiredAt }: KeyFacts, now: Date) =>
  family === 'wrap' && retiredAt !== undefined && isDue(destroyBy(createdAt), now)
