import type { Database } from '#ground'
import type { HouseCross, World } from '#kernel'
import type { AccountKind, AccountTally } from './account.ts'
import { addAccount, withoutEntry } from './account-store.ts'

/** What one process has seen of its house, by kind. */
export type Accounts = Readonly<Record<AccountKind, AccountTally>>

/** Ids that an entry on a mismatch names. */
const namedIds = 20

/** Looks up what this process has seen since the last time. Only a mismatch leaves an entry. */
export async function accountOnce(
  database: Database,
  cross: HouseCross,
  { now }: Pick<World, 'now'>,
  accounts: Accounts,
): Promise<boolean> {
  for (const kind of ['opened', 'answered'] as const) {
    const seen = accounts[kind].take()
    if (seen.count === 0) continue
    try {
      const gone = seen.entryIds.length === 0 ? [] : await withoutEntry(database, seen.entryIds)
      const missing = gone.length + seen.bare
      const looked = Math.min(seen.count, seen.entryIds.length + seen.bare)
      const counts = { kind, seen: seen.count, looked, missing }
      if (missing === 0) await addAccount(database, now(), counts)
      else
        await cross({ action: 'trail.account.tell' }, async (act) => {
          act.tell({ ...counts, entryIds: gone.slice(0, namedIds), withoutId: seen.bare })
          await addAccount(act.sql, act.now, counts)
        })
    } catch (error) {
      accounts[kind].giveBack(seen)
      throw error
    }
  }
  return false
}
