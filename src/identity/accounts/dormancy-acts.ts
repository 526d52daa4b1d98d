import { type Act, Refusal } from '#kernel'
import { dayMs } from '#ground'
import { notify } from '../persons/notice-acts.ts'
import { peopleWhoMay } from '../persons/notice-store.ts'
import { disableActor, withNames } from './acts.ts'
import {
  dormantSince,
  keepLastUse,
  setWarned,
  type Sleeper,
  sweepBefore,
} from './dormancy-store.ts'

/** An account nobody used for so long is disabled; one never used, so long after it was made. */
export const dormantDays = 90

/** Somebody is told so many days before. */
export const warnDays = 14

/** However late the warning came, so many days lie between it and the end. */
const leastWarningDays = 7

/** Ended sessions and old links are kept this long for whoever asks what happened. */
const keepDays = 400

/** The instant from which a sleeping account is disabled. */
function disabledFrom({ createdAt, lastUsedAt, warnedAt }: Sleeper, now: Date): Date {
  const slept = (lastUsedAt ?? createdAt).getTime() + dormantDays * dayMs
  const warned = (warnedAt ?? now).getTime() + leastWarningDays * dayMs
  return new Date(Math.max(slept, warned))
}

/**
 * Tells of accounts that are about to be disabled: a person themselves, on their next page and by mail;
 * of a workload whoever may disable it. An account that may open the glass is exempt.
 */
export async function warnDormant(act: Act): Promise<{ warned: string[] }> {
  const before = new Date(act.now.getTime() - (dormantDays - warnDays) * dayMs)
  const sleepers = (await dormantSince(act.sql, before)).filter(
    ({ warnedAt, exempt }) => warnedAt === null && !exempt,
  )
  const keepers = await peopleWhoMay(act.sql, 'identity.workload.disable', act.now)
  for (const sleeper of sleepers) {
    const at = disabledFrom(sleeper, act.now).toISOString()
    if (sleeper.kind === 'person') await notify(act, [sleeper.id], 'dormant-soon', { at })
    else await notify(act, keepers, 'workload-dormant-soon', { at, workload: sleeper.name ?? '' })
  }
  const warned = sleepers.map(({ id }) => id)
  if (warned.length > 0) await setWarned(act.sql, warned, act.now)
  act.tell({ warned })
  return { warned }
}

/** Accounts nobody used for so many days, used or never used, and what becomes of them. */
export async function listDormant(act: Act, days: number) {
  const rows = await dormantSince(act.sql, new Date(act.now.getTime() - days * dayMs))
  const people = rows.filter(({ kind }) => kind === 'person').map(({ id }) => id)
  return withNames(act, people, (nameOf) =>
    rows.map((row) => ({
      ...row,
      name: row.name ?? nameOf(row.id) ?? null,
      disabledFrom: row.exempt ? null : disabledFrom(row, act.now),
    })),
  )
}

/**
 * Disables every account that has slept too long and was warned, and ends its sessions; the last
 * administrator stays, and the measure says so.
 *
 * @returns ids disabled, and ids left because nobody else could administer.
 */
export async function disableDormant(act: Act): Promise<{ disabled: string[]; kept: string[] }> {
  await keepLastUse(act.sql)
  const disabled: string[] = []
  const kept: string[] = []
  const before = new Date(act.now.getTime() - dormantDays * dayMs)
  for (const sleeper of await dormantSince(act.sql, before)) {
    const { kind, id, warnedAt, exempt } = sleeper
    if (exempt || warnedAt === null || disabledFrom(sleeper, act.now) > act.now) continue
    const ref = { kind, id }
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
