import type { Act } from '#kernel'
import { type KeyFacts, keyringOf, type RingFacts } from './keyring.ts'
import { ageDays, destroyBy, policy, retiredUntil, rotateBy, rotateRootBy } from './policy.ts'
import type { CopyState, Custody } from './provider.ts'
import { columnsOfHouse } from './register-store.ts'
import { canaryRing } from './ring.ts'
import { registerOf, type TableStore } from './store-register.ts'
import { countReferences } from './subject-key-store.ts'

const pageSize = 100

/** A key, its age, and what is due for it. */
export interface KeyState extends KeyFacts {
  readonly ageDays: number
  readonly rotateBy: Date | undefined
  readonly destroyBy: Date | undefined
  /** Subject keys wrapped under it; undefined for keys that wrap none. */
  readonly references: number | undefined
}

export interface RingState extends Pick<RingFacts, 'ring' | 'createdAt' | 'destroyedAt'> {
  readonly keys: readonly KeyState[]
}

export interface Overview {
  readonly custody: Custody
  readonly root: {
    readonly version: number
    readonly createdAt: Date
    readonly ageDays: number
    readonly rotateBy: Date
  }
  readonly policy: typeof policy
  readonly copies: readonly CopyState[]
  readonly rings: readonly RingState[]
  /** The ring to go on after; undefined at the end. */
  readonly next: string | undefined
}

/** Everything about keys that may be said, page by page. Nothing in it is secret. */
export async function overview(act: Act, after: string | undefined): Promise<Overview> {
  const keyring = keyringOf(act.secrets)
  const root = keyring.rootVersions().at(-1)!
  const rings = keyring
    .rings()
    .filter(({ ring }) => ring !== canaryRing && (after === undefined || ring > after))
    .sort((a, b) => (a.ring < b.ring ? -1 : 1))
  const page = rings.slice(0, pageSize)
  const counts = await referencesOf(act, page)
  return {
    custody: keyring.custody(),
    root: {
      version: root.version,
      createdAt: root.createdAt,
      ageDays: ageDays(root.createdAt, act.now),
      rotateBy: rotateRootBy(root.createdAt),
    },
    policy,
    copies: keyring.copies(),
    rings: page.map(({ keys, ...ring }) => ({
      ...ring,
      keys: keys.map((key) => stateOf(ring.ring, key, act.now, counts)),
    })),
    next: rings.length > pageSize ? page.at(-1)!.ring : undefined,
  }
}

/** Every table of the house: what of it is sealed, how, and what lies plain. */
export async function stores({ sql }: Act): Promise<TableStore[]> {
  return registerOf(await columnsOfHouse(sql))
}

/** One key against its age limit. */
export interface KeyAge {
  readonly name: string
  readonly late: boolean
}

/**
 * Every key that has an age limit, and whether it is past it: working keys must have been rotated,
 * retired `wrap` and `index` keys destroyed.
 */
export function keyAges({ secrets, now }: Act): { keys: KeyAge[]; oldestPseudonymDays: number } {
  const keyring = keyringOf(secrets)
  const root = keyring.rootVersions().map(({ version, createdAt }) => ({
    name: `root ${version}`,
    late: rotateRootBy(createdAt) < now,
  }))
  const all = keyring
    .rings()
    .filter(({ ring }) => ring !== canaryRing)
    .flatMap(({ ring, keys }) => keys.map((key) => ({ ring, key })))
  const limited = all.flatMap(({ ring, key }) => {
    const by = limitOf(key)
    return by === undefined
      ? []
      : [{ name: `${ring} ${key.family} ${key.version}`, late: by < now }]
  })
  const free = all.filter(({ key }) => key.family === 'mac')
  return {
    keys: [...root, ...limited],
    oldestPseudonymDays: Math.max(0, ...free.map(({ key }) => ageDays(key.createdAt, now))),
  }
}

const limitOf = (key: KeyFacts): Date | undefined =>
  key.retiredAt === undefined ? rotateBy(key.family, key.createdAt) : goneBy(key)

/** When a retired key must be destroyed; undefined where it stays, for what it sealed is not rewritten. */
function goneBy({ family, createdAt, retiredAt }: KeyFacts): Date | undefined {
  if (retiredAt === undefined) return undefined
  if (family === 'wrap') return destroyBy(createdAt)
  return family === 'index' ? retiredUntil(retiredAt) : undefined
}

const referenceName = (ring: string, version: number) => `${ring} ${version}`

async function referencesOf({ sql }: Act, rings: readonly RingFacts[]) {
  const controllers = rings.map(({ ring }) => ring).filter((ring) => ring !== 'house')
  const counts = await countReferences(sql, controllers)
  return new Map(
    counts.map(({ controllerId, version, count }) => [referenceName(controllerId, version), count]),
  )
}

function stateOf(
  ring: string,
  key: KeyFacts,
  now: Date,
  counts: ReadonlyMap<string, number>,
): KeyState {
  const wraps = key.family === 'wrap'
  const works = key.retiredAt === undefined
  return {
    ...key,
    ageDays: ageDays(key.createdAt, now),
    rotateBy: works ? rotateBy(key.family, key.createdAt) : undefined,
    destroyBy: goneBy(key),
    references: wraps ? (counts.get(referenceName(ring, key.version)) ?? 0) : undefined,
  }
}
