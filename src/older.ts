import { join } from 'node:path'
import type { Database } from '#ground'
import { type Erasure, readErasures, replayErasures, unknownOf } from '#keys'
import type { HouseCross, Settings } from '#kernel'
import { headPosition, isOlder, markRestored, treeHeads } from '#trail'
import {
  eraseAgain,
  leaveAgain,
  listControllers,
  noteRestored,
  numberedControllers,
  numberOn,
} from '#vault'

/** Rows and keys of subjects that a ledger outside knows as erased go again. @returns how many keys were back. */
export async function eraseByLedger(
  cross: HouseCross,
  erasures: readonly Erasure[],
): Promise<number> {
  const action = 'vault.erase-again'
  const byController = Map.groupBy(erasures, (erasure) => erasure.controllerId)
  // Of one that came after the rows nothing is here, and nothing is to be said in its log.
  const all = await cross({ action, effect: 'read' }, (act) => listControllers(act.sql, true))
  for (const { controllerId } of all) {
    const own = byController.get(controllerId) ?? []
    if (own.length === 0) continue
    await cross({ action, scope: { controllerId } }, (act) =>
      eraseAgain(
        act,
        own.map(({ subjectId }) => subjectId),
      ),
    )
  }
  return cross({ action: 'continuity.restore.erase' }, (act) => replayErasures(act, erasures))
}

/** How far the rows had come, and whether the trail holds all it ever will of the time after. */
export interface OlderRows {
  readonly position: number
  readonly isWhole: boolean
  /** Entries in their places, by log. */
  readonly placed: ReadonlyMap<string, number>
}

/**
 * Makes each controller ready to go on from older rows, while nobody can be put in: one whose keys are
 * destroyed leaves again, a number that an entry names or may come to name is given to no one else, and what
 * entries will say was erased is noted as due. Calling it again does no harm.
 *
 * @returns how many controllers have left again.
 */
export async function goOnFrom(
  cross: HouseCross,
  { position, isWhole, placed }: OlderRows,
): Promise<number> {
  const left = await leaveAgain(cross)
  const every = { action: 'vault.number-on', effect: 'read' } as const
  for (const controllerId of await cross(every, numberedControllers))
    await cross({ action: 'vault.number-on', scope: { controllerId } }, async (act) => {
      await numberOn(act, { position, isWhole })
      await noteRestored(act, placed.get(controllerId) ?? 0)
    })
  return left.length
}

/** What a mark names where no backup of ours was restored. */
const byOtherMeans = 'other means'

/**
 * Whoever runs PostgreSQL may put an older state of it back by its own means, beside a data directory that
 * has gone on. Then this is a restore like any other, and is treated as one: marked, so that nothing is placed or
 * signed; numbers leap; who is in the ledger is erased again. Of ledgers only the house's own is
 * believed here: whoever writes into another place must not erase anybody in a house that lives.
 *
 * @param withLedger - whether the ledger is held against the database too, which takes as long as it is.
 * @returns whether the database was older.
 */
export async function tendOlder(
  {
    database,
    settings,
    cross,
  }: {
    readonly database: Database
    readonly settings: Settings
    readonly cross: HouseCross
  },
  { withLedger }: { readonly withLedger: boolean },
): Promise<boolean> {
  const older = await isOlder(database, settings)
  if (older) {
    // Numbers first: killed in between, it is older still, and begins anew.
    const ask = { action: 'vault.number-on', effect: 'read' } as const
    const reached = await cross(ask, async ({ sql }) => ({
      position: await headPosition(sql),
      placed: new Map((await treeHeads(sql)).map(({ log, size }) => [log, size])),
    }))
    await goOnFrom(cross, { ...reached, isWhole: false })
  }
  if (older || withLedger) {
    const ledger = readErasures(join(settings.dataDir, 'keys'))
    const ask = { action: 'continuity.restore.erase', effect: 'read' } as const
    const unknown = ledger.length === 0 ? [] : await cross(ask, (act) => unknownOf(act, ledger))
    if (unknown.length > 0) await eraseByLedger(cross, unknown)
  }
  if (older)
    await cross({ action: 'continuity.restore.mark' }, (act) => markRestored(act, byOtherMeans))
  return older
}
