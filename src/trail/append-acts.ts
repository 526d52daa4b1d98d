import { randomBytes } from 'node:crypto'
import { newId } from '#ground'
import type { Secrets, Sql } from '#kernel'
import { saltBytes } from './details.ts'
import { type Committed, type EntryDraft, type EntryFacts, houseLog } from './entry.ts'
import { insertEntries, type NewEntry } from './entry-store.ts'
import {
  isRingGone,
  leafBody,
  payloadContext,
  type Pseudonym,
  pseudonymsOf,
  sha256,
  sourceKeyOf,
} from './leaf.ts'
import { leafHash } from './merkle.ts'
import { ocsfEvent } from './ocsf.ts'
import { nothingTouched, packTouched, summarise } from './touched.ts'

/**
 * Inserts entries and their pending rows in the caller's transaction: one statement for all.
 *
 * An entry goes to its controller's log. Where no ring bears that controller's name (an id nobody
 * ever gave out, or a controller whose keys are destroyed) it goes to the house's log, and the id
 * that was claimed stands only in the sealed payload.
 *
 * @returns in the order of `drafts`. Nothing counts before the transaction commits.
 */
export async function appendEntries(
  sql: Sql,
  secrets: Secrets,
  drafts: readonly EntryDraft[],
): Promise<Committed[]> {
  if (drafts.length === 0) return []
  const entries = drafts.map((draft) => newEntry(secrets, draft))
  await insertEntries(sql, entries)
  return entries.map(({ entryId, log, leaf, at }) => ({ entryId, log, leafHash: leaf, at }))
}

function newEntry(secrets: Secrets, draft: EntryDraft): NewEntry {
  const { ring, pseudonym } = ringOf(secrets, draft)
  const { actor, touched: touches } = draft
  const summary = touches.length === 0 ? nothingTouched : summarise(touches)
  const facts: EntryFacts = {
    entryId: newId(),
    log: ring,
    at: draft.at,
    actorKind: actor.kind,
    actorId: actor.id,
    sessionId: actor.sessionId ?? null,
    credentialId: actor.credentialId ?? null,
    action: draft.action,
    outcome: draft.outcome,
    code: draft.code ?? null,
    purpose: draft.outcome === 'done' ? (draft.purpose ?? null) : null,
    ...summary,
    touched: packTouched(touches),
    sourceKey: sourceKeyOf(secrets, draft.source.address),
  }
  const event = JSON.stringify(ocsfEvent(facts.entryId, ring, draft, summary))
  const opened = Buffer.concat([randomBytes(saltBytes), Buffer.from(event)])
  const body = leafBody(facts, sha256(opened), pseudonym)
  const payload = secrets.seal(ring, payloadContext(facts.entryId), opened)
  return { ...facts, body, leaf: leafHash(body), payload }
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** The log an entry belongs to, which is also the ring its keys come from. */
function ringOf(
  secrets: Secrets,
  { scope, actor }: EntryDraft,
): { ring: string; pseudonym: Pseudonym } {
  if (scope !== 'house' && uuid.test(scope.controllerId)) {
    const pseudonym = pseudonymsOf(secrets, scope.controllerId)
    try {
      pseudonym('actor', actor.id)
      return { ring: scope.controllerId, pseudonym }
    } catch (error) {
      // Any other failure of the keyring must stop the act.
      if (!isRingGone(error)) throw error
    }
  }
  return { ring: houseLog, pseudonym: pseudonymsOf(secrets, houseLog) }
}
