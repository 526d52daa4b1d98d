import type { Sql } from '#kernel'
import type { ListedRecord, RecordCursor, RecordSort } from './list.ts'

const columns = { stored: 'stored_at', ends: 'erase_after' } as const

/** A page of records in an order, of one category or of all. */
export function listRecords(
  sql: Sql,
  controllerId: string,
  wanted: {
    readonly sort: RecordSort
    readonly descending: boolean
    /** The category's bit; null for all. */
    readonly category: number | null
    /** Bits of those to be seen; null for all. */
    readonly seen: readonly number[] | null
    readonly after: RecordCursor | undefined
    readonly limit: number
  },
): Promise<ListedRecord[]> {
  const column = columns[wanted.sort]
  const [order, beyond] = wanted.descending ? ['desc', '<'] : ['asc', '>']
  const { after } = wanted
  return sql.rows({
    text: `select r.subject_id as "subjectId", s.ordinal as subject, r.ordinal, r.category, r.version,
        r.stored_at as "storedAt", r.erase_after as "eraseAfter"
      from vault.record r join vault.subject s using (controller_id, subject_id)
      where r.controller_id = $1 and ($2::smallint is null or r.category = $2)
        and ($4::smallint[] is null or r.category = any($4))
        ${after === undefined ? '' : `and (r.${column}, r.ordinal) ${beyond} ($5, $6)`}
      order by r.${column} ${order}, r.ordinal ${order} limit $3`,
    values: [
      controllerId,
      wanted.category,
      wanted.limit,
      wanted.seen,
      ...(after === undefined ? [] : [after.at, after.ordinal]),
    ],
  })
}
