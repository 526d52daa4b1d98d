import { type Act, controllerOf } from '#kernel'
import { greatestNamed } from '#trail'
import { lockCounters, nextOrdinals, raiseOrdinals } from '../subjects/store.ts'
import { listControllers } from './store.ts'

/**
 * Numbers left out where nobody knows which were given: more than are given between two backups, and few
 * enough that the column holds more than a hundred leaps.
 */
export const leap = 2 ** 24

/**
 * After a restore the counters are those of the backup, while the trail may name, or come to name, numbers that
 * were given later. Nobody new gets one of those: else who read the one were told of the other, and a
 * breach counted wrong for both. Raises the act's controller's counters past every number that entries
 * behind `position` name; where they may not be all that come, by a leap. The entry states it publicly.
 *
 * @param isWhole - whether the trail holds already what it ever will of the time after the backup.
 * @returns whether anything changed. Calling it again without a leap changes nothing.
 */
export async function numberOn(
  act: Act,
  { position, isWhole }: { readonly position: number; readonly isWhole: boolean },
): Promise<boolean> {
  const controllerId = controllerOf(act)
  await lockCounters(act.sql, controllerId)
  const named = await greatestNamed(act.sql, controllerId, position)
  if (isWhole) return numberPast(act, named)
  const next = await nextOrdinals(act.sql, controllerId)
  return numberPast(act, {
    subject: Math.max(next.firstSubject - 1, named.subject) + leap,
    record: Math.max(next.firstRecord - 1, named.record) + leap,
  })
}

/** Gives out no number again up to these. @returns whether the counters were not past them yet. */
export async function numberPast(
  act: Act,
  { subject, record }: { readonly subject: number; readonly record: number },
): Promise<boolean> {
  const raised = await raiseOrdinals(act.sql, controllerOf(act), {
    firstSubject: subject + 1,
    firstRecord: record + 1,
  })
  if (raised === undefined) return false
  act.declare({ numbers: { record: raised.firstRecord, subject: raised.firstSubject } })
  return true
}

/** Controllers that somebody new could be put in of. */
export async function numberedControllers({ sql }: Act): Promise<string[]> {
  const all = await listControllers(sql, true)
  return all.filter(({ state }) => state !== 'left').map(({ controllerId }) => controllerId)
}
