import type { Sql } from '#kernel'
import type { RowError } from '../records/row.ts'
import type { Columns, Import, ImportFormat, ImportState, Mapping, Progress } from './import.ts'

const columns = `import_id as "importId", state, format, attempt, rows_read as "rowsRead",
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

/** An import as it stands, locked, with what its stream must fit. */
export interface LockedImport extends Import {
  /** Whether its mapping is the one asked for. */
  readonly sameMapping: boolean
  readonly mapping: Mapping
  /** CSV: what its header said. */
  readonly columns: Columns | null
}

/** Locks an import until the transaction ends. `mapping` is compared as JSON; null fits any. */
export function lockImport(
  sql: Sql,
  controllerId: string,
  importId: string,
  mapping: Mapping | null,
): Promise<LockedImport | undefined> {
  return sql.first({
    name: 'vault.import.lock',
    text: `select ${columns}, coalesce(mapping = $3::jsonb, true) as "sameMapping", mapping,
        csv_columns as "columns"
      from vault.import where controller_id = $1 and import_id = $2 for update`,
    values: [controllerId, importId, mapping === null ? null : JSON.stringify(mapping)],
  })
}

/** Lets an import run on, over the stream that begins now and no other. */
export async function reopenImport(
  sql: Sql,
  id: StreamId & { readonly now: Date },
  bytesTotal: number | null,
): Promise<void> {
  await sql.run({
    name: 'vault.import.reopen',
    text: `update vault.import set state = 'running', attempt = $3, moved_at = $4,
        bytes_total = coalesce($5, bytes_total), ended_at = null, code = null, message = null
      where controller_id = $1 and import_id = $2`,
    values: [id.controllerId, id.importId, id.attempt, id.now, bytesTotal],
  })
}

/** One stream of an import. */
export interface StreamId {
  readonly controllerId: string
  readonly importId: string
  readonly attempt: number
}

/** Adds a batch to a running import. `bytesRead` is the total so far. Undefined when this stream of it does not run. */
export function advanceImport(
  sql: Sql,
  id: StreamId & { readonly now: Date },
  batch: Progress & { readonly columns: Columns | undefined },
): Promise<Import | undefined> {
  return sql.first({
    name: 'vault.import.advance',
    text: `update vault.import set rows_read = rows_read + $3, rows_stored = rows_stored + $4,
        rows_replaced = rows_replaced + $5, rows_rejected = rows_rejected + $6, bytes_read = $7,
        moved_at = $8, csv_columns = coalesce(csv_columns, $10)
      where controller_id = $1 and import_id = $2 and state = 'running' and attempt = $9
      returning ${columns}`,
    values: [
      id.controllerId,
      id.importId,
      batch.rowsRead,
      batch.rowsStored,
      batch.rowsReplaced,
      batch.rowsRejected,
      batch.bytesRead,
      id.now,
      id.attempt,
      batch.columns === undefined ? null : JSON.stringify(batch.columns),
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

/** How a stream of an import ended. */
export interface ImportEnd {
  readonly state: ImportState
  readonly code?: string
  readonly message?: string
  /** Where it was read to its end. */
  readonly bytesRead?: number
}

/** Ends a running import. Undefined when this stream of it does not run. */
export function closeImport(
  sql: Sql,
  id: StreamId & { readonly now: Date },
  end: ImportEnd,
): Promise<Import | undefined> {
  return sql.first({
    name: 'vault.import.close',
    text: `update vault.import set state = $3, code = $4, message = $5, ended_at = $6,
        bytes_read = coalesce($8, bytes_read)
      where controller_id = $1 and import_id = $2 and state = 'running' and attempt = $7
      returning ${columns}`,
    values: [
      id.controllerId,
      id.importId,
      end.state,
      end.code ?? null,
      end.message ?? null,
      id.now,
      id.attempt,
      end.bytesRead ?? null,
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

/**
 * Lets the transaction commit without waiting for the disk. Nobody is told of it before another has committed
 * that waits, and with that one it is on the disk: PostgreSQL's log is one, and is written in order.
 */
export async function settleLater(sql: Sql): Promise<void> {
  await sql.run({ text: 'set local synchronous_commit = off' })
}
