import { type Act, Refusal } from '#kernel'
import { dayMs } from '#ground'
import { disableActor } from './account-acts.ts'
import { dormantSince, keepLastUse, sweepBefore } from './dormancy-store.ts'

/** An account nobody used for so long is disabled; one never used, so long after it was made. */
export const dormantDays = 90

/** Ended sessions and old links are kept this long for whoever asks what happened. */
const keepDays = 400

/**
 * Disables every account that has slept too long, and ends its sessions; the last administrator
 * stays, and the measure says so.
 *
 * @returns ids disabled, and ids left because nobody else could administer.
 */
export async function disableDormant(act: Act): Promise<{ disabled: string[]; kept: string[] }> {
  await keepLastUse(act.sql)
  const disabled: string[] = []
  const kept: string[] = []
  const before = new Date(act.now.getTime() - dormantDays * dayMs)
  for (const ref of await dormantSince(act.sql, before)) {
    await act.sql.run({ text: 'savepoint disabling' })
    try {
      await disableActor(act, ref, 'dormant')
      disabled.push(ref.id)
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'identity.last-administrator')) throw error
      await act.sql.run({ text: 'rollback to savepoint disabling' })
      kept.push(ref.id)
    }
  }
  await sweepBefore(act.sql, act.now, new Date(act.now.getTime() - keepDays * dayMs))
  act.tell({ disabled, kept })
  return { disabled, kept }
}
