import { createHash } from 'node:crypto'
import { newId } from '#ground'
import { type Act, Sealed } from '#kernel'
import { houseIndex, houseIndexes, houseIndexVersion, openPersonal, sealPersonal } from '#keys'
import { breachContacts, type BreachContact } from '#vault'
import { clocksOf, insertClockEvent } from './clock-store.ts'
import { incidentById, updateIncident } from './incident-store.ts'
import { missingIn, type NoticeBody, type NoticeWording } from './notice.ts'
import {
  deliveriesOf,
  type Delivery,
  insertDelivery,
  lockNotice,
  type Notice,
  noticeById,
  noticePdf,
  noticesOf,
  setApproved,
  setBody,
  setOutcome,
} from './notice-store.ts'
import {
  deleteRecipients,
  dropRecipients,
  insertRecipient,
  recipientsOf,
  recipientsUnderOther,
  updateRecipients,
} from './recipient-store.ts'
import {
  noContacts,
  noticeIncomplete,
  noticeNotApproved,
  noticeNotDraft,
  noticeNotSent,
  personOnly,
  unknownIncident,
  unknownNotice,
} from './refusals.ts'
import { tellTimeline } from './timeline-acts.ts'

/** @throws {Refusal} `incidents.unknown-notice`. */
export async function readNotice({ sql }: Act, noticeId: string): Promise<Notice> {
  const notice = await noticeById(sql, noticeId)
  if (notice === undefined) throw unknownNotice()
  return notice
}

/** @throws {Refusal} `incidents.unknown-incident`. */
export async function noticesFor({ sql }: Act, incidentId: string): Promise<Notice[]> {
  if ((await incidentById(sql, incidentId)) === undefined) throw unknownIncident()
  return noticesOf(sql, incidentId)
}

/**
 * Puts a draft into a person's own words. Numbers and times stay as they were counted.
 *
 * @throws {Refusal} `incidents.unknown-notice`, `incidents.notice-not-draft`.
 */
export async function wordNotice(
  act: Act,
  noticeId: string,
  words: NoticeWording,
): Promise<Notice> {
  const notice = await demandDraft(act, noticeId)
  const { measures = notice.body.measures, ...rest } = words
  await setBody(act.sql, noticeId, { ...notice.body, ...rest, measures })
  act.tell({ noticeId, worded: Object.keys(words) })
  return readNotice(act, noticeId)
}

/**
 * What an approval is given for: the draft's body, which must be complete unless it is a phase.
 *
 * @throws {Refusal} `incidents.notice-not-draft`, `incidents.notice-incomplete` with what is missing,
 *   `incidents.person-only`.
 */
export async function approvable(
  act: Act,
  noticeId: string,
  { asPhase }: { readonly asPhase: boolean },
): Promise<NoticeBody> {
  const { body } = await demandDraft(act, noticeId)
  const missing = missingIn(body)
  if (missing.length > 0 && !asPhase) throw noticeIncomplete(missing)
  if (act.actor.kind !== 'person') throw personOnly()
  return body
}

/**
 * A person stands behind the notice, as the document shows it.
 *
 * @param pdf - rendered from the body that {@link approvable} gave; it is what will be sent.
 * @throws {Refusal} what {@link approvable} throws; `incidents.notice-not-draft` where the draft has
 *   changed since the document was rendered.
 */
export async function approveNotice(
  act: Act,
  noticeId: string,
  {
    asPhase,
    pdf,
    body,
  }: { readonly asPhase: boolean; readonly pdf: Buffer; readonly body: NoticeBody },
): Promise<Notice> {
  const now = await approvable(act, noticeId, { asPhase })
  if (JSON.stringify(now) !== JSON.stringify(body)) throw noticeNotDraft('changed meanwhile')
  const missing = missingIn(now)
  const digest = createHash('sha256').update(pdf).digest()
  const partial = missing.length > 0
  await setApproved(act.sql, { noticeId, partial, pdf, digest, at: act.now, by: act.actor.id })
  await tellTimeline(act, now.incidentId, {
    kind: 'notice-approved',
    sentence: `Notice ${now.reference} to controller ${now.controller.id} is approved${partial ? ' as a phase' : ''}.`,
    facts: { noticeId, missing, pdfSha256: digest.toString('hex') },
  })
  act.tell({ noticeId, partial, missing })
  return readNotice(act, noticeId)
}

/** A notice on its way out: to whom, and who has it already. */
export interface Dispatch {
  readonly notice: Notice
  readonly pdf: Buffer
  /** Contacts that no server has accepted it for yet. */
  readonly contacts: readonly BreachContact[]
}

/**
 * What is to be sent, and to whom. Addresses come out only by the receipt of this act.
 *
 * @throws {Refusal} `incidents.notice-not-approved`, `incidents.no-contacts`.
 */
export async function dispatchOf(act: Act, noticeId: string): Promise<Sealed<Dispatch>> {
  const notice = await demandApproved(act, noticeId)
  const pdf = await noticePdf(act.sql, noticeId)
  if (pdf === undefined) throw new TypeError('an approved notice has a document')
  const contacts = await breachContacts(act, notice.controllerId)
  const reached = await recipientsOf(act.sql, noticeId)
  return new Sealed(async (receipt) => {
    const all = await contacts.open(receipt)
    if (all.length === 0) throw noContacts()
    const has = ({ email }: BreachContact) =>
      houseIndexes(act, use, plainOf(email)).some((key) => reached.some((one) => one.equals(key)))
    return { notice, pdf, contacts: all.filter((one) => !has(one)) }
  })
}

/** The keyed index's use for addresses a notice has reached. */
const use = 'incidents.recipient'

const plainOf = (email: string) => email.trim().toLowerCase()

/** How one try went. */
export interface Attempt {
  readonly email: string
  readonly accepted: boolean
  /** The mail server's answer, or why there was none. */
  readonly answer: string
}

/** Writes down how the sending went; once a server has accepted it for somebody, the clocks are met. */
export async function recordAttempts(
  act: Act,
  noticeId: string,
  attempts: readonly Attempt[],
): Promise<Notice> {
  const notice = await demandApproved(act, noticeId)
  const { controllerId, body } = notice
  for (const { email, accepted, answer } of attempts) {
    const deliveryId = newId()
    await insertDelivery(act.sql, {
      deliveryId,
      noticeId,
      controllerId,
      at: act.now,
      outcome: accepted ? 'accepted' : 'failed',
      sealed: sealPersonal(act, 'house', answerPlace(deliveryId), answer),
    })
    if (accepted)
      await insertRecipient(act.sql, {
        deliveryId,
        noticeId,
        controllerId,
        value: houseIndex(act, use, plainOf(email)),
        version: houseIndexVersion(act),
      })
  }
  const accepted = attempts.filter((one) => one.accepted).length
  const failed = attempts.length - accepted
  await tellTimeline(act, body.incidentId, {
    kind: 'notice-sent',
    sentence: `Notice ${body.reference} to controller ${controllerId}: accepted for ${accepted}, failed for ${failed} contacts.`,
    facts: { noticeId, accepted, failed },
  })
  act.tell({ noticeId, accepted, failed })
  // One who has it is enough for the clock; those who have not stay to be tried again.
  if (accepted > 0) await meetClocks(act, notice)
  if (failed === 0) {
    await setOutcome(act.sql, noticeId, { state: 'sent', at: act.now })
    // All have it: nobody asks any more who had it first.
    await deleteRecipients(act.sql, noticeId)
    await settleIncident(act, body.incidentId)
  }
  return readNotice(act, noticeId)
}

/** A notice about made-up people is sent to nobody, and says so. */
export async function withholdNotice(act: Act, noticeId: string): Promise<Notice> {
  const { controllerId, body } = await demandApproved(act, noticeId)
  const delivery = { deliveryId: newId(), noticeId, controllerId, at: act.now }
  await insertDelivery(act.sql, { ...delivery, outcome: 'withheld', sealed: null })
  await setOutcome(act.sql, noticeId, { state: 'withheld', at: act.now })
  await tellTimeline(act, body.incidentId, {
    kind: 'notice-withheld',
    sentence: `Notice ${body.reference} is withheld: controller ${controllerId} is made up for a drill.`,
    facts: { noticeId },
  })
  await settleIncident(act, body.incidentId)
  act.tell({ noticeId, withheld: true })
  return readNotice(act, noticeId)
}

/**
 * The controller has confirmed that it knows.
 *
 * @throws {Refusal} `incidents.notice-not-sent`.
 */
export async function acknowledgeNotice(act: Act, noticeId: string): Promise<Notice> {
  const notice = await lockNotice(act.sql, noticeId)
  if (notice === undefined) throw unknownNotice()
  if (notice.state !== 'sent') throw noticeNotSent(notice.state)
  await setOutcome(act.sql, noticeId, { state: 'acknowledged', at: act.now })
  const { reference, incidentId } = notice.body
  const sentence = `Notice ${reference} is acknowledged by its controller.`
  await tellTimeline(act, incidentId, {
    kind: 'notice-acknowledged',
    sentence,
    facts: { noticeId },
  })
  act.tell({ noticeId })
  return readNotice(act, noticeId)
}

/** A notice's body, and the document it was approved with where it was. */
export async function noticePdfOf(
  act: Act,
  noticeId: string,
): Promise<{ readonly body: NoticeBody; readonly pdf: Buffer | undefined }> {
  const { body } = await readNotice(act, noticeId)
  return { body, pdf: await noticePdf(act.sql, noticeId) }
}

/** A delivery with the server's answer in the clear. */
export interface OpenDelivery extends Omit<Delivery, 'sealed'> {
  readonly answer: string | null
}

/** A notice and how its delivery went. */
export async function noticeWithDeliveries(
  act: Act,
  noticeId: string,
): Promise<Sealed<{ readonly notice: Notice; readonly deliveries: readonly OpenDelivery[] }>> {
  const notice = await readNotice(act, noticeId)
  const tries = await deliveriesOf(act.sql, noticeId)
  const { secrets } = act
  return new Sealed((receipt) => ({
    notice,
    deliveries: tries.map(({ sealed, deliveryId, controllerId, at, outcome }) => ({
      deliveryId,
      noticeId,
      controllerId,
      at,
      outcome,
      answer:
        sealed === null
          ? null
          : openPersonal(receipt, secrets, 'house', answerPlace(deliveryId), sealed),
    })),
  }))
}

/** Whom notices on their way have reached, made anew: indexes, and no address. */
export interface RecipientsAnew {
  readonly version: number
  readonly anew: readonly { readonly deliveryId: string; readonly value: Buffer }[]
  /** Nobody will be looked up by these: their address is no contact any more. */
  readonly dropped: readonly string[]
}

/** Makes anew what was made under another version of the house's index key, from the contacts of today. */
export async function indexRecipientsAnew(act: Act): Promise<Sealed<RecipientsAnew>> {
  const version = houseIndexVersion(act)
  const old = await recipientsUnderOther(act.sql, version)
  const contacts = new Map<string, Sealed<BreachContact[]>>()
  for (const { controllerId } of old)
    if (!contacts.has(controllerId))
      contacts.set(controllerId, await breachContacts(act, controllerId))
  act.tell({ recipientsIndexedAnew: old.length, toVersion: version })
  return new Sealed(async (receipt) => {
    const anew: { deliveryId: string; value: Buffer }[] = []
    for (const { deliveryId, controllerId, value } of old) {
      const known = (await contacts.get(controllerId)!.open(receipt)).find(({ email }) =>
        houseIndexes(act, use, plainOf(email)).some((key) => key.equals(value)),
      )
      if (known !== undefined)
        anew.push({ deliveryId, value: houseIndex(act, use, plainOf(known.email)) })
    }
    const kept = new Set(anew.map(({ deliveryId }) => deliveryId))
    const dropped = old.map(({ deliveryId }) => deliveryId).filter((id) => !kept.has(id))
    return { version, anew, dropped }
  })
}

/** Puts them in their places. */
export async function placeRecipients(act: Act, { version, anew, dropped }: RecipientsAnew) {
  await updateRecipients(act.sql, version, anew)
  await dropRecipients(act.sql, dropped)
  act.tell({ recipientsPlaced: anew.length, recipientsDropped: dropped.length, version })
}

async function meetClocks(act: Act, { incidentId, controllerId }: Notice): Promise<void> {
  const clocks = await clocksOf(act.sql, incidentId)
  const { kind: actorKind, id: actorId } = act.actor
  for (const { clockId, metAt } of clocks.filter((clock) => clock.controllerId === controllerId)) {
    if (metAt !== null) continue
    const met = { eventId: newId(), clockId, at: act.now, kind: 'met' } as const
    await insertClockEvent(act.sql, { ...met, actorKind, actorId, sealed: null })
  }
}

/** Once every controller has its newest notice, the incident counts as notified. */
async function settleIncident(act: Act, incidentId: string): Promise<void> {
  const waiting = unsentOf(await noticesOf(act.sql, incidentId))
  const incident = await incidentById(act.sql, incidentId)
  if (waiting.length === 0 && incident?.state === 'contained')
    await updateIncident(act.sql, incidentId, { state: 'notified' })
}

/** Notices that still wait for a person or a mail server. */
export const unsentOf = (notices: readonly Notice[]): Notice[] =>
  notices.filter(({ state }) => state === 'draft' || state === 'approved')

async function demandDraft(act: Act, noticeId: string): Promise<Notice> {
  const notice = await lockNotice(act.sql, noticeId)
  if (notice === undefined) throw unknownNotice()
  if (notice.state !== 'draft') throw noticeNotDraft(notice.state)
  return notice
}

async function demandApproved(act: Act, noticeId: string): Promise<Notice> {
  const notice = await lockNotice(act.sql, noticeId)
  if (notice === undefined) throw unknownNotice()
  if (notice.state !== 'approved') throw noticeNotApproved(notice.state)
  return notice
}

const answerPlace = (deliveryId: string) => ['incidents.delivery', 'answer', deliveryId]
