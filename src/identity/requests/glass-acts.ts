import type { Act } from '#kernel'
import { minuteMs } from '#ground'
import { sealPersonal } from '#keys'
import { demandActor, withNames } from '../accounts/acts.ts'
import { noLongerWaits, notify } from '../persons/notice-acts.ts'
import { peopleWhoMay } from '../persons/notice-store.ts'
import { requestNotePlace } from '../place.ts'
import {
  glassHolder,
  notGlassHolder,
  ownRequest,
  ownRights,
  requestTooLong,
  reviewNotDue,
} from '../refusals.ts'
import { type Asking, demandWaiting, giveFor, keepRequest, openRequests } from './acts.ts'
import {
  deleteGlassHolder,
  glassHolders,
  insertGlassHolder,
  isGlassHolder,
  requestBy,
  setGlassTested,
  setReviewed,
  waitingGlass,
} from './store.ts'

/** Break-glass access is for the emergency, not for the week. */
const glassMinutes = 60

/** The second person has so long to confirm. */
const waitMinutes = 15

/**
 * Says of a person that they may open the glass, together with another. Such an account does not fall
 * asleep; whether it is ready is looked at instead.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.own-rights`, `identity.glass-holder`.
 */
export async function designate(act: Act, personId: string): Promise<void> {
  if (act.actor.id === personId) throw ownRights()
  await demandActor(act, { kind: 'person', id: personId })
  if ((await insertGlassHolder(act.sql, personId, act.actor.id, act.now)) === 0) throw glassHolder()
  act.tell({ personId })
}

/** @throws {Refusal} `identity.not-glass-holder`, `identity.own-rights`. */
export async function undesignate(act: Act, personId: string): Promise<void> {
  if (act.actor.id === personId) throw ownRights()
  if ((await deleteGlassHolder(act.sql, personId)) === 0) throw notGlassHolder()
  act.tell({ personId })
}

export async function listGlassHolders(act: Act) {
  const rows = await glassHolders(act.sql)
  return withNames(
    act,
    rows.map(({ personId }) => personId),
    (nameOf) => rows.map((row) => ({ ...row, name: nameOf(row.personId) ?? null })),
  )
}

/**
 * First of two: a holder asks to open a role for an hour at most. It needs nobody with rights, only a
 * second holder within a quarter of an hour.
 *
 * @throws {Refusal} `identity.not-glass-holder`, `identity.request-too-long`, `identity.unknown-role`.
 */
export async function openGlass(
  act: Act,
  asking: Pick<Asking, 'role' | 'minutes' | 'reason'>,
): Promise<{ requestId: string }> {
  if (!(await isGlassHolder(act.sql, act.actor.id))) throw notGlassHolder()
  if (asking.minutes > glassMinutes) throw requestTooLong(glassMinutes)
  const lapsesAt = new Date(act.now.getTime() + waitMinutes * minuteMs)
  const unconfined = { controllers: null, categories: null, purposes: null }
  const requestId = await keepRequest(act, 'break-glass', { ...asking, ...unconfined }, lapsesAt)
  const others = (await glassHolders(act.sql)).map(({ personId }) => personId)
  await notify(
    act,
    others.filter((id) => id !== act.actor.id),
    'break-glass-asked',
    { role: asking.role, at: lapsesAt.toISOString() },
    { about: requestId, endsAt: lapsesAt },
  )
  return { requestId }
}

/**
 * Second of two: another holder confirms, and the access is open. Everybody who may review it is told
 * at once, and it stays an open task until somebody who was neither has looked at it.
 *
 * @throws {Refusal} `identity.not-glass-holder`, `identity.own-request`, `identity.unknown-request`,
 *   `identity.request-not-open`.
 */
export async function confirmGlass(act: Act, requestId: string): Promise<{ grantId: string }> {
  if (!(await isGlassHolder(act.sql, act.actor.id))) throw notGlassHolder()
  const request = await demandWaiting(act, requestId, 'break-glass')
  if (request.personId === act.actor.id) throw ownRequest()
  const { grantId, endsAt } = await giveFor(act, request)
  for (const personId of [request.personId, act.actor.id])
    await setGlassTested(act.sql, personId, act.now)
  const reviewers = await peopleWhoMay(act.sql, 'identity.break-glass.review', act.now)
  await noLongerWaits(act, 'break-glass-asked', requestId)
  const both = [request.personId, act.actor.id]
  const facts = { role: request.role, at: endsAt.toISOString(), requestId }
  // Neither of the two reviews it, so it is news to them only while it is open.
  const [taking, looking] = [
    reviewers.filter((id) => both.includes(id)),
    reviewers.filter((id) => !both.includes(id)),
  ]
  const open = { about: requestId, endsAt }
  await notify(act, [...new Set([request.personId, ...taking])], 'break-glass-opened', facts, open)
  await notify(act, looking, 'break-glass-opened', facts, { about: requestId })
  return { grantId }
}

/** Whether the acting person was designated, and the break-glass that then waits for a second one. */
export async function listWaitingGlass(act: Act) {
  const isHolder = await isGlassHolder(act.sql, act.actor.id)
  const waiting = isHolder ? await waitingGlass(act.sql, act.now) : []
  return { isHolder, waiting: await openRequests(act, waiting) }
}

/**
 * Writes down what a look at finished break-glass access found. Neither of the two does it.
 *
 * @throws {Refusal} `identity.own-request`, `identity.review-not-due` while it is open, or was reviewed.
 */
export async function reviewGlass(act: Act, requestId: string, note: string): Promise<void> {
  const request = await requestBy(act.sql, requestId)
  if (request === undefined) throw reviewNotDue()
  if ([request.personId, request.decidedBy].includes(act.actor.id)) throw ownRequest()
  const sealed = sealPersonal(act, 'house', requestNotePlace(requestId), note)
  if ((await setReviewed(act.sql, requestId, act.actor.id, sealed, act.now)) === 0)
    throw reviewNotDue()
  await noLongerWaits(act, 'break-glass-opened', requestId)
  act.tell({ requestId, personId: request.personId, note })
}
