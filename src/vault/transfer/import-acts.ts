import { newId } from '#ground'
import { type Act, controllerOf, Refusal } from '#kernel'
import { activeController, contractOf, heldController } from '../controllers/acts.ts'
import { demandPurpose } from '../records/access.ts'
import { locate, prepareNewcomers } from '../records/place-acts.ts'
import { checkOf, checkRows, type PutOutcome, storeChecked } from '../records/put-acts.ts'
import { type RowError, rowError } from '../records/row.ts'
import type { Newcomers } from '../records/seal-acts.ts'
import { importDiffers, importOffset, importTakenOver, unknownImport } from '../refusals.ts'
import {
  advanceImport,
  closeImport,
  errorsOf,
  type ImportEnd,
  importOf,
  insertErrors,
  insertImport,
  latestImports,
  lockImport,
  reopenImport,
  settleLater,
  type StreamId,
} from './import-store.ts'
import {
  type Columns,
  demandMapped,
  type Import,
  type ImportFormat,
  type ImportReport,
  type Mapping,
  mostErrors,
  type Progress,
  readMapping,
  type RowIn,
  seenState,
} from './import.ts'

/** A stream that wants to become an import, or to go on with one. */
export interface ImportOrder {
  /** The caller's own name for it, so that it can go on; absent: the house gives one. */
  readonly importId?: string
  readonly format: ImportFormat
  /** Absent: as the import was begun. */
  readonly mapping?: Mapping
  /** Where the stream begins in its file, in bytes. */
  readonly offset: number
  /** Bytes of the stream; null where nobody said. */
  readonly length: number | null
}

/** An import that a stream may add to, or that has all of it already. */
export interface OpenedImport {
  readonly id: Omit<StreamId, 'controllerId'>
  readonly mapping: Mapping
  readonly from?: { readonly bytes: number; readonly rows: number }
  readonly columns?: Columns
  readonly finished?: ImportReport
}

/** Demands that an import may begin: a living controller, a purpose of its contract, a mapping that fits. */
export async function demandImportable(act: Act, mapping: Mapping): Promise<void> {
  const controller = await activeController(act)
  demandPurpose(act, controller)
  demandMapped(controller, mapping)
}

/**
 * Opens an import, or lets one go on that was interrupted. One that is finished is only told of.
 *
 * @throws {Refusal} `vault.import-offset` where the stream does not begin where the import stands,
 *   `vault.import-differs`, and what {@link demandImportable} throws.
 */
export async function openImport(act: Act, order: ImportOrder): Promise<OpenedImport> {
  const controllerId = controllerOf(act)
  const { importId = newId(), format, mapping, offset, length } = order
  const bytesTotal = length === null ? null : offset + length
  const found = await lockImport(act.sql, controllerId, importId, mapping ?? null)
  await demandImportable(act, mapping ?? found?.mapping ?? readMapping(undefined, format))
  act.tell({ importId, format, offset })
  if (found === undefined) {
    if (offset !== 0) throw importOffset(0, 0)
    const begun = mapping ?? readMapping(undefined, format)
    const { now } = act
    await insertImport(act.sql, { controllerId, importId, format, mapping: begun, bytesTotal, now })
    return { id: { importId, attempt: 1 }, mapping: begun }
  }
  const opened = { id: { importId, attempt: found.attempt + 1 }, mapping: found.mapping }
  if (found.format !== format || !found.sameMapping) throw importDiffers()
  if (found.state === 'finished') return { ...opened, finished: await withErrors(act, found) }
  if (offset !== found.bytesRead) throw importOffset(found.bytesRead, found.rowsRead)
  await reopenImport(act.sql, { ...opened.id, controllerId, now: act.now }, bytesTotal)
  if (offset === 0) return opened
  return {
    ...opened,
    from: { bytes: offset, rows: found.rowsRead },
    ...(found.columns === null ? {} : { columns: found.columns }),
  }
}

export interface Batch {
  readonly rows: readonly RowIn[]
  readonly columns?: Columns | undefined
}

/** A batch on its way. */
export interface Underway {
  /** It holds everything it locks: whoever locks from now on comes after it. It resolves however that ends. */
  readonly located: Promise<void>
  /** It is committed. */
  readonly stored: Promise<unknown>
}

/**
 * Stores a batch, and with it, in the same transaction, how far the import has come.
 *
 * @param before - the batch before. What can be read and sealed is, while that one is stored; then
 *   PostgreSQL lets this one in as soon as that one is committed, and no row is written before.
 * @param located - called once this one holds what it locks.
 */
export async function importBatch(
  act: Act,
  stream: OpenedImport['id'],
  batch: Batch,
  before?: Underway,
  located: () => void = () => {},
): Promise<Import> {
  const { readable, unreadable } = sorted(batch)
  const puts = readable.map(({ put }) => put)
  const report = (place: number, refusal: Refusal) => rowError(readable[place - 1]!.row, refusal)
  const seen = await activeController(act)
  let checked = await checkRows(act, seen, puts, report)
  let prepared: Newcomers | undefined = await prepareNewcomers(act, checked.placed)
  await before?.located
  let [held, ground] = await Promise.all([
    heldController(act),
    locate(act, checked.placed, prepared),
    settleLater(act.sql),
  ])
  located()
  await before?.stored
  if (held.version !== seen.version) {
    checked = await checkRows(act, held, puts, report)
    prepared = undefined
    const { reserved } = ground
    ground = { ...(await locate(act, checked.placed)), ...(reserved && { reserved }) }
  }
  const { importId } = stream
  const id = { ...stream, controllerId: controllerOf(act), now: act.now }
  const errorsIn = ({ rejected }: PutOutcome) =>
    [...unreadable, ...rejected].sort((a, b) => a.row - b.row)
  let after: Import | undefined
  const advance = async (outcome: PutOutcome) => {
    after = await advanceImport(act.sql, id, {
      rowsRead: batch.rows.length,
      rowsStored: outcome.stored.length,
      rowsReplaced: outcome.replaced,
      rowsRejected: errorsIn(outcome).length,
      bytesRead: endOf(batch),
      columns: batch.columns,
    })
    if (after === undefined) throw importTakenOver()
  }
  const outcome = await storeChecked(act, checked, report, { prepared, ground, along: advance })
  const errors = errorsIn(outcome)
  const room = Math.max(0, mostErrors - (after!.rowsRejected - errors.length))
  if (room > 0 && errors.length > 0) await insertErrors(act.sql, id, errors.slice(0, room))
  act.tell({ importId, rowsStored: outcome.stored.length, rowsRejected: errors.length })
  return after!
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
    bytesRead: endOf(batch),
  }
  return { progress, errors }
}

/** Ends an import, and says why where it ends early. */
export async function endImport(
  act: Act,
  stream: OpenedImport['id'],
  end: ImportEnd,
): Promise<ImportReport> {
  const id = { ...stream, controllerId: controllerOf(act), now: act.now }
  const ended = await closeImport(act.sql, id, end)
  if (ended === undefined) throw importTakenOver()
  const { rowsStored, rowsRejected } = ended
  act.tell({ importId: stream.importId, ...end, rowsStored, rowsRejected })
  return withErrors(act, ended)
}

/** An import as it stands. @throws {Refusal} `vault.import-unknown`. */
export async function readImport(act: Act, importId: string): Promise<ImportReport> {
  const { controllerId } = await contractOf(act)
  const found = await importOf(act.sql, controllerId, importId)
  if (found === undefined) throw unknownImport()
  return withErrors(act, { ...found, state: seenState(found, act.now) })
}

/** The newest hundred imports. */
export async function listImports(act: Act): Promise<Import[]> {
  const { controllerId } = await contractOf(act)
  const found = await latestImports(act.sql, controllerId, 100)
  return found.map((one) => ({ ...one, state: seenState(one, act.now) }))
}

async function withErrors(act: Act, found: Import): Promise<ImportReport> {
  return { ...found, errors: await errorsOf(act.sql, controllerOf(act), found.importId) }
}

const endOf = ({ rows }: Batch): number => rows.at(-1)?.end ?? 0

function sorted({ rows }: Batch) {
  const readable = rows.flatMap((one) => ('put' in one ? [one] : []))
  const unreadable = rows.flatMap((one) =>
    'refusal' in one ? [rowError(one.row, one.refusal)] : [],
  )
  return { readable, unreadable }
}
