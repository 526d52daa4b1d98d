import type { Act } from '#kernel'
import { entriesFrom, type SequencedEntry } from '#trail'
import { grantAllows } from './decide.ts'
import { grantsOf, setUsagePosition, setUsed, usagePosition } from './grant-store.ts'

const batch = 5000

/**
 * Reads the trail on from where it stopped and notes which grant each act used. An entry does not
 * name its grant outside its sealed payload; the first grant that allows it now is taken for it, as
 * at the threshold.
 *
 * @returns whether there may be more to read.
 */
export async function noteUse(act: Act): Promise<boolean> {
  const from = await usagePosition(act.sql)
  const entries = await entriesFrom(act.sql, from, batch)
  const last = entries.at(-1)
  if (last === undefined) return false
  const uses = await usesIn(act, entries)
  if (uses.size > 0) await setUsed(act.sql, uses)
  await setUsagePosition(act.sql, last.position)
  act.tell({ read: entries.length, used: uses.size })
  return entries.length === batch
}

async function usesIn(act: Act, entries: readonly SequencedEntry[]): Promise<Map<string, Date>> {
  const done = entries.filter(
    ({ outcome, actorKind }) =>
      outcome === 'done' && (actorKind === 'person' || actorKind === 'workload'),
  )
  const actors = [...new Set(done.map(({ actorId }) => actorId))]
  const held = Map.groupBy(await grantsOf(act.sql, actors, act.now), ({ actorId }) => actorId)
  const uses = new Map<string, Date>()
  for (const { actorId, action, controllerId, purpose, at } of done) {
    const scope = controllerId === null ? 'house' : { controllerId }
    const ask = { action, scope, ...(purpose === null ? {} : { purpose }) } as const
    const grant = held.get(actorId)?.find((candidate) => grantAllows(candidate, ask))
    if (grant === undefined) continue
    const seen = uses.get(grant.id)
    if (seen === undefined || seen < at) uses.set(grant.id, at)
  }
  return uses
}
