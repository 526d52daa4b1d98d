import type { Sql } from '#kernel'
import { findSigningStop } from '../tree/checkpoint-store.ts'
import { rootLog } from '../entries/entry.ts'
import { backlog, type LogOverview, logOverviews } from './overview-store.ts'
import { allCopied, type Copied } from '../restore/journal-store.ts'
import { headPosition } from '../entries/read-store.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { readStanding } from '../restore/standing-store.ts'

export interface TrailOverview {
  readonly logs: readonly (LogOverview & {
    readonly origin?: string
    readonly verifierKey?: string
    readonly cosignerKey?: string
  })[]
  readonly pending: number
  /** Age of the oldest entry that has no place yet; 0 when none waits. */
  readonly lagSeconds: number
  /** Since when the database is a restored one that nobody has settled. */
  readonly restoredAt: Date | null
  /** How many names the logs have had. */
  readonly generation: number
  readonly copies: readonly (Copied & { readonly behind: number })[]
  readonly stop: { readonly at: Date; readonly because: string } | undefined
}

/** How the trail stands: its trees, what waits, and whether it signs. */
export async function overview(sql: Sql, now: Date): Promise<TrailOverview> {
  const keys = await findLogKeys(sql)
  const { pending, oldest } = await backlog(sql)
  const logs = (await logOverviews(sql)).map((head) => ({
    ...head,
    ...(keys && { origin: keys.originOf(head.log), verifierKey: keys.verifierKey(head.log) }),
    ...(keys && head.log === rootLog ? { cosignerKey: keys.cosignerKey(head.log) } : {}),
  }))
  const { restoredAt } = await readStanding(sql)
  const position = await headPosition(sql)
  const copies = (await allCopied(sql)).map((copied) => ({
    ...copied,
    behind: Math.max(0, position - copied.position),
  }))
  return {
    logs,
    pending,
    restoredAt,
    copies,
    generation: keys?.generation ?? 1,
    lagSeconds: oldest === null ? 0 : Math.max(0, now.getTime() - oldest.getTime()) / 1000,
    stop: await findSigningStop(sql),
  }
}
