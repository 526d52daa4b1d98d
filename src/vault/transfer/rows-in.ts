import { archiveRows } from './archive.ts'
import { csvRows } from './csv-in.ts'
import type { ImportFormat, RowIn } from './import.ts'
import type { Incoming } from './incoming.ts'
import { jsonRows } from './json-in.ts'

const readers: {
  readonly [F in ImportFormat]: (incoming: Incoming) => AsyncGenerator<RowIn>
} = { csv: csvRows, ndjson: jsonRows, archive: archiveRows }

/**
 * Reads rows one at a time, never more than a chunk ahead: whoever takes slowly slows the sender.
 *
 * A row that cannot be read is one bad row. What makes the rest unreadable throws.
 *
 * @throws {Refusal} `vault.import-interrupted` when the stream breaks off, `vault.import-malformed`
 *   for what is no UTF-8 or no CSV, `vault.import-column-missing`, `vault.archive-incomplete`.
 */
export const rowsOf = (incoming: Incoming): AsyncGenerator<RowIn> =>
  readers[incoming.format](incoming)
