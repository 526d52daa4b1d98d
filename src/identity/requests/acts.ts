import { type Act, Sealed } from '#kernel'
import { hourMs, minuteMs, newId } from '#ground'
import { openPersonal, sealPersonal } from '#keys'
import { personNames } from '../accounts/actor-store.ts'
import { openPerson } from '../accounts/acts.ts'
import { noLongerWaits, notify, tellDeciders } from '../persons/notice-acts.ts'
import { requestNotePlace, requestReasonPlace } from '../place.ts'
import {
  changedAndApproves,
  grantEmpty,
  ownRequest,
  requestNotOpen,
  requestsTooMany,
  requestTooLong,
  unknownRequest,
} from '../refusals.ts'
import { putGrant, roleNamed, tryGrant } from '../rights/grant-acts.ts'
import { demandPersonal } from '../rights/role.ts'
import {
  changerOf,
  countOpen,
  insertRequest,
  lapseRequests,
  listedRequests,
  type RequestKind,
  type RequestRow,
  requestBy,
  setDecision,
} from './store.ts'

/** A request nobody answers lapses after so long. */
const openHours = 72

/** Access asked for in time ends after a week at the latest. */
export const longestMinutes = 7 * 24 * 60

/** So many requests of one person may wait at once. */
const mostOpen = 10

export interface Asking {
  readonly role: string
  readonly controllers: readonly string[] | null
  readonly categories: readonly string[] | null
  readonly purposes: readonly string[] | null
  readonly minutes: number
  readonly reason: string
}

/**
 * Asks for a role for a time. Somebody else who may approves; nobody answers, and it lapses.
 *
 * @throws {Refusal} `identity.unknown-role`, `identity.role-for-workloads`, `identity.grant-empty`,
 *   `identity.request-too-long`, `identity.requests-too-many`, and what would refuse the grant itself (`identity.roles-conflict`,
 *   `identity.policy-broken`).
 */
export async function askAccess(act: Act, asking: Asking): Promise<{ requestId: string }> {
  if (asking.minutes > longestMinutes) throw requestTooLong(longestMinutes)
  const lapsesAt = new Date(act.now.getTime() + openHours * hourMs)
  const request = await keepRequest(act, 'request', asking, lapsesAt)
  const facts = { role: asking.role, at: lapsesAt.toISOString() }
  const end = { about: request, endsAt: lapsesAt }
  await tellDeciders(act, 'identity.request.approve', 'request-asked', facts, end)
  return { requestId: request }
}

/** Keeps a request with its reason sealed; whether the grant would be refused is said now, not later. */
export async function keepRequest(
  act: Act,
  kind: RequestKind,
  { reason, ...asking }: Asking,
  lapsesAt: Date,
): Promise<string> {
  const { actor, sql, now } = act
  if ([asking.controllers, asking.categories, asking.purposes].some((list) => list?.length === 0))
    throw grantEmpty()
  demandPersonal(await roleNamed(act, asking.role))
  if (((await countOpen(sql, actor.id, now))?.n ?? 0) >= mostOpen) throw requestsTooMany(mostOpen)
  await tryGrant(act, { ...asking, actorId: actor.id, expiresAt: null })
  const id = newId()
  await insertRequest(sql, {
    ...asking,
    id,
    kind,
    personId: actor.id,
    reason: sealPersonal(act, 'house', requestReasonPlace(id), reason),
    createdAt: now,
    lapsesAt,
  })
  act.tell({ requestId: id, kind, ...asking, reason })
  return id
}

/** @throws {Refusal} `identity.unknown-request`, `identity.request-not-open`. */
export async function demandWaiting(
  act: Act,
  requestId: string,
  kind: RequestKind,
): Promise<RequestRow> {
  const request = await requestBy(act.sql, requestId)
  if (request === undefined || request.kind !== kind) throw unknownRequest()
  if (request.decision !== null || request.lapsesAt <= act.now) throw requestNotOpen()
  return request
}

/**
 * Says yes: the role is granted from now on for the minutes asked for, and ends by itself. Nobody
 * approves their own request, nor one for a role they made what it is.
 *
 * @throws {Refusal} `identity.unknown-request`, `identity.request-not-open`, `identity.own-request`,
 *   `identity.changed-and-approves`, `identity.roles-conflict`, `identity.policy-broken`.
 */
export async function approveRequest(act: Act, requestId: string): Promise<{ grantId: string }> {
  const request = await demandWaiting(act, requestId, 'request')
  if (request.personId === act.actor.id) throw ownRequest()
  if ((await changerOf(act.sql, request.role)) === act.actor.id) throw changedAndApproves()
  const { grantId, endsAt } = await giveFor(act, request)
  await noLongerWaits(act, 'request-asked', requestId)
  const facts = { role: request.role, at: endsAt.toISOString() }
  await notify(act, [request.personId], 'request-approved', facts, { endsAt })
  return { grantId }
}

/** The grant a request asks for, ending by itself. */
export async function giveFor(
  act: Act,
  request: RequestRow,
): Promise<{ grantId: string; endsAt: Date }> {
  const { id, kind, personId: actorId, role, controllers, categories, purposes, minutes } = request
  const endsAt = new Date(act.now.getTime() + minutes * minuteMs)
  const granting = { actorId, role, controllers, categories, purposes, expiresAt: endsAt }
  const { grantId } = await putGrant(act, granting, kind)
  const by = { by: act.actor.id, at: act.now }
  await setDecision(act.sql, { id, decision: 'approved', grantId, ...by })
  act.tell({ requestId: id, personId: actorId })
  return { grantId, endsAt }
}

/** Says no. @throws {Refusal} `identity.unknown-request`, `identity.request-not-open`, `identity.own-request`. */
export async function refuseRequest(act: Act, requestId: string): Promise<void> {
  const request = await demandWaiting(act, requestId, 'request')
  if (request.personId === act.actor.id) throw ownRequest()
  const by = { by: act.actor.id, at: act.now, grantId: null }
  await setDecision(act.sql, { id: requestId, decision: 'refused', ...by })
  await noLongerWaits(act, 'request-asked', requestId)
  await notify(act, [request.personId], 'request-refused', { role: request.role })
  act.tell({ requestId, personId: request.personId, role: request.role })
}

/** Takes back one's own request. @throws {Refusal} `identity.unknown-request`, `identity.request-not-open`. */
export async function withdrawRequest(act: Act, requestId: string): Promise<void> {
  const request = await requestBy(act.sql, requestId)
  if (request === undefined || request.personId !== act.actor.id) throw unknownRequest()
  if (request.decision !== null) throw requestNotOpen()
  const by = { by: act.actor.id, at: act.now, grantId: null }
  await setDecision(act.sql, { id: requestId, decision: 'withdrawn', ...by })
  await noLongerWaits(
    act,
    request.kind === 'request' ? 'request-asked' : 'break-glass-asked',
    requestId,
  )
  act.tell({ requestId })
}

/** Ends what nobody answered in time. */
export async function lapseUnanswered(act: Act): Promise<void> {
  act.tell({ lapsed: await lapseRequests(act.sql, act.now) })
}

/** The newest requests with their reasons: everybody's, or one's own. */
export async function listRequests(act: Act, personId: string | null) {
  return openRequests(act, await listedRequests(act.sql, personId))
}

/** Requests with names and reasons, once a receipt opens them. */
export async function openRequests(act: Act, rows: readonly RequestRow[]) {
  const { secrets } = act
  const persons = await personNames(act.sql, [...new Set(rows.map(({ personId }) => personId))])
  return new Sealed((receipt) => {
    const names = new Map(persons.map((p) => [p.id, openPerson(receipt, secrets, p).name]))
    const open = (place: readonly string[], blob: Buffer) =>
      openPersonal(receipt, secrets, 'house', place, blob)
    return rows.map(({ reason, reviewNote, ...row }) => ({
      ...row,
      personName: names.get(row.personId) ?? null,
      reason: open(requestReasonPlace(row.id), reason),
      reviewNote: reviewNote === null ? null : open(requestNotePlace(row.id), reviewNote),
    }))
  })
}
