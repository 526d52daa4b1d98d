import { newId, randomBytes } from '#ground'
import { type Act, Refusal, Sealed } from '#kernel'
import { formsOf } from './canary.ts'
import {
  deleteCanaries,
  findCanary,
  insertCanary,
  searchTable,
  tablesToSearch,
} from './canary-store.ts'
import { keyringOf } from './keyring.ts'
import { canaryRing, houseRing } from './ring.ts'
import { openPersonal, sealPersonal } from './seal-acts.ts'

const placeOf = (id: string) => ['keys.canary', 'sealed', id]

/** Stores a line of known plaintext as all personal data is stored. @returns its id. */
export async function plantCanary(act: Act, text: string): Promise<string> {
  const id = newId()
  await insertCanary(act.sql, id, act.now, sealPersonal(act, houseRing, placeOf(id), text))
  act.tell({ canary: id })
  return id
}

export interface TableSearch {
  readonly searched: number
  readonly of: number
  /** Tables that hold the plaintext. */
  readonly found: readonly string[]
}

/**
 * Searches the whole database for a planted plaintext.
 *
 * @throws when the search does not even find the canary's own row: then it would find nothing at all.
 */
export async function searchTables(act: Act, id: string, text: string): Promise<TableSearch> {
  const tables = await tablesToSearch(act.sql)
  const readable = tables.filter((table) => table.readable)
  const found: string[] = []
  let control = 0
  for (const { table } of readable) {
    const hits = await searchTable(act.sql, table, id, formsOf(text))
    if (hits.found > 0) found.push(table)
    control += hits.control
  }
  if (control === 0) throw new Error('the search does not find what is there')
  act.tell({ canary: id, tables: tables.length, searched: readable.length, found })
  return { searched: readable.length, of: tables.length, found }
}

/** Opens the canary where it belongs, and tries to open it as if it stood elsewhere. */
export async function tryCanary(act: Act, id: string) {
  const sealed = await findCanary(act.sql, id)
  if (sealed === undefined) throw new Error('the canary is gone')
  const { secrets } = act
  return new Sealed((receipt) => ({
    text: openPersonal(receipt, secrets, houseRing, placeOf(id), sealed),
    elsewhere: refusalOf(() =>
      openPersonal(receipt, secrets, houseRing, placeOf('elsewhere'), sealed),
    ),
  }))
}

export async function removeCanaries(act: Act): Promise<void> {
  act.tell({ canariesRemoved: await deleteCanaries(act.sql) })
}

/**
 * Wraps something under a key of the canary's ring, destroys that key, and tries to unwrap.
 *
 * @returns the refusal's code; undefined when it was not refused.
 */
export async function tryDestroyedKey(act: Act): Promise<string | undefined> {
  const keyring = keyringOf(act.secrets)
  keyring.createRing(canaryRing)
  const { version, wrapped } = keyring.wrap(canaryRing, ['canary'], randomBytes(32))
  keyring.unwrap(canaryRing, version, ['canary'], wrapped).fill(0)
  keyring.rotate(canaryRing, ['wrap'])
  keyring.destroyVersion(canaryRing, 'wrap', version)
  const refused = refusalOf(() => keyring.unwrap(canaryRing, version, ['canary'], wrapped))
  act.tell({ ring: canaryRing, version, refused: refused ?? null })
  return refused
}

function refusalOf(open: () => unknown): string | undefined {
  try {
    open()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
