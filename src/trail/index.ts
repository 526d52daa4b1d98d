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
import { retentionRoutes } from './retention-routes.ts'
import { restoreRoutes } from './restore-routes.ts'
import { routes } from './routes.ts'
import { savedSearchRoutes } from './saved-search-routes.ts'
import { streamLoops } from './stream-loops.ts'
import { streamRoutes } from './stream-routes.ts'
import { viewRoutes } from './view-routes.ts'

export { AccountTally, accountThings } from './account.ts'
export { type AccountCounts, accountsSince } from './account-store.ts'
export { accountOnce, type Accounts } from './account-flow.ts'
export { type AnchorTurn, anchorTurns } from './anchor-flow.ts'
export { appendEntries, prepareEntry, storeEntries } from './append-acts.ts'
export { provenEntry, signAsHouse, type Standing } from './certify-acts.ts'
export { openNote } from './note.ts'
export { greatestNamed } from './numbers-acts.ts'
export { serveWitness } from './adapters/witness-server.ts'
export { makeWitness, Witness, WitnessError } from './adapters/witness-dir.ts'
export { type EntryPage, openDetails } from './details.ts'
export { erasePayloadsOf } from './erasure-acts.ts'
export {
  type Committed,
  type EntryDraft,
  houseLog,
  type Outcome,
  rootLog,
  type SequencedEntry,
} from './entry.ts'
export type { NewEntry } from './entry-store.ts'
export { toPage } from './entry-wire.ts'
export type { EntryFilter } from './filter.ts'
export { integrateOnce, isOlder } from './integrate-acts.ts'
export { makeFindable } from './lookup-acts.ts'
export { listEntries } from './search-acts.ts'
export { EntryList } from './wire.ts'
export { copyOnce } from './journal-acts.ts'
export { markRestored } from './refill-acts.ts'
export { type Refilled, refillTrail } from './refill-flow.ts'
export { sourceKeyOf } from './leaf.ts'
export { proveConsistency, proveInclusion } from './proof-acts.ts'
export {
  entriesFrom,
  entriesOf,
  headPosition,
  type Suspect,
  type WindowEntry,
} from './read-store.ts'
export { findReceipt, openReceipt, receiptHeader } from './receipt.ts'
export { ReceiptDesk } from './receipt-acts.ts'
export type { Fault, VerifyProgress, VerifyReport } from './report.ts'
export {
  isPublicFile,
  type LogFile,
  readBundle,
  readCheckpoint,
  readLogFile,
  readTile,
} from './serve-acts.ts'
export { placedIn, type Restores, setsOf, type SetEntry, undoneByRestores } from './set-store.ts'
export { parseStatement } from './statement.ts'
export { findLogKeys, type LogKeys } from './signer-acts.ts'
export { openProof } from './proof.ts'
export { noteVerifier } from './signer.ts'
export { isStopped } from './standing-store.ts'
export { packTouched, summarise, type TouchedSummary, unpackTouched } from './touched.ts'
export { type TreeHead, treeHeads } from './tree-store.ts'
export { Verification, type VerifyOptions, verifyTrail } from './verify-acts.ts'

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
