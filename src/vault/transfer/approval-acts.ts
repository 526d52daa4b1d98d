import { dayMs, isFuture, newId } from '#ground'
import { type Act, controllerOf, type Receipt, Sealed } from '#kernel'
import { couldActAs, noLongerWaits, notify, tellDeciders } from '#identity'
import { openPersonal, sealPersonal } from '#keys'
import { activeController } from '../controllers/acts.ts'
import { countsOf } from '../controllers/store.ts'
import { demandPurpose, sightOf } from '../records/access.ts'
import {
  approvalNeeded,
  approvalUnusable,
  decidedAlready,
  ownRequest,
  personsDecide,
  reasonRequired,
  requestLapsed,
  unknownExportRequest,
  unknownSubject,
} from '../refusals.ts'
import { subjectsById } from '../subjects/store.ts'
import {
  decideExportRequest,
  exportRequests,
  goOnFrom,
  insertExportRequest,
  type ExportRequestRow,
  lockExportRequest,
  subjectsUpTo,
  useExportRequest,
} from './approval-store.ts'
import type { ExportFormat } from './export.ts'
import { demandFresh } from './fresh.ts'

/** An approval is used within a day, or asked for anew. */
const approvalDays = 1
/** And a request is decided within a week: what was asked long ago is hardly what is wanted now. */
const openDays = 7

/** A request with its texts opened. */
export interface ExportRequest extends Pick<
  ExportRequestRow,
  | 'requestId'
  | 'askedBy'
  | 'askedAt'
  | 'purpose'
  | 'categories'
  | 'subjects'
  | 'approved'
  | 'decidedBy'
  | 'decidedAt'
  | 'usedAt'
  | 'format'
  | 'goneOn'
> {
  readonly reason: string
  readonly decidedWhy: string | null
  /** Until when it can be decided. */
  readonly lapsesAt: Date
  /** Until when the export may begin or go on; null where it was not approved. */
  readonly goodUntil: Date | null
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
  const facts = { controllerId, subjects: String(subjects) }
  const end = { about: requestId, endsAt: lapsesAt(act.now) }
  await tellDeciders(act, 'vault.export-request.decide', 'export-asked', facts, end)
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
  const { requestId, askedBy, askedAt, purpose, categories, subjects, approved } = row
  const { reason, decidedBy, decidedAt, decidedWhy, usedAt, format, goneOn } = row
  return {
    requestId,
    askedBy,
    askedAt,
    purpose,
    categories,
    subjects,
    approved,
    decidedBy,
    decidedAt,
    usedAt,
    format,
    goneOn,
    reason: open('reason', reason),
    decidedWhy: decidedWhy && open('decision', decidedWhy),
    lapsesAt: lapsesAt(askedAt),
    goodUntil: goodUntil(row),
  }
}

/**
 * A second person approves an export, or declines it.
 *
 * @throws {Refusal} `vault.own-request`, `vault.persons-decide`, `vault.decided-already`,
 *   `vault.request-lapsed`, `vault.unknown-export-request`, `vault.reason-required`,
 *   `vault.fresh-factor-required`.
 */
export async function decideExport(act: Act, requestId: string, approved: boolean): Promise<void> {
  if (act.reason === undefined) throw reasonRequired()
  if (act.actor.kind !== 'person') throw personsDecide()
  demandFresh(act)
  const { controllerId } = await activeController(act)
  const request = await lockExportRequest(act.sql, controllerId, requestId)
  if (request === undefined) throw unknownExportRequest()
  const { askedBy, askedAt } = request
  if (askedBy === act.actor.id || (await couldActAs(act, askedBy, askedAt))) throw ownRequest()
  if (request.approved !== null) throw decidedAlready()
  if (act.now > lapsesAt(askedAt)) throw requestLapsed()
  await decideExportRequest(act.sql, controllerId, {
    requestId,
    approved,
    decidedBy: act.actor.id,
    decidedAt: act.now,
    decidedWhy: sealPersonal(act, controllerId, textContext(requestId, 'decision'), act.reason),
  })
  await noLongerWaits(act, 'export-asked', requestId)
  const endsAt = daysAfter(act.now, approvalDays)
  const facts = { controllerId, at: endsAt.toISOString() }
  if (approved) await notify(act, [askedBy], 'export-approved', facts, { about: requestId, endsAt })
  else await notify(act, [askedBy], 'export-declined', facts, { about: requestId })
  act.tell({ requestId, approved, askedBy: request.askedBy })
}

export interface Outgoing {
  readonly categories?: readonly string[]
  /** Only this subject: a second person is not needed. */
  readonly subjectId?: string
  /** Of a request that was approved. */
  readonly approval?: string
  readonly format?: ExportFormat
  /** Only those after this subject: an export that broke off goes on. */
  readonly after?: string
}

/** What an approval lets out: it says how far it has left, and ends where it was to end. */
export interface Leave {
  readonly approval: string
  /** The ordinal of the last subject there was when the export began. */
  readonly upTo: number
}

/**
 * Lets an export begin: a fresh second factor, and above the contract's number of subjects an
 * approval of this very export, which is used up by it. An export that broke off goes on under the
 * same approval, in its day, from where it had come.
 *
 * @returns undefined where no approval was needed.
 * @throws {Refusal} `vault.fresh-factor-required`, `vault.approval-needed`, `vault.approval-unusable`,
 *   `vault.unknown-subject`.
 */
export async function beginExport(act: Act, outgoing: Outgoing): Promise<Leave | undefined> {
  const controller = await activeController(act)
  demandPurpose(act, controller)
  demandFresh(act)
  const { subjectId, approval, format = 'ndjson', after } = outgoing
  const { controllerId, exportAlone } = controller
  if (subjectId !== undefined || act.actor.kind === 'house') return undefined
  const subjects = await subjectsUpTo(act.sql, controllerId, exportAlone)
  if (subjects <= exportAlone) return undefined
  if (approval === undefined) throw approvalNeeded(exportAlone)
  const request = await lockExportRequest(act.sql, controllerId, approval)
  if (request === undefined || !isFor(request, act, outgoing)) throw approvalUnusable()
  const from = await ordinalOf(act, after)
  act.tell({ approval, approvedBy: request.decidedBy, from })
  if (request.usedAt === null) {
    await noLongerWaits(act, 'export-approved', approval)
    const use = { at: act.now, format, from }
    return { approval, upTo: await useExportRequest(act.sql, controllerId, approval, use) }
  }
  if (!goesOn(request, format, from)) throw approvalUnusable()
  await goOnFrom(act.sql, controllerId, approval, from)
  act.tell({ goesOn: request.goneOn + 1 })
  return { approval, upTo: request.upTo! }
}

/**
 * Whether this is the export that used the approval, going on: in the same format, with nothing left
 * out, and further than it began before. Only where hardly anything has left does it begin there again.
 */
function goesOn(request: ExportRequestRow, format: string, from: number): boolean {
  const { upTo, begunFrom, leftTo, leftBatches } = request
  if (upTo === null || begunFrom === null || request.format !== format) return false
  if (from === begunFrom) return leftBatches <= 1
  return from > begunFrom && leftTo !== null && from <= leftTo
}

const daysAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * dayMs)

const lapsesAt = (askedAt: Date): Date => daysAfter(askedAt, openDays)

const goodUntil = ({ approved, decidedAt }: ExportRequestRow): Date | null =>
  approved !== true || decidedAt === null ? null : daysAfter(decidedAt, approvalDays)

/** Approved, not too old, and for what is now asked: the same actor, purpose and categories. */
function isFor(request: ExportRequestRow, { actor, purpose, now }: Act, { categories }: Outgoing) {
  const { askedBy, decidedAt } = request
  const until = goodUntil(request)
  if (until === null || now > until || isFuture(decidedAt!, now)) return false
  const sorted = (names: readonly string[] | null | undefined) =>
    JSON.stringify(names == null ? null : [...names].sort())
  return (
    askedBy === actor.id &&
    request.purpose === purpose &&
    sorted(request.categories) === sorted(categories)
  )
}

/** Of a subject, live or erased since; 0 for none. @throws {Refusal} `vault.unknown-subject`. */
export async function ordinalOf(act: Act, subjectId: string | undefined): Promise<number> {
  if (subjectId === undefined) return 0
  const [subject] = await subjectsById(act.sql, controllerOf(act), [subjectId])
  if (subject === undefined) throw unknownSubject()
  return subject.ordinal
}
