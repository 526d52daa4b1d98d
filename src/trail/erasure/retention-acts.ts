import { enqueue, newId } from '#ground'
import { type Act, Sealed } from '#kernel'
import { houseLog } from '../entries/entry.ts'
import { type Hold, insertHold, liftHold, listHolds } from './hold-store.ts'
import { hasRing } from '../entries/leaf.ts'
import { bundlesGoFirst, reasonMissing, unknownHold } from '../refusals.ts'
import {
  bundleStart,
  firstIdAt,
  isRetention,
  monthName,
  monthsBack,
  monthsBetween,
  type Retention,
} from './retention.ts'
import {
  currentRetention,
  cutsAt,
  dropMonth,
  insertRetention,
  makeMonth,
  type MonthOfLog,
  oldestPayload,
  payloadsOfMonth,
  raiseMinimum,
  unmadeMonths,
} from './retention-store.ts'

/** Partitions that stand ready: this month's and the next three. */
const monthsAhead = 3

/** What goes, and what a hold keeps. */
export interface Due {
  readonly months: readonly { readonly month: Date; readonly logs: readonly MonthOfLog[] }[]
  readonly bundles: readonly {
    readonly log: string
    readonly from: number
    readonly minimum: number
    readonly held: boolean
  }[]
}

/** What would go now under a policy: a look, nothing else. */
export async function dueUnder({ sql, now }: Act, policy: Retention): Promise<Due> {
  const { payloadMonths, bundleMonths } = policy
  const oldest = payloadMonths === null ? undefined : await oldestPayload(sql)
  const past = oldest === undefined ? [] : monthsBetween(oldest, monthsBack(now, payloadMonths!))
  const months = []
  for (const month of past) {
    const logs = await payloadsOfMonth(sql, month)
    if (logs.length > 0) months.push({ month, logs })
  }
  const cuts = bundleMonths === null ? [] : await cutsAt(sql, monthsBack(now, bundleMonths))
  const bundles = cuts
    .map(({ log, minimum, signed, first, held }) => ({
      log,
      held,
      from: minimum,
      minimum: bundleStart(Math.min(signed, first ?? signed)),
    }))
    .filter(({ from, minimum }) => minimum > from)
  return { months, bundles }
}

/** The policy in force. */
export function retention(act: Act): Promise<Retention & { readonly at: Date }> {
  return currentRetention(act.sql)
}

/** Promises another retention. @throws {Refusal} `trail.bundles-go-first`. */
export async function promiseRetention(act: Act, policy: Retention): Promise<void> {
  if (!isRetention(policy)) throw bundlesGoFirst()
  const { at: _, ...before } = await currentRetention(act.sql)
  await insertRetention(act.sql, newId(), act.now, policy)
  act.tell({ before, after: policy })
}

/** The job that lets go what the retention lets go. */
export const retainAction = 'trail.retain'

/** Has the retention in force applied now. @returns what is due. */
export async function askToRetain(act: Act): Promise<Due> {
  const due = await dueUnder(act, await currentRetention(act.sql))
  await enqueue(act.sql, retainAction, {})
  act.tell({ months: due.months.map(({ month }) => monthName(month)), bundles: due.bundles })
  return due
}

/** States in the act's own log that all its payloads of a month are gone. The month goes afterwards. */
export async function stateMonthGone(act: Act, month: Date): Promise<void> {
  const [from, until] = [firstIdAt(month), firstIdAt(monthsBack(month, -1))]
  const log = act.scope === 'house' ? houseLog : act.scope.controllerId
  // Without its ring the log has ended, and the entry goes to the house's.
  if (hasRing(act.secrets, log)) act.declare({ erases: { from, until } })
  act.tell({ month: monthName(month) })
}

/** Drops a month of payloads, after each log concerned has stated it. */
export async function letMonthGo(act: Act, month: Date): Promise<void> {
  const how = await dropMonth(act.sql, month, act.now)
  act.tell({ month: monthName(month), how })
}

/** Moves the minimum index of the act's log up. */
export async function pruneBundles(act: Act, minimum: number): Promise<boolean> {
  const log = act.scope === 'house' ? houseLog : act.scope.controllerId
  const raised = await raiseMinimum(act.sql, log, minimum)
  if (raised && hasRing(act.secrets, log)) act.declare({ prunes: { minimum } })
  act.tell({ minimum, raised })
  return raised
}

/** Months that want a partition. */
export function monthsToMake({ sql, now }: Pick<Act, 'sql' | 'now'>): Promise<Date[]> {
  return unmadeMonths(sql, monthsBetween(now, monthsBack(now, -monthsAhead - 1)))
}

export async function makeMonths(act: Act): Promise<void> {
  const months = await monthsToMake(act)
  for (const month of months) await makeMonth(act.sql, month)
  act.tell({ months: months.map(monthName) })
}

const holdContext = (holdId: string) => ['trail.hold', holdId]

/** Lays a legal hold on one log, or on all. @throws {Refusal} `trail.reason-required`. */
export async function layHold(act: Act, log: string | null, reason: string): Promise<string> {
  if (reason.trim() === '') throw reasonMissing()
  const holdId = newId()
  const sealed = act.secrets.seal(houseLog, holdContext(holdId), Buffer.from(reason))
  await insertHold(act.sql, {
    holdId,
    log,
    laidAt: act.now,
    laidBy: act.actor.id,
    reason: sealed,
  })
  act.tell({ holdId, log: log ?? 'all', why: reason })
  return holdId
}

/** Lifts a hold; what it kept goes with the next turn. @throws {Refusal} `trail.unknown-hold`, `trail.reason-required`. */
export async function endHold(act: Act, holdId: string, reason: string): Promise<void> {
  if (reason.trim() === '') throw reasonMissing()
  if (!(await liftHold(act.sql, holdId, act.now, act.actor.id))) throw unknownHold()
  act.tell({ holdId, why: reason })
}

/** Every hold with its reason. */
export async function holds(
  act: Act,
): Promise<Sealed<(Omit<Hold, 'reason'> & { readonly reason: string })[]>> {
  const all = await listHolds(act.sql)
  const { secrets } = act
  return new Sealed(() =>
    all.map((hold) => ({
      ...hold,
      reason: secrets.unseal(houseLog, holdContext(hold.holdId), hold.reason).toString('utf8'),
    })),
  )
}
