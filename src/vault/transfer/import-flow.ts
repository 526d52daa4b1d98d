import type { Readable } from 'node:stream'
import { type Cross, Refusal } from '#kernel'
import type { RowError } from '../records/row.ts'
import {
  checkBatch,
  demandImportable,
  endImport,
  importBatch,
  type ImportOrder,
  type OpenedImport,
  openImport,
  type Underway,
} from './import-acts.ts'
import {
  batchBytes,
  batchRows,
  type CheckReport,
  type ImportReport,
  type Mapping,
  mostErrors,
  type Progress,
  type RowIn,
} from './import.ts'
import type { Incoming } from './incoming.ts'
import { rowsOf } from './rows-in.ts'

export interface ImportRequest extends ImportOrder {
  readonly stream: Readable
}

/**
 * Imports a stream of any size, so that memory stays flat and the sender waits for us. What is
 * acknowledged is stored; what broke off says where, and goes on there: each batch commits together
 * with how far its import has come.
 *
 * @returns the finished import.
 * @throws {Refusal} what ended it early, with the id and the counts as facts. Full batches before
 *   that stand.
 */
export async function importAll(cross: Cross, request: ImportRequest): Promise<ImportReport> {
  const opened = await cross((act) => openImport(act, request))
  if (opened.finished !== undefined) return opened.finished
  const incoming: Incoming = { ...request, ...opened, bytesRead: request.offset }
  const { id } = opened
  try {
    await storeAll(cross, id, incoming)
  } catch (error) {
    const end = endOf(error)
    // When even this fails, the import says `running`, then `interrupted`; the caller hears the first error.
    const report = await cross((act) => endImport(act, id, end)).catch(() => undefined)
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(error.code, error.status, error.message, {
      ...error.facts,
      importId: id.importId,
      ...(report === undefined ? {} : countsIn(report)),
    })
  }
  const { bytesRead } = incoming
  return cross((act) => endImport(act, id, { state: 'finished', bytesRead }))
}

/**
 * Three batches at a time: one is read and sealed, one is ready, one is stored, so that neither we nor
 * PostgreSQL wait for the other. They commit one after the other, in order, and the sender waits for us.
 */
async function storeAll(cross: Cross, id: OpenedImport['id'], incoming: Incoming): Promise<void> {
  let last: Underway | undefined
  let lastButOne: Underway | undefined
  try {
    for await (const rows of batches(incoming)) {
      const { columns } = incoming
      const before = last
      // Its transaction must be open before the next one asks for a connection: they wait in order.
      const begun = Promise.withResolvers<void>()
      const located = Promise.withResolvers<void>()
      const stored = cross((act) => {
        begun.resolve()
        return importBatch(act, id, { rows, columns }, before, located.resolve)
      })
      last = { located: located.promise, stored }
      // Heard later; until then it is nobody's error. Whoever comes after it fails with it.
      stored.catch(() => located.resolve())
      await lastButOne?.stored
      lastButOne = before
      await Promise.race([begun.promise, stored])
    }
  } finally {
    // However the stream ended: what was read whole is stored, or fails, before the import is closed.
    await last?.stored.catch(() => {})
  }
  await last?.stored
}

/** Reads and checks a whole stream as {@link importAll} does, and stores nothing. */
export async function checkAll(
  cross: Cross,
  request: ImportRequest & { readonly mapping: Mapping },
): Promise<CheckReport> {
  const incoming: Incoming = { ...request, bytesRead: 0 }
  await cross((act) => demandImportable(act, request.mapping), 'read')
  let sum: Progress = { rowsRead: 0, rowsStored: 0, rowsReplaced: 0, rowsRejected: 0, bytesRead: 0 }
  const errors: RowError[] = []
  for await (const rows of batches(incoming)) {
    const checked = await cross((act) => checkBatch(act, { rows }), 'read')
    sum = {
      ...sum,
      rowsRead: sum.rowsRead + checked.progress.rowsRead,
      rowsStored: sum.rowsStored + checked.progress.rowsStored,
      rowsRejected: sum.rowsRejected + checked.progress.rowsRejected,
      bytesRead: incoming.bytesRead,
    }
    errors.push(...checked.errors.slice(0, mostErrors - errors.length))
  }
  return { ...sum, errors }
}

const countsIn = ({ rowsRead, rowsStored, rowsRejected, bytesRead, state }: ImportReport) => ({
  state,
  bytesRead,
  rowsRead,
  rowsStored,
  rowsRejected,
})

function endOf(error: unknown) {
  if (!(error instanceof Refusal))
    return { state: 'failed', code: 'fault', message: 'A fault of ours ended the import.' } as const
  const state = error.code === 'vault.import-interrupted' ? 'interrupted' : 'failed'
  return { state, code: error.code, message: error.message } as const
}

async function* batches(incoming: Incoming): AsyncGenerator<RowIn[]> {
  let batch: RowIn[] = []
  let from = incoming.from?.bytes ?? 0
  for await (const row of rowsOf(incoming)) {
    batch.push(row)
    if (batch.length < batchRows && row.end - from < batchBytes) continue
    yield batch
    batch = []
    from = row.end
  }
  if (batch.length > 0) yield batch
}
