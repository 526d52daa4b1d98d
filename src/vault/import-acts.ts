import { newId } from '#ground'
import { type Act, controllerOf, Refusal } from '#kernel'
import { demandPurpose } from './access.ts'
import { activeController, contractOf, heldController } from './controller-acts.ts'
import {
  demandMapped,
  type Import,
  type ImportFormat,
  type ImportReport,
  type ImportState,
  mapped,
  type Mapping,
  mostErrors,
  type Progress,
  type RowIn,
  seenState,
} from './import.ts'
import {
  advanceImport,
  closeImport,
  errorsOf,
  importOf,
  insertErrors,
  insertImport,
  latestImports,
} from './import-store.ts'
import { prepareNewcomers } from './place-acts.ts'
import { checkOf, checkRows, storeChecked } from './put-acts.ts'
import { unknownImport } from './refusals.ts'
import { type RowError, rowError } from './row.ts'
import type { Newcomers } from './seal-acts.ts'

export interface NewImportFacts {
  readonly format: ImportFormat
  readonly mapping: Mapping
  readonly bytesTotal: number | null
}

/** Demands that an import may begin: a living controller, a purpose of its contract, a mapping that fits. */
export async function demandImportable(act: Act, mapping: Mapping): Promise<void> {
  const controller = await activeController(act)
  demandPurpose(act, controller)
  demandMapped(controller, mapping)
}

/** Opens an import. Its id is what every batch names. */
export async function beginImport(act: Act, facts: NewImportFacts): Promise<string> {
  await demandImportable(act, facts.mapping)
  const importId = newId()
  await insertImport(act.sql, {
    ...facts,
    importId,
    controllerId: controllerOf(act),
    now: act.now,
  })
  act.tell({ importId, format: facts.format })
  return importId
}

export interface Batch {
  readonly mapping: Mapping
  readonly rows: readonly RowIn[]
  /** Bytes of the whole import so far. */
  readonly bytesRead: number
}

/**
 * Stores a batch, and with it, in the same transaction, how far the import has come.
 *
 * @param before - the batch before. What can be read and sealed is, while that one is stored; locks
 *   and rows wait for its commit.
 */
export async function importBatch(
  act: Act,
  importId: string,
  batch: Batch,
  before: Promise<unknown> = Promise.resolve(),
): Promise<Import> {
  const { readable, unreadable } = sorted(batch)
  const puts = readable.map(({ put }) => put)
  const report = (place: number, refusal: Refusal) => rowError(readable[place - 1]!.row, refusal)
  const seen = await activeController(act)
  let checked = await checkRows(act, seen, puts, report)
  let prepared: Newcomers | undefined = await prepareNewcomers(act, checked.placed)
  await before
  const held = await heldController(act)
  if (held.version !== seen.version) {
    checked = await checkRows(act, held, puts, report)
    prepared = undefined
  }
  const { stored, replaced, rejected } = await storeChecked(act, checked, report, prepared)
  const errors = [...unreadable, ...rejected].sort((a, b) => a.row - b.row)
  const id = { controllerId: controllerOf(act), importId, now: act.now }
  const after = await advanceImport(act.sql, id, {
    rowsRead: batch.rows.length,
    rowsStored: stored.length,
    rowsReplaced: replaced,
    rowsRejected: errors.length,
    bytesRead: batch.bytesRead,
  })
  if (after === undefined) throw unknownImport()
  const room = Math.max(0, mostErrors - (after.rowsRejected - errors.length))
  if (room > 0 && errors.length > 0) await insertErrors(act.sql, id, errors.slice(0, room))
  act.tell({ importId, rowsStored: stored.length, rowsRejected: errors.length })
  return after
}

/** Checks a batch and stores nothing. */
export async function checkBatch(
  act: Act,
  batch: Batch,
): Promise<{ readonly progress: Progress; readonly errors: readonly RowError[] }> {
  const controller = await activeController(act)
  const { readable, unreadable } = sorted(batch)
  const check = checkOf(act, controller)
  const errors = [...unreadable]
  for (const { row, put } of readable) {
    try {
      check(put, row)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      errors.push(rowError(row, error))
    }
  }
  errors.sort((a, b) => a.row - b.row)
  const rowsStored = batch.rows.length - errors.length
  const progress = {
    rowsRead: batch.rows.length,
    rowsStored,
    rowsReplaced: 0,
    rowsRejected: errors.length,
    bytesRead: batch.bytesRead,
  }
  return { progress, errors }
}

/** Ends an import, and says why where it ends early. */
export async function endImport(
  act: Act,
  importId: string,
  end: { readonly state: ImportState; readonly code?: string; readonly message?: string },
): Promise<ImportReport> {
  const controllerId = controllerOf(act)
  const ended = await closeImport(act.sql, { controllerId, importId, now: act.now }, end)
  if (ended === undefined) throw unknownImport()
  act.tell({ importId, ...end, rowsStored: ended.rowsStored, rowsRejected: ended.rowsRejected })
  return { ...ended, errors: await errorsOf(act.sql, controllerId, importId) }
}

/** An import as it stands. @throws {Refusal} `vault.import-unknown`. */
export async function readImport(act: Act, importId: string): Promise<ImportReport> {
  const { controllerId } = await contractOf(act)
  const found = await importOf(act.sql, controllerId, importId)
  if (found === undefined) throw unknownImport()
  const errors = await errorsOf(act.sql, controllerId, importId)
  return { ...found, state: seenState(found, act.now), errors }
}

/** The newest hundred imports. */
export async function listImports(act: Act): Promise<Import[]> {
  const { controllerId } = await contractOf(act)
  const found = await latestImports(act.sql, controllerId, 100)
  return found.map((one) => ({ ...one, state: seenState(one, act.now) }))
}

function sorted({ mapping, rows }: Batch) {
  const readable = rows.flatMap((one) =>
    'cell' in one ? [{ row: one.row, put: mapped(mapping, one.cell) }] : [],
  )
  const unreadable = rows.flatMap((one) =>
    'refusal' in one ? [rowError(one.row, one.refusal)] : [],
  )
  return { readable, unreadable }
}
