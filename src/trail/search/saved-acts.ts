import { newId } from '#ground'
import { type Act, Sealed } from '#kernel'
import { houseLog } from '../entries/entry.ts'
import { tooManySearches, unknownSearch } from '../refusals.ts'
import {
  countSearches,
  deleteSearch,
  insertSearch,
  type SavedSearch,
  searchesFor,
  updateSearch,
} from './saved-store.ts'

const mostSearches = 100

/** A saved search, readable, as its reader sees it. */
export interface OpenSearch extends Omit<SavedSearch, 'name'> {
  readonly name: string
  /** Whether it is the reader's own, to change and remove. */
  readonly own: boolean
}

export interface SearchDraft {
  readonly name: string
  readonly asked: Readonly<Record<string, unknown>>
  readonly shared: boolean
}

/** The actor's own searches, and those that others share. */
export async function listSearches(act: Act): Promise<Sealed<OpenSearch[]>> {
  const found = await searchesFor(act.sql, act.actor.id)
  return opened(act, found)
}

/** @throws {Refusal} `trail.too-many-searches`. */
export async function saveSearch(
  act: Act,
  { name, asked, shared }: SearchDraft,
): Promise<Sealed<OpenSearch>> {
  if ((await countSearches(act.sql, act.actor.id)) >= mostSearches)
    throw tooManySearches(mostSearches)
  const searchId = newId()
  const search: SavedSearch = {
    searchId,
    ownerId: act.actor.id,
    name: sealName(act, searchId, name),
    asked,
    shared,
    savedAt: act.now,
  }
  await insertSearch(act.sql, search)
  act.tell({ searchId, asked, shared })
  return one(await opened(act, [search]))
}

/** @throws {Refusal} `trail.unknown-search` for one that is somebody else's, too. */
export async function changeSearch(
  act: Act,
  searchId: string,
  { name, ...change }: Partial<SearchDraft>,
): Promise<Sealed<OpenSearch>> {
  const sealed = name === undefined ? {} : { name: sealName(act, searchId, name) }
  const own = { searchId, ownerId: act.actor.id }
  const search = await updateSearch(act.sql, own, { ...change, ...sealed })
  if (search === undefined) throw unknownSearch()
  act.tell({ searchId, ...change })
  return one(await opened(act, [search]))
}

/** @throws {Refusal} `trail.unknown-search` for one that is somebody else's, too. */
export async function removeSearch(act: Act, searchId: string): Promise<void> {
  if (!(await deleteSearch(act.sql, { searchId, ownerId: act.actor.id }))) throw unknownSearch()
  act.tell({ searchId })
}

const contextOf = (searchId: string) => ['trail.saved-search', searchId]

const sealName = ({ secrets }: Act, searchId: string, name: string) =>
  secrets.seal(houseLog, contextOf(searchId), Buffer.from(name))

async function opened(
  { secrets, actor }: Act,
  found: readonly SavedSearch[],
): Promise<Sealed<OpenSearch[]>> {
  return new Sealed(() =>
    found.map(({ name, ...search }) => ({
      ...search,
      name: secrets.unseal(houseLog, contextOf(search.searchId), name).toString('utf8'),
      own: search.ownerId === actor.id,
    })),
  )
}

const one = (all: Sealed<OpenSearch[]>) =>
  new Sealed(async (receipt) => (await all.open(receipt))[0]!)
