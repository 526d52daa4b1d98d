import { type Act, Sealed, type Sql } from '#kernel'
import { openPersonal, sealPersonal } from '#keys'
import { readCursor } from './cursor-store.ts'
import { callingFindings, findingById, listFindings, settle, tracesFor } from './finding-store.ts'
import type { Finding, FindingState, Trace } from './finding.ts'
import { findingSettled, unknownFinding } from './refusals.ts'

export interface FindingPage {
  readonly items: readonly Finding[]
  /** Id to give as `before` for the next page. */
  readonly next: string | undefined
}

export interface TracedFinding extends Finding {
  readonly traces: readonly Trace[]
}

/** A finding whose dismissal says why, in the clear. */
export interface OpenFinding extends TracedFinding {
  readonly reason: string | null
}

/** Findings, newest first. */
export async function findingsPage(
  act: Act,
  { state, before, limit = 50 }: { state?: FindingState; before?: string; limit?: number },
): Promise<FindingPage> {
  const rows = await listFindings(act.sql, {
    state: state ?? null,
    before: before ?? null,
    limit: limit + 1,
  })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? items.at(-1)?.findingId : undefined }
}

/** @throws {Refusal} `watch.unknown-finding`. */
export async function readFinding(act: Act, findingId: string): Promise<Sealed<OpenFinding>> {
  const finding = await findingById(act.sql, findingId)
  if (finding === undefined) throw unknownFinding()
  const traces = await tracesFor(act.sql, [findingId])
  const { settledReason: sealed } = finding
  const { secrets } = act
  return new Sealed((receipt) => ({
    ...finding,
    traces,
    reason:
      sealed === null
        ? null
        : openPersonal(receipt, secrets, 'house', reasonPlace(findingId), sealed),
  }))
}

/**
 * A person judges an open finding to be nothing. What it counted becomes part of the habit.
 *
 * @throws {Refusal} `watch.unknown-finding`, `watch.finding-settled`.
 */
export async function dismissFinding(
  act: Act,
  { findingId, reason }: { readonly findingId: string; readonly reason: string },
): Promise<Sealed<OpenFinding>> {
  const sealed = sealPersonal(act, 'house', reasonPlace(findingId), reason)
  const settling = {
    findingId,
    from: ['open'],
    to: 'dismissed',
    now: act.now,
    by: act.actor.id,
  } as const
  if ((await settle(act.sql, { ...settling, reason: sealed })) === 0) {
    const finding = await findingById(act.sql, findingId)
    throw finding === undefined ? unknownFinding() : findingSettled(finding.state)
  }
  act.tell({ findingId, reason })
  return readFinding(act, findingId)
}

/**
 * Findings that call for an incident, with their sessions: certain or high, alive, and not of our
 * own checks. For `incidents`.
 */
export async function findingsCalling(act: Act): Promise<TracedFinding[]> {
  const findings = await callingFindings(act.sql)
  const traces = await tracesFor(
    act.sql,
    findings.map(({ findingId }) => findingId),
  )
  return findings.map((finding) => ({
    ...finding,
    traces: traces.filter(({ findingId }) => findingId === finding.findingId),
  }))
}

/** An incident takes a finding up, or closes and lets it go. For `incidents`. */
export async function moveFinding(
  act: Act,
  findingId: string,
  to: Extract<FindingState, 'incident' | 'closed'>,
): Promise<void> {
  const from = to === 'incident' ? (['open'] as const) : (['incident'] as const)
  await settle(act.sql, { findingId, from, to, now: act.now, by: act.actor.id, reason: null })
}

const reasonPlace = (findingId: string) => ['watch.finding', 'settled-reason', findingId]

/** How many findings were made or extended so far. A plain look that needs no controller's rows. */
export const noticedSoFar = async (sql: Sql): Promise<number> => (await readCursor(sql)).noticed
