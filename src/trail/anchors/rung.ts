import { hourMs, isRecent, minuteMs } from '#ground'

/** Where the root checkpoint is held outside of this installation. */
export type AnchorKind = 'copy' | 'witness' | 'timestamp'

/** One anchor, and how far it has come. */
export interface Anchor {
  readonly anchorId: string
  readonly kind: AnchorKind
  /** A witness by its key's name, an authority by its host, a copy by its store. */
  readonly name: string
  readonly url: string | null
  /** A witness's verifier key, an authority's certificate (PEM). */
  readonly key: string | null
  /** Who runs it, in words. */
  readonly heldBy: string
  /** It is asked no more often than this, whole minutes. */
  readonly everyMinutes: number
  readonly addedAt: Date
  /** Size of the root tree it holds, when that was signed, and since when it has it. */
  readonly size: number | null
  readonly signedAt: Date | null
  readonly reachedAt: Date | null
  /** When the store last refused to destroy what lies there locked. Copies only. */
  readonly lockedAt: Date | null
  readonly failingSince: Date | null
  readonly failure: string | null
}

/** `new`: nothing reached it yet, and it has had no time to. `loose`: it is there, but its owner could change it. */
export type AnchorState = 'fresh' | 'new' | 'stale' | 'loose'

/** How far the claim about tampering may go, and the words for it. */
export interface Claim {
  /** 0 signed by ourselves; 1 a copy that nobody can change; 2 a witness; 3 and its time proven. */
  readonly rung: number
  readonly words: 'tamper-detecting' | 'tamper-evident'
  readonly means: string
}

/** Behind for longer than this, or for three of its turns, an anchor is stale: it proves nothing of now. */
const shortestLimitMs = 15 * minuteMs

/** What stands at the head of the root tree, signed. */
export interface SignedHead {
  readonly size: number
  readonly at: Date
}

/** Whether an anchor holds what it is there for, at `now`. */
export function stateOf(anchor: Anchor, head: SignedHead | undefined, now: Date): AnchorState {
  const { kind, addedAt, everyMinutes, size, reachedAt, lockedAt } = anchor
  const limit = Math.max(shortestLimitMs, 3 * everyMinutes * minuteMs)
  const isWithin = (at: Date) => isRecent(at, now, limit)
  if (reachedAt === null) return isWithin(addedAt) ? 'new' : 'stale'
  // A tree that does not grow needs no newer anchor.
  if (size !== head?.size && !isWithin(reachedAt)) return 'stale'
  // The lock is tried once an hour.
  const isLocked = lockedAt !== null && isRecent(lockedAt, now, 3 * hourMs)
  return kind === 'copy' && !isLocked ? 'loose' : 'fresh'
}

/** What an anchor of each kind proves. */
export const proves: Readonly<Record<AnchorKind, string>> = {
  copy: 'Full tiles, bundles and root checkpoints lie where nobody can change them until their day: history cannot be rewritten unseen.',
  witness:
    'Somebody else has seen each root checkpoint continue the one before: two customers cannot be shown two histories.',
  timestamp: 'The root checkpoint existed at that time: nothing before it was made up later.',
}

/**
 * What may be claimed. Whoever holds the signing key could rewrite a history that only we hold; so
 * “tamper-evident” takes a locked copy or a witness, fresh at `now`. A timestamp says when, and
 * counts beside one of those: alone it is kept by us, who could drop it.
 */
export function claimOf(
  anchors: readonly Anchor[],
  head: SignedHead | undefined,
  now: Date,
): Claim {
  const fresh = anchors.filter((anchor) => stateOf(anchor, head, now) === 'fresh')
  const named = (kind: AnchorKind) =>
    fresh.filter((anchor) => anchor.kind === kind).map(({ name }) => name)
  const [copies, witnesses, times] = [named('copy'), named('witness'), named('timestamp')]
  if (copies.length === 0 && witnesses.length === 0) return unanchored(anchors.length)
  const held = [
    ...copies.map((name) => `a locked copy lies in ${name}`),
    ...witnesses.map((name) => `${name} has witnessed it`),
    ...times.map((name) => `${name} has dated it`),
  ]
  return {
    rung: times.length > 0 ? 3 : witnesses.length > 0 ? 2 : 1,
    words: 'tamper-evident',
    means: `A changed history would show to others: ${held.join('; ')}.`,
  }
}

const unanchored = (anchors: number): Claim => ({
  rung: 0,
  words: 'tamper-detecting',
  means: `Edits by anyone without the signing key show. ${
    anchors === 0
      ? 'No anchor outside this installation exists.'
      : 'No anchor outside this installation holds what stands now.'
  }`,
})

/** Whether it is an anchor's turn: it lacks the head, and the pause its owner asked for is over. */
export function isTurnOf(anchor: Anchor, head: SignedHead, now: Date): boolean {
  const { size, reachedAt, everyMinutes } = anchor
  if (size === head.size && anchor.failure === null) return false
  return reachedAt === null || !isRecent(reachedAt, now, everyMinutes * minuteMs - 1)
}
