import type { Act } from '#kernel'
import { type KeyFacts, keyringOf } from './keyring.ts'
import { destroyBy, isDue, retiredUntil, rotateBy, rotateRootBy } from './policy.ts'
import { canaryRing, type Family, houseRing } from './ring.ts'
import { destroyKey, newest, ringOf } from './rotation-acts.ts'
import { waitingRotations } from './rotation-store.ts'
import { countReferences, holdWraps } from './subject-key-store.ts'

/** What the daily job must do: families of rings that are due, and retired keys whose time has come. */
export interface DueKeys {
  readonly root: boolean
  readonly rotate: readonly { readonly ring: string; readonly families: Exclude<Family, 'mac'>[] }[]
  readonly rewrap: readonly string[]
  readonly destroy: readonly { readonly ring: string; readonly version: number }[]
}

export async function dueKeys({ secrets, sql, now }: Act): Promise<DueKeys> {
  const keyring = keyringOf(secrets)
  const living = keyring
    .rings()
    .filter(({ ring, destroyedAt }) => destroyedAt === undefined && ring !== canaryRing)
  const under = new Set(
    (await waitingRotations(sql, ['wrap', 'index', 'data'], farthest)).map(
      ({ ring, family }) => `${ring} ${family}`,
    ),
  )
  const rotate = living.flatMap(({ ring, keys }) => {
    const families = keys
      .filter((key) => mustRotate(key, now))
      .map(({ family }) => family)
      .filter((family) => family !== 'mac' && !under.has(`${ring} ${family}`))
    return families.length === 0 ? [] : [{ ring, families: families as Exclude<Family, 'mac'>[] }]
  })
  const destroy = living.flatMap(({ ring, keys }) =>
    keys.filter((key) => mustGo('wrap', key, now)).map(({ version }) => ({ ring, version })),
  )
  // A rotation that was lost with a restored database is begun again: old references are looked for, not assumed.
  const controllers = living.map(({ ring }) => ring).filter((ring) => ring !== houseRing)
  const references = await countReferences(sql, controllers)
  const current = new Map(living.map((ring) => [ring.ring, newest(ring, 'wrap')?.version ?? 0]))
  const behind = references
    .filter((r) => r.version < (current.get(r.controllerId) ?? 0))
    .map(({ controllerId }) => controllerId)
    .filter((ring) => !under.has(`${ring} wrap`))
  return {
    root: isDue(rotateRootBy(keyring.rootVersions().at(-1)!.createdAt), now),
    rotate,
    rewrap: [...new Set(behind)],
    destroy,
  }
}

/**
 * Destroys a retired wrapping key of the act's ring, once no subject key is wrapped under it.
 *
 * @returns whether it was destroyed; false while something still needs it.
 */
export async function destroyRetired(act: Act, version: number): Promise<boolean> {
  const ring = ringOf(act)
  if (ring !== houseRing) await holdWraps(act.sql, ring)
  const references = ring === houseRing ? [] : await countReferences(act.sql, [ring])
  const left = references.find((row) => row.version === version)?.count ?? 0
  if (left === 0) await destroyKey(act, ring, 'wrap', version)
  act.tell({ ring, version, references: left, destroyed: left === 0 })
  return left === 0
}

/** Retired index keys of the act's ring whose time has come. */
export function indexKeysToGo(act: Act): number[] {
  const { keys } = keyringOf(act.secrets).ring(ringOf(act))
  return keys.filter((key) => mustGo('index', key, act.now)).map(({ version }) => version)
}

/** Destroys a retired index key of the act's ring; `left` is how many rows were made under it, counted in this act. */
export async function destroyIndexKey(act: Act, version: number, left: number): Promise<boolean> {
  const ring = ringOf(act)
  if (left === 0) await destroyKey(act, ring, 'index', version)
  act.tell({ ring, family: 'index', version, references: left, destroyed: left === 0 })
  return left === 0
}

const farthest = new Date(8_640_000_000_000_000)

const mustRotate = ({ family, createdAt, retiredAt }: KeyFacts, now: Date) =>
  retiredAt === undefined && isDue(rotateBy(family, createdAt), now)

function mustGo(wanted: Family, { family, createdAt, retiredAt }: KeyFacts, now: Date): boolean {
  if (family !== wanted || retiredAt === undefined) return false
  return isDue(family === 'wrap' ? destroyBy(createdAt) : retiredUntil(retiredAt), now)
}
