import { type Act, type Receipt, Sealed, type Secrets } from '#kernel'
import { openDetails, type OpenedEntry } from './details.ts'
import type { PayloadEntry } from './entry.ts'
import { type ErasedBy, Erasures } from './erasures.ts'
import { proveInclusion } from './proof-acts.ts'
import { type EntryFilter, findEntry, isPending, searchEntries } from './read-store.ts'
import { entryPending, notACursor, unknownEntry } from './refusals.ts'
import { findLogKeys } from './signer-acts.ts'
import { statingEntries } from './verify-store.ts'

const pageLength = 100

export interface EntryPage {
  readonly entries: readonly OpenedEntry[]
  readonly next: string | undefined
}

/** Integrated entries that match, newest first, a page at a time. @throws {Refusal} `trail.not-a-cursor`. */
export async function listEntries(
  act: Act,
  filter: Omit<EntryFilter, 'before'>,
  after: string | undefined,
  limit = pageLength,
): Promise<Sealed<EntryPage>> {
  const cursor = after === undefined ? {} : { before: parseCursor(after) }
  const found = await searchEntries(act.sql, { ...filter, ...cursor }, limit + 1)
  const entries = found.slice(0, limit)
  act.tell({ entries: entries.length })
  const next = found.length > limit ? String(entries.at(-1)!.position) : undefined
  const { secrets } = act
  return new Sealed((receipt) => ({
    entries: entries.map((entry) => openEntry(receipt, secrets, entry)),
    next,
  }))
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
      ? new Erasures(await statingEntries(sql, entry.log)).of(entryId)
      : undefined
  return new Sealed((receipt) => ({
    ...openEntry(receipt, secrets, entry),
    proof,
    verifierKey,
    erasedBy,
  }))
}

function openEntry(receipt: Receipt, secrets: Secrets, entry: PayloadEntry): OpenedEntry {
  const event = openDetails(receipt, secrets, entry)
  return { entry, event, ...(entry.payload === null ? { erased: true } : {}) }
}

function parseCursor(after: string): number {
  if (!/^[1-9]\d{0,15}$/.test(after)) throw notACursor()
  return Number(after)
}
