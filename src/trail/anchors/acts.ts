import { newId } from '#ground'
import type { HouseCross, Sql } from '#kernel'
import { anchors, behindSince, insertAnchor, markFailed, markReached, signedHead } from './store.ts'
import {
  type Anchor,
  type AnchorState,
  type Claim,
  claimOf,
  type SignedHead,
  stateOf,
} from './rung.ts'

/** An anchor as people see it. */
export interface SeenAnchor extends Anchor {
  readonly state: AnchorState
  /** For how long it could have had the oldest root checkpoint that it lacks; 0 when it lacks none. */
  readonly lagSeconds: number
}

/** Every anchor with its state, and what may be claimed by them together. */
export async function seeAnchors(
  sql: Sql,
  now: Date,
): Promise<{ readonly anchors: SeenAnchor[]; readonly claim: Claim }> {
  const head = await signedHead(sql)
  const all = await anchors(sql)
  const seen: SeenAnchor[] = []
  for (const anchor of all) {
    const since = await behindSince(sql, anchor.size ?? 0)
    const from = Math.max(since?.getTime() ?? now.getTime(), anchor.addedAt.getTime())
    const lagSeconds = Math.max(0, now.getTime() - from) / 1000
    seen.push({ ...anchor, state: stateOf(anchor, head, now), lagSeconds })
  }
  return { anchors: seen, claim: claimOf(all, head, now) }
}

/** What may be claimed at `now`. */
export async function claimNow(sql: Sql, now: Date): Promise<Claim> {
  return claimOf(await anchors(sql), await signedHead(sql), now)
}

/**
 * Writes down how an attempt to anchor went. Only a change leaves an entry (it fails now; it holds
 * again): an entry for each success would be something new to anchor, and the log would never rest.
 */
export async function settle(
  sql: Sql,
  cross: HouseCross,
  anchor: Anchor,
  outcome: { readonly held: SignedHead } | { readonly failure: string },
  now: Date,
): Promise<void> {
  const write = (on: Sql) =>
    'held' in outcome
      ? markReached(on, anchor.anchorId, outcome.held, now)
      : markFailed(on, anchor.anchorId, outcome.failure, now)
  const fails = 'failure' in outcome
  if (fails === (anchor.failure !== null)) return write(sql)
  await cross({ action: 'trail.anchor.tell' }, async (act) => {
    const { kind, name, failingSince } = anchor
    act.tell({
      kind,
      name,
      ...(fails
        ? { failure: outcome.failure }
        : { failedFrom: failingSince?.toISOString(), holdsAgain: true }),
    })
    await write(act.sql)
  })
}

/** One sentence on an error met outside: what the other side said, never a stack, never a secret of ours. */
export function failureOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (/^(?:Timeout|Abort|Deadline)Error$/.test(name)) return 'It did not answer in time.'
  // fetch says only that it failed; its cause says why.
  const isBare = error instanceof TypeError && cause instanceof Error
  if (isBare) return `It could not be reached: ${cause.message || cause.name}.`
  const [why = ''] = (message || name).slice(0, 300).split('\n')
  return why.endsWith('.') ? why : `${why}.`
}

/** The anchor that stands for the copy in this store; made when it is first seen. */
export async function anchorOfStore(sql: Sql, name: string, now: Date): Promise<Anchor> {
  const made = {
    anchorId: newId(),
    kind: 'copy' as const,
    name,
    url: null,
    key: null,
    heldBy: '',
    everyMinutes: 0,
    addedAt: now,
  }
  const there = await insertAnchor(sql, made)
  return there ?? (await anchors(sql)).find((a) => a.kind === 'copy' && a.name === name)!
}
