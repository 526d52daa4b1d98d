import type { Act } from '#kernel'
import { entriesFrom, type SequencedEntry } from '#trail'
import { setUsagePosition, setUsed, usagePosition } from './grant-store.ts'

const batch = 5000

/**
 * Reads the trail on from where it stopped and notes which grant each act used: its entry names it.
 *
 * @returns whether there may be more to read.
 */
export async function noteUse(act: Act): Promise<boolean> {
  const from = await usagePosition(act.sql)
  const entries = await entriesFrom(act.sql, from, batch)
  const last = entries.at(-1)
  if (last === undefined) return false
  const uses = usesIn(entries)
  if (uses.size > 0) await setUsed(act.sql, uses)
  await setUsagePosition(act.sql, last.position)
  act.tell({ read: entries.length, used: uses.size })
  return entries.length === batch
}

/** By grant the newest use. The house, the operator and open doors act without a grant of a role. */
function usesIn(entries: readonly SequencedEntry[]): Map<string, Date> {
  const uses = new Map<string, Date>()
  for (const { grantId, at } of entries) {
    if (grantId === null || !uuid.test(grantId)) continue
    const seen = uses.get(grantId)
    if (seen === undefined || seen < at) uses.set(grantId, at)
  }
  return uses
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
