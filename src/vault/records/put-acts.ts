import { type Act, Refusal } from '#kernel'
import { indexVersion } from '#keys'
import { heldController } from '../controllers/acts.ts'
import { type Controller, isForPurpose } from '../controllers/contract.ts'
import { indexesOf, subjectIndexes } from '../fields/indexes.ts'
import {
  batchRejected,
  fieldOutsidePurpose,
  recordOver,
  recordPartlySeen,
  subjectRestricted,
} from '../refusals.ts'
import { endOf } from '../retention/retention.ts'
import { demandCategory, whyNot } from './access.ts'
import { eventOf, type Ground, locate, storePlaced } from './place-acts.ts'
import {
  type Placed,
  type PutRow,
  readRow,
  type ReadyRow,
  type RowError,
  rowError,
  type StoredRow,
} from './row.ts'
import type { Newcomers } from './seal-acts.ts'
import { inSlices } from './slices.ts'

/** What became of many rows. A row is numbered by its place, from 1. */
export interface PutOutcome {
  /** One per row that was not rejected, in order. */
  readonly stored: readonly StoredRow[]
  /** How many stored rows replaced a record, standing before or given earlier among these rows. */
  readonly replaced: number
  readonly rejected: readonly RowError[]
}

/**
 * Stores or replaces records, all or none.
 *
 * A subject is known by its key; a new one is born with an ordinal and a key of its own. A record is
 * replaced whole; its time starts anew. Of two rows for one record the later stands.
 *
 * @returns one {@link StoredRow} per row, in order.
 * @throws {Refusal} the row's own refusal where there is one row, else `vault.batch-rejected` with
 *   the first hundred rows at fault; `vault.unknown-controller`, `vault.controller-left`.
 */
export async function putRecords(act: Act, rows: readonly PutRow[]): Promise<readonly StoredRow[]> {
  const { stored, rejected } = await putAcceptable(act, rows, (row, refusal) => {
    if (rows.length === 1) throw refusal
    return rowError(row, refusal)
  })
  if (rejected.length > 0)
    throw batchRejected(
      rejected.slice(0, 100).map((error) => ({ ...error })),
      rejected.length,
    )
  return stored
}

/** As {@link putRecords}, but stores what it can and reports the rest row by row. */
async function putAcceptable(
  act: Act,
  rows: readonly PutRow[],
  report: (row: number, refusal: Refusal) => RowError = rowError,
): Promise<PutOutcome> {
  const controller = await heldController(act)
  return storeChecked(act, await checkRows(act, controller, rows, report), report)
}

/** Rows that are allowed by the contract, and those that are not. */
export interface Checked {
  readonly controller: Controller
  readonly placed: readonly Placed[]
  readonly rejected: readonly RowError[]
}

/** Reads rows for the act. */
export async function checkRows(
  act: Act,
  controller: Controller,
  rows: readonly PutRow[],
  report: (row: number, refusal: Refusal) => RowError,
): Promise<Checked> {
  const placed: Placed[] = []
  const rejected: RowError[] = []
  const check = checkOf(act, controller)
  let at = 0
  await inSlices(rows, (given) => {
    at += 1
    try {
      placed.push(check(given, at))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      rejected.push(report(at, error))
    }
  })
  return { controller, placed, rejected }
}

/** Stores rows that are allowed. The contract they were checked against is held by the act. */
export async function storeChecked(
  act: Act,
  { controller, placed, rejected }: Checked,
  report: (row: number, refusal: Refusal) => RowError,
  {
    prepared,
    ground: located,
    along = async () => {},
  }: {
    readonly prepared?: Newcomers | undefined
    /** What {@link locate} found, where it has looked already. */
    readonly ground?: Ground | undefined
    /** What else is sent with the rows, once it is known what becomes of them. */
    readonly along?: (outcome: PutOutcome) => Promise<void>
  } = {},
): Promise<PutOutcome> {
  const ground = located ?? (await locate(act, placed, prepared))
  const hindered: RowError[] = []
  const free = placed.filter((one) => {
    const refusal = hindrance(act, controller, one, ground)
    if (refusal !== undefined) hindered.push(report(one.row, refusal))
    return refusal === undefined
  })
  const outcomeOf = (stored: readonly StoredRow[]): PutOutcome => {
    const born = new Set(stored.filter(({ version }) => version === 1).map((r) => r.recordId)).size
    return {
      stored,
      replaced: stored.length - born,
      rejected: [...rejected, ...hindered].sort((a, b) => a.row - b.row),
    }
  }
  return outcomeOf(
    await storePlaced(act, free, ground, prepared, (stored) => along(outcomeOf(stored))),
  )
}

/** Why a row that is right in itself may not be put where it belongs; undefined where it may. */
function hindrance(
  act: Act,
  controller: Controller,
  row: Placed,
  ground: Ground,
): Refusal | undefined {
  const { category } = row
  const subject = ground.subjects.get(row.who)
  if (subject?.restricted === true) return subjectRestricted()
  const refused = whyNot(act, controller, subject)
  if (refused !== undefined) return refused
  const seesAll = category.fields.every((field) => isForPurpose(field, act.purpose))
  if (!seesAll && ground.standing.has(row.slot)) return recordPartlySeen(category.name)
  return endOf(category, act.now, eventOf(row, ground)) <= act.now ? recordOver() : undefined
}

/** Reads one row for the act: allowed by contract, purpose and grant. */
export function checkOf(act: Act, controller: Controller): (row: PutRow, at: number) => Placed {
  // Purpose and permission are the same for every row of a category.
  const allowed = new Set<string>()
  const version = indexVersion(act)
  return (row, at) => {
    if (!allowed.has(row.category)) demandCategory(act, controller, row.category)
    allowed.add(row.category)
    const ready = readRow(controller, row)
    for (const field of ready.category.fields)
      if (ready.values.has(field.name) && !isForPurpose(field, act.purpose))
        throw fieldOutsidePurpose(ready.category.name, field.name)
    return placedOf(act, ready, at, version)
  }
}

/** Where a row belongs, and what it will be found by, under a version of the index key. */
export function placedOf(act: Act, ready: ReadyRow, row: number, indexVersion: number): Placed {
  const [keyIndex, ...olderIndexes] = subjectIndexes(act, ready.subjectKey)
  const who = keyIndex!.toString('hex')
  const slot = `${who}:${ready.category.bit}`
  const indexes = indexesOf(act, ready)
  return { ...ready, row, who, slot, keyIndex: keyIndex!, olderIndexes, indexes, indexVersion }
}
