import { Receipt, type Secrets } from '#kernel'
import { isShredded, payloadContext } from './leaf.ts'
import type { PayloadEntry } from './entry.ts'
import type { OcsfEvent } from './ocsf.ts'

/** An entry and what was sealed beside it; no event where it is erased or its keys are destroyed. */
export interface OpenedEntry {
  readonly entry: PayloadEntry
  readonly event: OcsfEvent | undefined
  /** Set where the payload is gone. */
  readonly erased?: true
}

/** A page of a search. */
export interface EntryPage {
  readonly entries: readonly OpenedEntry[]
  readonly next: string | undefined
  /** Placed entries that no search finds yet. */
  readonly behind: number
}

/** Random bytes before the event, so that its digest in the leaf does not help to guess it. */
export const saltBytes = 32

/**
 * The event of an entry, for whoever may see it: names, address, reason, details.
 *
 * @returns undefined when it is erased or its keys are destroyed; the entry itself stays provable.
 * @throws {TypeError} without a true receipt: to look is an act of its own.
 */
export function openDetails(
  receipt: Receipt,
  secrets: Secrets,
  { log, entryId, payload }: Pick<PayloadEntry, 'log' | 'entryId' | 'payload'>,
): OcsfEvent | undefined {
  Receipt.demand(receipt)
  if (payload === null) return undefined
  try {
    const opened = secrets.unseal(log, payloadContext(entryId), payload)
    return JSON.parse(opened.toString('utf8', saltBytes)) as OcsfEvent
  } catch (error) {
    if (isShredded(error)) return undefined
    throw error
  }
}
