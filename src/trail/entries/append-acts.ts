import { newId, randomBytes } from '#ground'
import type { Secrets, Sql } from '#kernel'
import { saltBytes } from './details.ts'
import { type Committed, type EntryDraft, type EntryFacts, houseLog } from './entry.ts'
import { insertEntries, type NewEntry } from './store.ts'
import {
  isRingGone,
  leafBody,
  payloadContext,
  type Pseudonym,
  pseudonymsOf,
  sha256,
  sourceKeyOf,
} from './leaf.ts'
import { leafHash } from '../tree/merkle.ts'
import { ocsfEvent } from './ocsf.ts'
import { formatStatement } from './statement.ts'
import { nothingTouched, packTouched, summarise, type TouchedSummary } from './touched.ts'

/** As {@link prepareEntry} and {@link storeEntries}, in one step. */
export async function appendEntries(
  sql: Sql,
  secrets: Secrets,
  drafts: readonly EntryDraft[],
): Promise<Committed[]> {
  return storeEntries(
    sql,
    drafts.map((draft) => prepareEntry(secrets, draft)),
  )
}

/**
 * Inserts entries and their pending rows in the caller's transaction: one statement for all.
 *
 * @returns in the order of `entries`. Nothing counts before the transaction commits.
 */
export async function storeEntries(sql: Sql, entries: readonly NewEntry[]): Promise<Committed[]> {
  if (entries.length === 0) return []
  await insertEntries(sql, entries)
  return entries.map(({ entryId, log, leaf, at }) => ({ entryId, log, leafHash: leaf, at }))
}

/** What the table takes; more would be refused there, and with it whatever is stored beside it. */
const longestBody = 1024

/**
 * Makes an entry of a draft: leaf, pseudonyms, sealed payload. A draft that cannot become one fails
 * here, alone, before it shares a statement with others.
 *
 * An entry goes to its controller's log. Where no ring bears that controller's name (an id nobody
 * ever gave out, or a controller whose keys are destroyed) it goes to the house's log, and the id
 * that was claimed stands only in the sealed payload.
 *
 * @throws {RangeError} for a leaf longer than {@link longestBody}, or a set that cannot be packed.
 */
export function prepareEntry(secrets: Secrets, draft: EntryDraft): NewEntry {
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
    grantId: draft.outcome === 'done' ? (draft.grantId ?? null) : null,
    ...summary,
    touched: packTouched(touches),
    statement: formatStatement(draft.declared),
    sourceKey: sourceKeyOf(secrets, draft.source.address),
  }
  const event = JSON.stringify(ocsfEvent(facts.entryId, ring, draft, summary))
  const opened = Buffer.allocUnsafe(saltBytes + Buffer.byteLength(event))
  opened.set(randomBytes(saltBytes))
  opened.write(event, saltBytes)
  const body = leafBody(facts, sha256(opened), pseudonym)
  if (body.length > longestBody) throw new RangeError('the leaf of an entry is at most 1 KiB')
  const payload = secrets.seal(ring, payloadContext(facts.entryId), opened)
  return { ...facts, body, leaf: leafHash(body), payload, subject: onlySubject(draft, summary) }
}

/** The subject an entry concerns, if it concerns exactly one. */
function onlySubject(
  { touched, concerned = new Set() }: EntryDraft,
  { subjects }: TouchedSummary,
): number | null {
  if (subjects > 1) return null
  const all = new Set([...concerned, ...touched.map(({ subject }) => subject)])
  return all.size === 1 ? [...all][0]! : null
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** The log an entry belongs to, which is also the ring its keys come from. */
function ringOf(secrets: Secrets, { scope }: EntryDraft): { ring: string; pseudonym: Pseudonym } {
  if (scope !== 'house' && uuid.test(scope.controllerId)) {
    const ring = scope.controllerId
    try {
      return { ring, pseudonym: pseudonymsOf(secrets, ring) }
    } catch (error) {
      // Any other failure of the keyring must stop the act.
      if (!isRingGone(error)) throw error
    }
  }
  return { ring: houseLog, pseudonym: pseudonymsOf(secrets, houseLog) }
}
