import type { Act } from '#kernel'
import { rootLog } from '../entries/entry.ts'
import { logOf } from './pack-acts.ts'
import { bodiesOf } from '../entries/read-store.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { headOf } from './view-store.ts'

/** A log from its reader's side. */
export interface LogHead {
  readonly log: string
  readonly size: number
  readonly signedSize: number
  readonly signedAt: Date | undefined
  readonly origin: string | undefined
  readonly verifierKey: string | undefined
  readonly rootVerifierKey: string | undefined
  readonly rootCosignerKey: string | undefined
}

/** How far the act's own log has come, and the keys to check it with. */
export async function viewLog(act: Act): Promise<LogHead> {
  const log = logOf(act)
  const head = await headOf(act.sql, log)
  const keys = await findLogKeys(act.sql)
  act.tell({ log })
  return {
    log,
    size: head?.size ?? 0,
    signedSize: head?.signedSize ?? 0,
    signedAt: head?.signedAt ?? undefined,
    origin: keys?.originOf(log),
    verifierKey: keys?.verifierKey(log),
    rootVerifierKey: keys?.verifierKey(rootLog),
    rootCosignerKey: keys?.cosignerKey(rootLog),
  }
}

export interface LeafPage {
  readonly size: number
  readonly items: readonly { readonly index: number; readonly leaf: object }[]
  readonly next: number | undefined
}

const pageLength = 100

/** The act's own log, newest first, each entry as its leaf tells it: nothing that names anybody. */
export async function listLeaves(
  act: Act,
  before = Number.MAX_SAFE_INTEGER,
  limit = pageLength,
): Promise<LeafPage> {
  const log = logOf(act)
  const size = (await headOf(act.sql, log))?.size ?? 0
  const end = Math.min(before, size)
  const start = Math.max(0, end - limit)
  const bodies = await bodiesOf(act.sql, log, start, end)
  act.tell({ log, entries: bodies.length })
  const items = bodies.map((body, i) => ({
    index: start + i,
    leaf: JSON.parse(body.toString('utf8')) as object,
  }))
  return { size, items: items.toReversed(), next: start > 0 ? start : undefined }
}
