/**
 * Trail: everything that happened, in order, so that nobody can unsay it.
 *
 * @module
 */
import type { Room } from '#kernel'

export { appendEntries } from './append-acts.ts'
export {
  type Committed,
  type EntryDraft,
  houseLog,
  type Outcome,
  rootLog,
  type SequencedEntry,
} from './entry.ts'
export { packTouched, summarise, type TouchedSummary, unpackTouched } from './touched.ts'

export const trail: Room = { name: 'trail' }
