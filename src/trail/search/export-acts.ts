import { type Act, type Cross, Sealed, Streamed } from '#kernel'
import { type Exported, type ExportFormat, fileNames, formats, mediaTypes } from './export.ts'
import type { EntryFilter } from './filter.ts'
import { reasonMissing } from '../refusals.ts'
import { openEntry } from './acts.ts'
import { lookupPosition } from './store.ts'
import { searchEntries } from './walk-acts.ts'
import { findLogKeys } from '../tree/signer-acts.ts'

/** Entries of one act. */
const batchLength = 500

interface ExportBatch {
  readonly entries: readonly Exported[]
  /** The position to go on after; undefined at the end. */
  readonly next: number | undefined
  /** Nothing behind this position belongs to the export: it must end. */
  readonly end: number
}

/**
 * What matches, oldest first, as a file. Each batch leaves after its own entry is committed; what
 * came into the trail after the first of them stays out.
 *
 * @param asked - the filter in the caller's words, for the entry.
 * @throws {Refusal} `trail.reason-required`.
 */
export function exportEntries(
  cross: Cross,
  filter: EntryFilter,
  format: ExportFormat,
  asked: Readonly<Record<string, unknown>>,
): Streamed {
  async function* pieces(): AsyncGenerator<string> {
    const { head, line } = formats[format]
    let after: number | undefined = 0
    let end: number | undefined
    while (after !== undefined) {
      const [from, until]: [number, number | undefined] = [after, end]
      const isFirst = until === undefined
      const batch: ExportBatch = await cross(async (act) => {
        if (act.reason === undefined) throw reasonMissing()
        act.tell({ format, ...(isFirst ? { asked } : {}) })
        return exportBatch(act, filter, from, until)
      }, 'read')
      yield `${isFirst ? head : ''}${batch.entries.map(line).join('')}`
      ;({ next: after, end } = batch)
    }
  }
  return new Streamed(mediaTypes[format], pieces(), fileNames[format])
}

async function exportBatch(
  act: Act,
  filter: EntryFilter,
  after: number,
  until: number | undefined,
): Promise<Sealed<ExportBatch>> {
  const { sql, secrets } = act
  const end = until ?? (await lookupPosition(sql))
  const window = { newestFirst: false, after, before: end + 1, limit: batchLength }
  const entries = await searchEntries(sql, filter, window)
  const keys = await findLogKeys(sql)
  act.tell({ after, entries: entries.length })
  const next = entries.length < batchLength ? undefined : entries.at(-1)!.position
  return new Sealed((receipt) => ({
    entries: entries.map((entry) => ({
      opened: openEntry(receipt, secrets, entry),
      place: { origin: keys?.originOf(entry.log) },
    })),
    next,
    end,
  }))
}
