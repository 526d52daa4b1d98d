import type { Readable } from 'node:stream'
import { type Cross, Refusal } from '#kernel'
import {
  batchBytes,
  batchRows,
  type CheckReport,
  type ImportReport,
  mostErrors,
  type Progress,
  type RowIn,
} from './import.ts'
import {
  beginImport,
  checkBatch,
  demandImportable,
  endImport,
  importBatch,
  type NewImportFacts,
} from './import-acts.ts'
import type { RowError } from './row.ts'
import { type Incoming, rowsOf } from './rows-in.ts'

export interface ImportRequest extends NewImportFacts {
  readonly stream: Readable
}

/**
 * Imports a stream of any size: a thousand rows or 4 MiB an act, one act at a time, so memory stays
 * flat and the sender waits for us. What is acknowledged is stored; what broke off says where.
 *
 * @returns the finished import.
 * @throws {Refusal} what ended it early, with the id and the counts as facts. Full batches
 *   before that stand; the same file may be sent again, for rows replace their like.
 */
export async function importAll(cross: Cross, request: ImportRequest): Promise<ImportReport> {
  const incoming: Incoming = { ...request, bytesRead: 0 }
  const importId = await cross((act) => beginImport(act, request))
  try {
    await storeAll(cross, importId, incoming)
  } catch (error) {
    const end = endOf(error)
    // When even this fails, the import says `running`, then `interrupted`; the caller hears the first error.
    const report = await cross((act) => endImport(act, importId, end)).catch(() => undefined)
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(error.code, error.status, error.message, {
      ...error.facts,
      importId,
      ...(report === undefined ? {} : countsIn(report)),
    })
  }
  return cross((act) => endImport(act, importId, { state: 'finished' }))
}

/**
 * Two batches at a time: one is read and sealed while the one before is stored. They commit one
 * after the other, in order, and the sender waits for us.
 */
async function storeAll(cross: Cross, importId: string, incoming: Incoming): Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  try {
    for await (const rows of batches(incoming)) {
      const { bytesRead, mapping } = incoming
      const before = last
      // Its transaction must be open before the next one asks for a connection: they wait in order.
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      const stored = cross((act) => {
        begin()
        return importBatch(act, importId, { mapping, rows, bytesRead }, before)
      })
      last = stored
      // Heard one batch later; until then it is nobody's error.
      stored.catch(() => {})
      await before
      await Promise.race([begun, stored])
    }
  } finally {
    // However the stream ended: what was read whole is stored, or fails, before the import is closed.
    await last.catch(() => {})
  }
  await last
}

/** Reads and checks a whole stream as {@link importAll} does, and stores nothing. */
export async function checkAll(cross: Cross, request: ImportRequest): Promise<CheckReport> {
  const incoming: Incoming = { ...request, bytesRead: 0 }
  await cross((act) => demandImportable(act, request.mapping), 'read')
  let sum: Progress = { rowsRead: 0, rowsStored: 0, rowsReplaced: 0, rowsRejected: 0, bytesRead: 0 }
  const errors: RowError[] = []
  for await (const rows of batches(incoming)) {
    const { bytesRead, mapping } = incoming
    const checked = await cross((act) => checkBatch(act, { mapping, rows, bytesRead }), 'read')
    sum = {
      ...sum,
      rowsRead: sum.rowsRead + checked.progress.rowsRead,
      rowsStored: sum.rowsStored + checked.progress.rowsStored,
      rowsRejected: sum.rowsRejected + checked.progress.rowsRejected,
      bytesRead,
    }
    errors.push(...checked.errors.slice(0, mostErrors - errors.length))
  }
  return { ...sum, errors }
}

const countsIn = ({ rowsRead, rowsStored, rowsRejected, state }: ImportReport) => ({
  state,
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
  let from = incoming.bytesRead
  for await (const row of rowsOf(incoming)) {
    batch.push(row)
    if (batch.length < batchRows && incoming.bytesRead - from < batchBytes) continue
    yield batch
    batch = []
    from = incoming.bytesRead
  }
  if (batch.length > 0) yield batch
}
