import type { SequencedEntry } from '#trail'
import type { Trace } from './finding.ts'

/** What the rules look at of an entry. */
export type Watched = Pick<
  SequencedEntry,
  | 'position'
  | 'at'
  | 'actorKind'
  | 'actorId'
  | 'sessionId'
  | 'credentialId'
  | 'controllerId'
  | 'action'
  | 'outcome'
  | 'records'
  | 'touched'
  | 'sourceKey'
>

/** The watch's own turns, which it does not watch: each would call for the next. */
export const evaluateAction = 'watch.evaluate'

/** The sessions these entries belong to, in the order they first appear. */
export function tracesOf(entries: readonly Watched[]): Trace[] {
  const bySession = Map.groupBy(
    entries,
    ({ credentialId, sessionId, sourceKey }) =>
      `${credentialId} ${sessionId} ${sourceKey.toString('base64')}`,
  )
  return [...bySession.values()].map((own) => {
    const [first, last] = [own[0]!, own.at(-1)!]
    const times = own.map(({ at }) => at.getTime())
    return {
      credentialId: first.credentialId,
      sessionId: first.sessionId,
      sourceKey: first.sourceKey,
      firstAt: new Date(Math.min(...times)),
      lastAt: new Date(Math.max(...times)),
      firstPosition: first.position,
      lastPosition: last.position,
      entries: own.length,
    }
  })
}
