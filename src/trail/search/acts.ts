import { type Act, type Receipt, Sealed, type Secrets, type Sql } from '#kernel'
import { type EntryPage, openDetails, type OpenedEntry } from '../entries/details.ts'
import type { PayloadEntry } from '../entries/entry.ts'
import { type ErasedBy, Erasures } from '../erasure/erasures.ts'
import { proveInclusion } from '../tree/proof-acts.ts'
import type { EntryFilter, EntryWindow } from './filter.ts'
import { lookupBehind } from './lookup-store.ts'
import { findEntry, isPending } from '../entries/read-store.ts'
import { entryPending, notACursor, unknownEntry } from '../refusals.ts'
import { searchEntries } from './walk-acts.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { statingOf } from '../verification/store.ts'

const pageLength = 100

/**
 * Entries that match any of the filters, newest first, a page at a time.
 *
 * @throws {Refusal} `trail.not-a-cursor`.
 */
export async function listEntries(
  act: Act,
  filters: readonly EntryFilter[],
  after: string | undefined,
  limit = pageLength,
): Promise<Sealed<EntryPage>> {
  const before = after === undefined ? {} : { before: parseCursor(after) }
  const window = { newestFirst: true, ...before, limit: limit + 1 }
  const found = await searchAny(act.sql, filters, window)
  const entries = found.slice(0, limit)
  const behind = await lookupBehind(act.sql)
  act.tell({ entries: entries.length })
  const next = found.length > limit ? String(entries.at(-1)!.position) : undefined
  const { secrets } = act
  return new Sealed((receipt) => ({
    entries: entries.map((entry) => openEntry(receipt, secrets, entry)),
    next,
    behind,
  }))
}

/** Each entry once, whichever of the filters it matches. */
async function searchAny(
  sql: Sql,
  filters: readonly EntryFilter[],
  window: EntryWindow,
): Promise<PayloadEntry[]> {
  const found = new Map<number, PayloadEntry>()
  for (const filter of filters)
    for (const entry of await searchEntries(sql, filter, window)) found.set(entry.position, entry)
  const sign = window.newestFirst ? -1 : 1
  return [...found.values()].sort((a, b) => sign * (a.position - b.position)).slice(0, window.limit)
}

export interface ProvenEntry extends OpenedEntry {
  readonly proof: string | undefined
  readonly verifierKey: string | undefined
  /** Which entry erased the payload. */
  readonly erasedBy: ErasedBy | undefined
}

/** One entry with the proof that it stands in its log. @throws {Refusal} `trail.unknown-entry`, `trail.entry-pending`. */
export async function readEntry(act: Act, entryId: string): Promise<Sealed<ProvenEntry>> {
  const { sql, secrets } = act
  const entry = await findEntry(sql, entryId)
  if (entry === undefined) throw (await isPending(sql, entryId)) ? entryPending() : unknownEntry()
  act.tell({ entryId })
  const proof = await proveInclusion(sql, entry.log, entry.index)
  const verifierKey = (await findLogKeys(sql))?.verifierKey(entry.log)
  const erasedBy =
    entry.payload === null
      ? new Erasures().add(await statingOf(sql, entry.log, entryId)).of(entryId)
      : undefined
  return new Sealed((receipt) => ({
    ...openEntry(receipt, secrets, entry),
    proof,
    verifierKey,
    erasedBy,
  }))
}

export function openEntry(receipt: Receipt, secrets: Secrets, entry: PayloadEntry): OpenedEntry {
  const event = openDetails(receipt, secrets, entry)
  return { entry, event, ...(entry.payload === null ? { erased: true } : {}) }
}

function parseCursor(after: string): number {
  if (!/^[1-9]\d{0,15}$/.test(after)) throw notACursor()
  return Number(after)
}
