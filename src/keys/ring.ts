/**
 * A ring: all keys of one controller, or of the house, as the keyring file keeps them.
 *
 * Four families, each with versions of its own:
 * `wrap` wraps subject keys; each epoch brings a new one, subject keys are rewrapped, and the old one
 * is destroyed. `seal` seals what is not rewritten (trail payloads, names of staff, secrets of
 * machines): old versions stay as long as the ring. `mac` makes pseudonyms, which must never change.
 * `index` makes blind indexes; rotating it needs the rooms above to index again.
 */
export const families = ['wrap', 'seal', 'mac', 'index'] as const
export type Family = (typeof families)[number]

export interface StoredKey {
  readonly family: Family
  readonly version: number
  readonly rootVersion: number
  /** ISO instant. */
  readonly createdAt: string
  /** ISO instant since when a younger version does the work. */
  readonly retiredAt?: string
  /** Base64, wrapped by the root key. */
  readonly wrapped: string
}

export interface StoredRing {
  readonly createdAt: string
  readonly destroyedAt?: string
  readonly keys: readonly StoredKey[]
}

/** What the keyring file says. Its generation is in the file's name too. */
export interface KeyringBody {
  readonly format: typeof keyringFormat
  /** UUID, made at birth: which keyring the data belongs to. */
  readonly id: string
  readonly generation: number
  readonly rings: Readonly<Record<string, StoredRing>>
}

export const keyringFormat = 'holdfast keyring 1'

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** The house's own ring, and the ring on which checks try what is forbidden. */
export const houseRing = 'house'
export const canaryRing = 'canary'

/** @throws {TypeError} unless `name` is `house`, `canary` or a controller's id. */
export function demandRingName(name: string): void {
  if (name !== houseRing && name !== canaryRing && !uuid.test(name)) {
    throw new TypeError('a ring is named for the house or a controller id')
  }
}

/** The version of a family that does the work now. */
export function currentKey(ring: StoredRing, family: Family): StoredKey | undefined {
  return ring.keys.findLast((key) => key.family === family)
}

/** Adds a version to a family; the one before is retired at the same instant. */
export function withNewKey(ring: StoredRing, key: StoredKey): StoredRing {
  const keys = ring.keys.map((old) =>
    old.family === key.family && old.retiredAt === undefined
      ? { ...old, retiredAt: key.createdAt }
      : old,
  )
  return { ...ring, keys: [...keys, key] }
}

/** Takes one retired version out. @throws {TypeError} for the version that does the work. */
export function withoutKey(ring: StoredRing, family: Family, version: number): StoredRing {
  if (currentKey(ring, family)?.version === version) throw new TypeError('a key in use stays')
  return {
    ...ring,
    keys: ring.keys.filter((key) => key.family !== family || key.version !== version),
  }
}
