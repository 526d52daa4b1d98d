import type { Act } from '#kernel'
import { fallenAmong, insertCuts } from './cut-store.ts'
import { type Passage, underWay } from './under-way.ts'

/**
 * Breaks off what may not go on, and writes down what was cut by which lock.
 *
 * @returns how many were cut.
 */
export async function cutFallen(act: Act, passages: readonly Passage[]): Promise<number> {
  const fallen = await fallenAmong(act.sql, passages)
  // Before the commit: whatever becomes of the entry, nothing more goes out.
  const told = fallen.map(({ n, lockId }) => {
    const passage = passages[n - 1]!
    const { actor, action } = passage
    const by = { actorId: actor.id, sessionId: actor.sessionId ?? null }
    return { lockId, at: act.now, action, ...by, ranMs: underWay.cut(passage) }
  })
  await insertCuts(
    act.sql,
    told.flatMap(({ lockId, ...rest }) => (lockId === null ? [] : [{ ...rest, lockId }])),
  )
  act.tell({ cut: told.map(({ lockId, action, ranMs }) => ({ lockId, action, ranMs })) })
  return fallen.length
}
