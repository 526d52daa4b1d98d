/**
 * Trail: everything that happened, in order, so that nobody can unsay it.
 *
 * Life of an entry: {@link appendEntries} writes it in the act's own transaction,
 * {@link integrateOnce} gives it its place in its tree and signs, {@link verifyTrail} looks whether
 * all of it still stands.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { retentionRoutes } from './erasure/retention-routes.ts'
import { restoreRoutes } from './restore/routes.ts'
import { routes } from './routes.ts'
import { savedSearchRoutes } from './search/saved-routes.ts'
import { streamLoops } from './streams/stream-loops.ts'
import { streamRoutes } from './streams/routes.ts'
import { viewRoutes } from './verification/view-routes.ts'

export { AccountTally, accountThings } from './receipts/account.ts'
export { type AccountCounts, accountsSince } from './receipts/account-store.ts'
export { accountOnce, type Accounts } from './receipts/account-flow.ts'
export { type AnchorTurn, anchorTurns } from './anchors/flow.ts'
export { appendEntries, prepareEntry, storeEntries } from './entries/append-acts.ts'
export { provenEntry, signAsHouse, type Standing } from './receipts/certify-acts.ts'
export { openNote } from './tree/note.ts'
export { greatestNamed } from './restore/numbers-acts.ts'
export { serveWitness } from './adapters/witness-server.ts'
export { makeWitness, Witness, WitnessError } from './adapters/witness-dir.ts'
export { type EntryPage, openDetails } from './entries/details.ts'
export { erasePayloadsOf } from './erasure/acts.ts'
export {
  type Committed,
  type EntryDraft,
  houseLog,
  type Outcome,
  rootLog,
  type SequencedEntry,
} from './entries/entry.ts'
export type { NewEntry } from './entries/store.ts'
export { toPage } from './entries/wire.ts'
export type { EntryFilter } from './search/filter.ts'
export { integrateOnce, isOlder } from './tree/integrate-acts.ts'
export { makeFindable } from './search/lookup-acts.ts'
export { listEntries } from './search/acts.ts'
export { EntryList } from './wire.ts'
export { copyOnce } from './restore/journal-acts.ts'
export { markRestored } from './restore/refill-acts.ts'
export { type Refilled, refillTrail } from './restore/refill-flow.ts'
export { sourceKeyOf } from './entries/leaf.ts'
export { proveConsistency, proveInclusion } from './tree/proof-acts.ts'
export {
  entriesFrom,
  entriesOf,
  headPosition,
  type Suspect,
  type WindowEntry,
} from './entries/read-store.ts'
export { findReceipt, openReceipt, receiptHeader } from './receipts/receipt.ts'
export { ReceiptDesk } from './receipts/acts.ts'
export type { Fault, VerifyProgress, VerifyReport } from './verification/report.ts'
export {
  isPublicFile,
  type LogFile,
  logName,
  readBundle,
  readCheckpoint,
  readLogFile,
  readTile,
} from './tree/serve-acts.ts'
export { readStatements } from './verification/statement-acts.ts'
export {
  placedIn,
  type Restores,
  setsOf,
  type SetEntry,
  undoneByRestores,
} from './entries/set-store.ts'
export { parseStatement } from './entries/statement.ts'
export { findLogKeys, type LogKeys } from './tree/signer-acts.ts'
export { openProof } from './tree/proof.ts'
export { noteVerifier } from './tree/signer.ts'
export { isStopped } from './restore/standing-store.ts'
export { packTouched, summarise, type TouchedSummary, unpackTouched } from './entries/touched.ts'
export { type TreeHead, treeHeads } from './tree/store.ts'
export { Verification, type VerifyOptions, verifyTrail } from './verification/acts.ts'

export const trail: Room = {
  name: 'trail',
  routes: [
    ...routes,
    ...viewRoutes,
    ...retentionRoutes,
    ...restoreRoutes,
    ...savedSearchRoutes,
    ...streamRoutes,
  ],
  jobs,
  loops: [...loops, ...streamLoops],
  measures,
}
