import type { Act } from '#kernel'
import { houseLog } from '../entries/entry.ts'
import {
  type Due,
  dueUnder,
  letMonthGo,
  pruneBundles,
  retention,
  stateMonthGone,
} from './retention-acts.ts'

/** Crosses the threshold once, in a log's own scope. */
export type StepIn = <T>(
  scope: 'house' | { readonly controllerId: string },
  deed: (act: Act) => Promise<T>,
) => Promise<T>

const scopeOf = (log: string) => (log === houseLog ? 'house' : { controllerId: log })

/**
 * Lets go what the policy in force lets go. Each log states first that its payloads of a month are
 * gone, and then the month goes: a crash in between leaves more than was said, never less, and the
 * next run ends it. What a hold lies on stays, and nothing is said of it.
 *
 * @returns what was due, held or not.
 */
export async function applyRetention(step: StepIn): Promise<Due> {
  const due = await step('house', async (act) => dueUnder(act, await retention(act)))
  for (const { month, logs } of due.months) {
    const going = logs.filter(({ held }) => !held)
    for (const { log } of going) await step(scopeOf(log), (act) => stateMonthGone(act, month))
    if (going.length > 0) await step('house', (act) => letMonthGo(act, month))
  }
  for (const { log, minimum, held } of due.bundles) {
    if (!held) await step(scopeOf(log), (act) => pruneBundles(act, minimum))
  }
  return due
}
