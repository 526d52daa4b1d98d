import { dayMs, newId } from '#ground'
import { type Act, controllerOf, type Receipt, Sealed } from '#kernel'
import { openPersonal, sealPersonal } from '#keys'
import { activeController } from '../controllers/acts.ts'
import { eraseSubject, flagSubject } from '../erasure/acts.ts'
import { demandGranted } from '../records/access.ts'
import {
  extendedAlready,
  notInstructed,
  receivedInFuture,
  requestEnded,
  requestKindOther,
  subjectNotNamed,
  tooLateToExtend,
  unknownSubject,
  unknownSubjectRequest,
} from '../refusals.ts'
import { recordStatement } from '../subjects/consent-acts.ts'
import { subjectsById } from '../subjects/store.ts'
import {
  addStep,
  insertRequest,
  moveRequest,
  type OpenRequest,
  requestOf,
  type RequestRow,
  requestsOf,
  stepsOf,
} from './store.ts'
import { type CopyParts, copyOf, fileOfCopy } from './subject-copy-acts.ts'
import {
  dueAfter,
  monthsExtended,
  monthsToAnswer,
  type RequestFacts,
  type RequestKind,
  type RequestStep,
  type StepWhat,
} from './subject-request.ts'

const textContext = (requestId: string, place: string) => [
  'vault.subject_request',
  requestId,
  place,
]

export interface NewRequestTerms {
  readonly kind: RequestKind
  /** What was asked, in the subject's words or in ours. */
  readonly asked: string
  readonly subjectId?: string
  /** When it reached us, where that was before now. */
  readonly receivedAt?: Date
}

/**
 * Takes a data subject's request in. Its time runs from its receipt, by whichever door it came.
 *
 * @throws {Refusal} `vault.received-in-future`, `vault.unknown-subject`.
 * @see GDPR Art. 12(3).
 */
export async function receiveRequest(act: Act, terms: NewRequestTerms): Promise<RequestFacts> {
  const { controllerId } = await activeController(act)
  const { kind, asked, subjectId = null, receivedAt = act.now } = terms
  if (receivedAt > act.now) throw receivedInFuture()
  if (subjectId !== null) await demandSubject(act, subjectId)
  const requestId = newId()
  const dueAt = dueAfter(receivedAt, monthsToAnswer)
  await insertRequest(act.sql, {
    controllerId,
    requestId,
    kind,
    subjectId,
    receivedAt,
    dueAt,
    asked: sealPersonal(act, controllerId, textContext(requestId, 'asked'), asked),
  })
  await step(act, requestId, 'received', { dueAt: dueAt.toISOString() })
  act.tell({ requestId, kind, dueAt: dueAt.toISOString() })
  const open = { state: 'received' as const, extendedAt: null, endedAt: null }
  return { requestId, kind, subjectId, receivedAt, dueAt, ...open }
}

/** A request with its steps, opened. @throws {Refusal} `vault.unknown-subject-request`. */
export async function readRequest(
  act: Act,
  requestId: string,
): Promise<Sealed<RequestFacts & { readonly asked: string; readonly steps: RequestStep[] }>> {
  const controllerId = controllerOf(act)
  const request = await requestOf(act.sql, controllerId, requestId)
  if (request === undefined) throw unknownSubjectRequest()
  const steps = await stepsOf(act.sql, controllerId, requestId)
  const { asked, ...facts } = request
  return new Sealed((receipt) => {
    const open = (place: string, sealed: Buffer) =>
      openPersonal(receipt, act.secrets, controllerId, textContext(requestId, place), sealed)
    return {
      ...facts,
      asked: open('asked', asked),
      steps: steps.map((one) => ({ ...one, said: one.said && open(one.what, one.said) })),
    }
  })
}

/** Requests that are open, or all of the act's controller; those due first come first. */
export function listRequests(act: Act, open: boolean): Promise<OpenRequest[]> {
  const controllerId = act.scope === 'house' ? null : act.scope.controllerId
  return requestsOf(act.sql, { controllerId, open })
}

/** Says whom a request is about. */
export async function nameSubject(act: Act, requestId: string, subjectId: string): Promise<void> {
  await openRequest(act, requestId)
  await demandSubject(act, subjectId)
  await moveRequest(act.sql, controllerOf(act), requestId, { subjectId })
  await step(act, requestId, 'found', { subjectId })
}

/**
 * Tells that the request was passed on to the controller, whose it is to decide.
 *
 * @param how - to whom and by which way.
 * @see GDPR Art. 28(3)(e).
 */
export async function forwardRequest(act: Act, requestId: string, how: string): Promise<void> {
  await openRequest(act, requestId)
  await moveRequest(act.sql, controllerOf(act), requestId, { state: 'forwarded' })
  await step(act, requestId, 'forwarded', {}, how)
}

/** What was asked, in its words. */
export const openTextOf = (act: Act, receipt: Receipt, requestId: string, asked: Buffer): string =>
  openPersonal(receipt, act.secrets, controllerOf(act), textContext(requestId, 'asked'), asked)

/** Notes a mailing: forwarded where it reached somebody. One instructed already stays so. */
export async function noteForwarded(
  act: Act,
  requestId: string,
  {
    facts,
    said,
    reached,
  }: {
    readonly facts: Readonly<Record<string, unknown>>
    readonly said: string
    readonly reached: boolean
  },
): Promise<'forwarded' | 'unsent'> {
  const { state } = await openRequest(act, requestId)
  const what = reached ? 'forwarded' : 'unsent'
  if (reached && state === 'received')
    await moveRequest(act.sql, controllerOf(act), requestId, { state: 'forwarded' })
  await step(act, requestId, what, facts, said)
  return what
}

/**
 * Keeps the controller's instruction: to do what was asked, or to decline it.
 *
 * @param instruction - its words; they are the ground for what we do (GDPR Art. 28(3)(a)).
 */
export async function instructRequest(
  act: Act,
  requestId: string,
  { comply, instruction }: { readonly comply: boolean; readonly instruction: string },
): Promise<void> {
  await openRequest(act, requestId)
  const controllerId = controllerOf(act)
  await step(act, requestId, 'instructed', { comply }, instruction)
  if (comply) return moveRequest(act.sql, controllerId, requestId, { state: 'instructed' })
  await end(act, requestId, 'declined', {})
}

/**
 * Gives a request two months more. The subject must hear of it, with the reason, within the first.
 *
 * @throws {Refusal} `vault.extended-already`, `vault.too-late-to-extend`.
 * @see GDPR Art. 12(3), second and third sentence.
 */
export async function extendRequest(act: Act, requestId: string, why: string): Promise<Date> {
  const { receivedAt, dueAt, extendedAt } = await openRequest(act, requestId)
  if (extendedAt !== null) throw extendedAlready()
  if (act.now > dueAt) throw tooLateToExtend()
  const later = dueAfter(receivedAt, monthsExtended)
  const extended = { dueAt: later, extendedAt: act.now }
  await moveRequest(act.sql, controllerOf(act), requestId, extended)
  await step(act, requestId, 'extended', { dueAt: later.toISOString() }, why)
  return later
}

/**
 * Does what the controller instructed, in the same act, and ends the request with the proof of it:
 * the certificate of an erasure, a restriction, an objection; or that data was put right.
 *
 * @param purposes - of an objection: what the subject objects to.
 * @throws {Refusal} `vault.not-instructed`, `vault.subject-not-named`, and what the deed throws.
 */
export async function carryOut(
  act: Act,
  requestId: string,
  purposes: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const { kind, subjectId } = await instructed(act, requestId)
  const facts = await deedOf(act, kind, subjectId, { requestId, purposes })
  await end(act, requestId, 'done', facts)
  return facts
}

async function deedOf(
  act: Act,
  kind: RequestKind,
  subjectId: string,
  { requestId, purposes }: { readonly requestId: string; readonly purposes: readonly string[] },
): Promise<Readonly<Record<string, unknown>>> {
  const reason = `request ${requestId}`
  switch (kind) {
    case 'erasure':
      return { ...(await eraseSubject(act, subjectId, reason)) }
    case 'restriction':
      return flagSubject(act, subjectId, { restricted: true }, reason)
    case 'objection': {
      if (purposes.length === 0) throw requestKindOther(kind)
      const kept: string[] = []
      for (const purpose of purposes) {
        const said = { purpose, kind: 'objection' as const, stands: true, evidence: reason }
        kept.push((await recordStatement(act, subjectId, said, reason)).consentId)
      }
      return { purposes, consentIds: kept }
    }
    case 'rectification':
      // What was wrong was put right before, field by field, each with its own entry.
      return { subjectId }
    default:
      // Access and portability end with the copy that is handed out.
      throw requestKindOther(kind)
  }
}

/**
 * Hands out the subject's own copy and ends the request with it. All categories, in full, restricted
 * or not: it is the subject's own.
 *
 * @throws {Refusal} `vault.not-instructed`, `vault.request-kind-other` where a copy was not asked for;
 *   the permission's own code where a category is not granted.
 * @see GDPR Art. 15(3) and 20(1).
 */
export async function answerRequest(act: Act, requestId: string): Promise<Sealed<CopyParts>> {
  const { kind, subjectId } = await instructed(act, requestId)
  if (kind !== 'access' && kind !== 'portability') throw requestKindOther(kind)
  const controller = await activeController(act)
  for (const { name } of controller.categories) demandGranted(act, name)
  const copy = await copyOf(act, controller, subjectId)
  await end(act, requestId, 'done', { subjectId, records: act.touched.length })
  return copy
}

/** How long after its copy the files of a request are still given out: what broke off is fetched again. */
const filesDays = 7

/**
 * One file of the subject's own copy. It may come before the copy, and some days after.
 *
 * @throws {Refusal} as {@link answerRequest}; `vault.unknown-attachment`, `vault.request-ended` once
 *   those days are over.
 */
export async function answerWithFile(act: Act, requestId: string, attachmentId: string) {
  const controller = await activeController(act)
  const request = await requestOf(act.sql, controller.controllerId, requestId)
  if (request === undefined) throw unknownSubjectRequest()
  const { kind, subjectId, state, endedAt } = request
  if (kind !== 'access' && kind !== 'portability') throw requestKindOther(kind)
  if (state !== 'instructed' && state !== 'done') throw notInstructed()
  if (endedAt !== null && act.now.getTime() - endedAt.getTime() > filesDays * dayMs)
    throw requestEnded()
  if (subjectId === null) throw subjectNotNamed()
  for (const { name } of controller.categories) demandGranted(act, name)
  act.tell({ requestId })
  return fileOfCopy(act, controller, subjectId, attachmentId)
}

async function demandSubject(act: Act, subjectId: string): Promise<void> {
  const [subject] = await subjectsById(act.sql, controllerOf(act), [subjectId])
  if (subject === undefined) throw unknownSubject()
}

/**
 * A request that has not ended; locked where it is to change.
 *
 * @throws {Refusal} `vault.unknown-subject-request`, `vault.request-ended`.
 */
export async function openRequest(act: Act, requestId: string, locked = true): Promise<RequestRow> {
  await activeController(act)
  const request = await requestOf(act.sql, controllerOf(act), requestId, locked)
  if (request === undefined) throw unknownSubjectRequest()
  if (request.endedAt !== null) throw requestEnded()
  return request
}

async function instructed(act: Act, requestId: string) {
  const { state, kind, subjectId } = await openRequest(act, requestId)
  if (state !== 'instructed') throw notInstructed()
  if (subjectId === null) throw subjectNotNamed()
  return { kind, subjectId }
}

async function end(
  act: Act,
  requestId: string,
  state: 'done' | 'declined',
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await moveRequest(act.sql, controllerOf(act), requestId, { state, endedAt: act.now })
  await step(act, requestId, state, facts)
}

async function step(
  act: Act,
  requestId: string,
  what: StepWhat,
  facts: Readonly<Record<string, unknown>>,
  said?: string,
): Promise<void> {
  const controllerId = controllerOf(act)
  await addStep(act.sql, controllerId, requestId, {
    what,
    at: act.now,
    actorId: act.actor.id,
    facts,
    said:
      said === undefined
        ? null
        : sealPersonal(act, controllerId, textContext(requestId, what), said),
  })
  act.tell({ requestId, step: what })
}
