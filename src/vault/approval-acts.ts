import { dayMs, newId } from '#ground'
import { type Act, controllerOf, type Receipt, Sealed } from '#kernel'
import { openPersonal, sealPersonal } from '#keys'
import { demandPurpose, sightOf } from './access.ts'
import {
  decideExportRequest,
  exportRequests,
  insertExportRequest,
  type ExportRequestRow,
  lockExportRequest,
  subjectsUpTo,
  useExportRequest,
} from './approval-store.ts'
import { activeController } from './controller-acts.ts'
import { countsOf } from './controller-store.ts'
import { demandFresh } from './fresh.ts'
import {
  approvalNeeded,
  approvalUnusable,
  decidedAlready,
  ownRequest,
  personsDecide,
  reasonRequired,
  unknownExportRequest,
} from './refusals.ts'

/** An approval is used within a day, or asked for anew. */
const approvalHours = 24

/** A request with its texts opened. */
export interface ExportRequest extends Omit<ExportRequestRow, 'reason' | 'decidedWhy'> {
  readonly reason: string
  readonly decidedWhy: string | null
}

const textContext = (requestId: string, part: 'reason' | 'decision') => [
  'vault.export_request',
  requestId,
  part,
]

/**
 * Asks for an export of more subjects than the contract lets one person take out alone.
 *
 * @throws {Refusal} what reading for the purpose throws.
 */
export async function askToExport(
  act: Act,
  categories?: readonly string[],
): Promise<{ readonly requestId: string; readonly subjects: number }> {
  const controller = await activeController(act)
  sightOf(act, controller, categories)
  const { controllerId } = controller
  const { subjects } = await countsOf(act.sql, controllerId)
  const requestId = newId()
  await insertExportRequest(act.sql, controllerId, {
    requestId,
    askedBy: act.actor.id,
    askedAt: act.now,
    purpose: act.purpose!,
    reason: sealPersonal(act, controllerId, textContext(requestId, 'reason'), act.reason!),
    categories: categories ?? null,
    subjects,
  })
  act.tell({ requestId, subjects, categories: categories ?? 'all of the purpose' })
  return { requestId, subjects }
}

/** The newest requests with their reasons. */
export async function listExportRequests(act: Act): Promise<Sealed<ExportRequest[]>> {
  const { controllerId } = await activeController(act)
  const rows = await exportRequests(act.sql, controllerId)
  return new Sealed((receipt) => rows.map((row) => opened(act, receipt, row)))
}

function opened(act: Act, receipt: Receipt, row: ExportRequestRow): ExportRequest {
  const open = (part: 'reason' | 'decision', sealed: Buffer) =>
    openPersonal(receipt, act.secrets, controllerOf(act), textContext(row.requestId, part), sealed)
  const { reason, decidedWhy } = row
  return {
    ...row,
    reason: open('reason', reason),
    decidedWhy: decidedWhy && open('decision', decidedWhy),
  }
}

/**
 * A second person approves an export, for one time, or declines it.
 *
 * @throws {Refusal} `vault.own-request`, `vault.persons-decide`, `vault.decided-already`,
 *   `vault.unknown-export-request`, `vault.reason-required`, `vault.fresh-factor-required`.
 */
export async function decideExport(act: Act, requestId: string, approved: boolean): Promise<void> {
  if (act.reason === undefined) throw reasonRequired()
  if (act.actor.kind !== 'person') throw personsDecide()
  demandFresh(act)
  const { controllerId } = await activeController(act)
  const request = await lockExportRequest(act.sql, controllerId, requestId)
  if (request === undefined) throw unknownExportRequest()
  if (request.askedBy === act.actor.id) throw ownRequest()
  if (request.approved !== null) throw decidedAlready()
  await decideExportRequest(act.sql, controllerId, {
    requestId,
    approved,
    decidedBy: act.actor.id,
    decidedAt: act.now,
    decidedWhy: sealPersonal(act, controllerId, textContext(requestId, 'decision'), act.reason),
  })
  act.tell({ requestId, approved, askedBy: request.askedBy })
}

export interface Outgoing {
  readonly categories?: readonly string[]
  /** Only this subject: a second person is not needed. */
  readonly subjectId?: string
  /** Of a request that was approved. */
  readonly approval?: string
}

/**
 * Lets an export begin: a fresh second factor, and above the contract's number of subjects an
 * approval of this very export, which is used up by it.
 *
 * @throws {Refusal} `vault.fresh-factor-required`, `vault.approval-needed`, `vault.approval-unusable`.
 */
export async function beginExport(act: Act, outgoing: Outgoing): Promise<void> {
  const controller = await activeController(act)
  demandPurpose(act, controller)
  demandFresh(act)
  const { subjectId, approval } = outgoing
  const { controllerId, exportAlone } = controller
  if (subjectId !== undefined || act.actor.kind === 'house') return
  const subjects = await subjectsUpTo(act.sql, controllerId, exportAlone)
  if (subjects <= exportAlone) return
  if (approval === undefined) throw approvalNeeded(exportAlone)
  const request = await lockExportRequest(act.sql, controllerId, approval)
  if (request === undefined || !isFor(request, act, outgoing)) throw approvalUnusable()
  await useExportRequest(act.sql, controllerId, approval, act.now)
  act.tell({ approval, approvedBy: request.decidedBy })
}

/** Approved, not used, not too old, and for what is now asked: the same actor, purpose and categories. */
function isFor(request: ExportRequestRow, { actor, purpose, now }: Act, { categories }: Outgoing) {
  const { approved, usedAt, decidedAt, askedBy } = request
  if (approved !== true || usedAt !== null || decidedAt === null) return false
  const sorted = (names: readonly string[] | null | undefined) =>
    JSON.stringify(names == null ? null : [...names].sort())
  return (
    askedBy === actor.id &&
    request.purpose === purpose &&
    sorted(request.categories) === sorted(categories) &&
    now.getTime() - decidedAt.getTime() <= (approvalHours / 24) * dayMs
  )
}
