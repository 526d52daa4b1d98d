import type { Sql } from '#kernel'

export interface SavedSearch {
  readonly searchId: string
  readonly ownerId: string
  /** Sealed. */
  readonly name: Buffer
  /** The filter, as the address line of a search says it. */
  readonly asked: Readonly<Record<string, unknown>>
  readonly shared: boolean
  readonly savedAt: Date
}

const columns = `id as "searchId", owner_id as "ownerId", name, asked, shared, saved_at as "savedAt"`

/** An owner's own, and what others share, oldest first. */
export async function searchesFor(sql: Sql, ownerId: string): Promise<SavedSearch[]> {
  return sql.rows({
    name: 'trail.saved-search.list',
    text: `select ${columns} from trail.saved_search where owner_id = $1 or shared order by id`,
    values: [ownerId],
  })
}

export async function countSearches(sql: Sql, ownerId: string): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'trail.saved-search.count',
    text: 'select count(*) as count from trail.saved_search where owner_id = $1',
    values: [ownerId],
  })
  return row!.count
}

export async function insertSearch(sql: Sql, search: SavedSearch): Promise<void> {
  await sql.run({
    name: 'trail.saved-search.insert',
    text: `insert into trail.saved_search (id, owner_id, name, asked, shared, saved_at)
      values ($1, $2, $3, $4, $5, $6)`,
    values: [
      search.searchId,
      search.ownerId,
      search.name,
      JSON.stringify(search.asked),
      search.shared,
      search.savedAt,
    ],
  })
}

/** Changes what is given of an owner's own search. @returns it as it is then; undefined when it is none of theirs. */
export async function updateSearch(
  sql: Sql,
  { searchId, ownerId }: Pick<SavedSearch, 'searchId' | 'ownerId'>,
  change: Partial<Pick<SavedSearch, 'name' | 'asked' | 'shared'>>,
): Promise<SavedSearch | undefined> {
  return sql.first({
    name: 'trail.saved-search.update',
    text: `update trail.saved_search set name = coalesce($3, name),
        asked = coalesce($4::jsonb, asked), shared = coalesce($5, shared)
      where id = $1 and owner_id = $2 returning ${columns}`,
    values: [
      searchId,
      ownerId,
      change.name ?? null,
      change.asked === undefined ? null : JSON.stringify(change.asked),
      change.shared ?? null,
    ],
  })
}

/** @returns whether it was there and theirs. */
export async function deleteSearch(
  sql: Sql,
  { searchId, ownerId }: Pick<SavedSearch, 'searchId' | 'ownerId'>,
): Promise<boolean> {
  const removed = await sql.run({
    name: 'trail.saved-search.delete',
    text: 'delete from trail.saved_search where id = $1 and owner_id = $2',
    values: [searchId, ownerId],
  })
  return removed === 1
}
