import type { Sql } from '#kernel'
import type { Import, ImportFormat, ImportState, Mapping, Progress } from './import.ts'
import type { RowError } from './row.ts'

const columns = `import_id as "importId", state, format, rows_read as "rowsRead",
    rows_stored as "rowsStored", rows_replaced as "rowsReplaced", rows_rejected as "rowsRejected",
    bytes_read as "bytesRead", bytes_total as "bytesTotal", started_at as "startedAt",
    moved_at as "movedAt", ended_at as "endedAt", code, message`

export interface NewImport {
  readonly controllerId: string
  readonly importId: string
  readonly format: ImportFormat
  readonly mapping: Mapping
  readonly bytesTotal: number | null
  readonly now: Date
}

export async function insertImport(sql: Sql, i: NewImport): Promise<void> {
  await sql.run({
    name: 'vault.import.insert',
    text: `insert into vault.import
        (controller_id, import_id, state, format, mapping, bytes_total, started_at, moved_at)
      values ($1, $2, 'running', $3, $4, $5, $6, $6)`,
    values: [i.controllerId, i.importId, i.format, JSON.stringify(i.mapping), i.bytesTotal, i.now],
  })
}

/** Adds a batch to a running import. `bytesRead` is the total so far. Undefined when it does not run. */
export function advanceImport(
  sql: Sql,
  id: { readonly controllerId: string; readonly importId: string; readonly now: Date },
  batch: Progress,
): Promise<Import | undefined> {
  return sql.first({
    name: 'vault.import.advance',
    text: `update vault.import set rows_read = rows_read + $3, rows_stored = rows_stored + $4,
        rows_replaced = rows_replaced + $5, rows_rejected = rows_rejected + $6, bytes_read = $7,
        moved_at = $8
      where controller_id = $1 and import_id = $2 and state = 'running' returning ${columns}`,
    values: [
      id.controllerId,
      id.importId,
      batch.rowsRead,
      batch.rowsStored,
      batch.rowsReplaced,
      batch.rowsRejected,
      batch.bytesRead,
      id.now,
    ],
  })
}

export async function insertErrors(
  sql: Sql,
  id: { readonly controllerId: string; readonly importId: string },
  errors: readonly RowError[],
): Promise<void> {
  await sql.run({
    name: 'vault.import.insert-errors',
    text: `insert into vault.import_error (controller_id, import_id, row_number, code, message)
      select $1, $2, t.* from unnest($3::bigint[], $4::text[], $5::text[]) t`,
    values: [
      id.controllerId,
      id.importId,
      errors.map(({ row }) => row),
      errors.map(({ code }) => code),
      errors.map(({ message }) => message),
    ],
  })
}

/** Ends a running import. Undefined when it does not run. */
export function closeImport(
  sql: Sql,
  id: { readonly controllerId: string; readonly importId: string; readonly now: Date },
  end: { readonly state: ImportState; readonly code?: string; readonly message?: string },
): Promise<Import | undefined> {
  return sql.first({
    name: 'vault.import.close',
    text: `update vault.import set state = $3, code = $4, message = $5, ended_at = $6
      where controller_id = $1 and import_id = $2 and state = 'running' returning ${columns}`,
    values: [
      id.controllerId,
      id.importId,
      end.state,
      end.code ?? null,
      end.message ?? null,
      id.now,
    ],
  })
}

export function importOf(
  sql: Sql,
  controllerId: string,
  importId: string,
): Promise<Import | undefined> {
  return sql.first({
    name: 'vault.import.of',
    text: `select ${columns} from vault.import where controller_id = $1 and import_id = $2`,
    values: [controllerId, importId],
  })
}

/** The newest imports of a controller. */
export function latestImports(sql: Sql, controllerId: string, limit: number): Promise<Import[]> {
  return sql.rows({
    name: 'vault.import.latest',
    text: `select ${columns} from vault.import where controller_id = $1
      order by started_at desc, import_id desc limit $2`,
    values: [controllerId, limit],
  })
}

export function errorsOf(sql: Sql, controllerId: string, importId: string): Promise<RowError[]> {
  return sql.rows({
    name: 'vault.import.errors',
    text: `select row_number as row, code, message from vault.import_error
      where controller_id = $1 and import_id = $2 order by row_number`,
    values: [controllerId, importId],
  })
}
