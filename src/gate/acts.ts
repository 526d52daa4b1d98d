import type { Act } from '#kernel'
import { dayMs } from '#ground'
import { addRefusals, dropRefusals, refusalsSince } from './store.ts'
import type { Bucket } from './tally.ts'

/** Counters older than this say nothing that the trail does not say better. */
const keepDays = 400

/** Tells of refusals at the door: who and how often in the sealed payload, how often in the counters. */
export async function tellRefused(act: Act, bucket: Bucket): Promise<void> {
  const { source, code, count, from, to } = bucket
  await addRefusals(act.sql, to, code, count)
  await dropRefusals(act.sql, new Date(act.now.getTime() - keepDays * dayMs))
  act.tell({ source, code, count, from: from.toISOString(), to: to.toISOString() })
}

/** Refusals at the door in the last 24 hours, by code. */
export async function readRefused(act: Act): Promise<{ code: string; count: number }[]> {
  return refusalsSince(act.sql, new Date(act.now.getTime() - dayMs))
}
