import { type Act, controllerOf } from '#kernel'
import type { Placed } from '../records/row.ts'
import { deleteIndex, insertIndex } from '../records/store.ts'
import type { SealedRecord } from '../subjects/subject.ts'

/**
 * Indexes the searchable fields of rows, and forgets what was indexed of the records they replace.
 *
 * @param records - one per row, in order.
 */
export async function indexRows(
  act: Act,
  rows: readonly Placed[],
  records: readonly SealedRecord[],
  replaced: readonly SealedRecord[],
): Promise<void> {
  const controllerId = controllerOf(act)
  const entries = rows.flatMap(({ category, indexes }, i) =>
    indexes.map(({ field, value }) => ({
      subjectId: records[i]!.subjectId,
      category: category.bit,
      field,
      value,
    })),
  )
  await Promise.all([
    replaced.length > 0 &&
      deleteIndex(
        act.sql,
        controllerId,
        replaced.map(({ subjectId }) => subjectId),
        replaced.map(({ category }) => category),
      ),
    entries.length > 0 && insertIndex(act.sql, controllerId, rows[0]!.indexVersion, entries),
  ])
}
