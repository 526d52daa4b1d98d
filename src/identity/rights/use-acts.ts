import type { Act } from '#kernel'
import { entriesFrom, type SequencedEntry } from '#trail'
import { setUsagePosition, setUsed, usagePosition } from './grant-store.ts'
import { addUses, type GrantUse } from './privilege-store.ts'

const batch = 5000

/**
 * Reads the trail on from where it stopped and notes which grant each act used, and for what: its entry
 * names the grant.
 *
 * @returns whether there may be more to read.
 */
export async function noteUse(act: Act): Promise<boolean> {
  const from = await usagePosition(act.sql)
  const entries = await entriesFrom(act.sql, from, batch)
  const last = entries.at(-1)
  if (last === undefined) return false
  const uses = usesIn(entries)
  const newest = newestOf(uses)
  if (uses.length > 0) {
    await addUses(act.sql, uses)
    await setUsed(act.sql, newest)
  }
  await setUsagePosition(act.sql, last.position)
  act.tell({ read: entries.length, used: newest.size })
  return entries.length === batch
}

/** By grant and action. The house, the operator and open doors act without a grant of a role. */
function usesIn(entries: readonly SequencedEntry[]): GrantUse[] {
  const uses = new Map<string, GrantUse>()
  for (const { grantId, action, outcome, at } of entries) {
    if (outcome !== 'done' || grantId === null || !uuid.test(grantId)) continue
    const key = `${grantId} ${action}`
    const seen = uses.get(key)
    uses.set(key, {
      grantId,
      action,
      uses: (seen?.uses ?? 0) + 1,
      at: seen === undefined || seen.at < at ? at : seen.at,
    })
  }
  return [...uses.values()]
}

function newestOf(uses: readonly GrantUse[]): Map<string, Date> {
  const byGrant = new Map<string, Date>()
  for (const { grantId, at } of uses) {
    const seen = byGrant.get(grantId)
    if (seen === undefined || seen < at) byGrant.set(grantId, at)
  }
  return byGrant
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
