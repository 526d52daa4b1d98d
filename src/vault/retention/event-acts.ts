import { type Act, controllerOf } from '#kernel'
import { activeController } from '../controllers/acts.ts'
import { lockSubject } from '../erasure/acts.ts'
import { demandGranted } from '../records/access.ts'
import { redateRecords } from '../records/store.ts'
import { eventNotAgreed, reasonRequired } from '../refusals.ts'
import { setEvent } from './event-store.ts'
import { longestRetention, type Redated } from './retention.ts'

export interface EventFacts {
  /** A name that a category counts its retention from. */
  readonly event: string
  /** The day it happened, `2026-03-31`, or null where it was withdrawn. Its end (UTC) starts the time. */
  readonly on: string | null
}

/**
 * Writes down that an event happened to a subject, such as the end of its contract, and dates the
 * records that wait for it.
 *
 * @throws {Refusal} `vault.event-not-agreed`, `vault.reason-required`, `vault.unknown-subject`,
 *   `vault.subject-erased`, and the permission's own code where a category that waits is not granted.
 */
export async function recordEvent(
  act: Act,
  subjectId: string,
  { event, on }: EventFacts,
): Promise<Redated[]> {
  if (act.reason === undefined) throw reasonRequired()
  const controller = await activeController(act)
  const waiting = controller.categories.filter(({ retainFrom }) => retainFrom === event)
  if (waiting.length === 0) throw eventNotAgreed()
  // It decides when their records end.
  for (const { name } of waiting) demandGranted(act, name)
  const subject = await lockSubject(act, subjectId)
  const controllerId = controllerOf(act)
  const happenedAt = on === null ? null : new Date(`${on}T24:00:00Z`)
  await setEvent(act.sql, controllerId, { subjectId, event, happenedAt })
  const redated: Redated[] = []
  for (const { name, bit, retainDays, retainFrom } of waiting) {
    const ending = { controllerId, bit, retainDays, retainFrom, longestRetention }
    for (const { ordinal, eraseAfter } of await redateRecords(act.sql, ending, subjectId)) {
      act.touch({ subject: subject.ordinal, record: ordinal, category: bit })
      redated.push({ category: name, eraseAfter })
    }
  }
  act.tell({ event, on, records: redated.length })
  return redated
}
