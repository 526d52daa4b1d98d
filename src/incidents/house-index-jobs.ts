import type { Act, HouseCross, Job, Loop } from '#kernel'
import {
  advance,
  destroyIndexKey,
  finishRotation,
  hasRotation,
  heldRotation,
  houseIndexVersion,
  indexKeysToGo,
  resumeRotation,
  type Rotation,
  rotationsIn,
} from '#keys'
import { emailsToFind, emailsUnderOther, indexEmailsAnew, placeEmails } from '#identity'
import { indexRecipientsAnew, placeRecipients } from './notice-acts.ts'
import { countOtherRecipients } from './recipient-store.ts'

// The house's own index key finds persons by e-mail (identity) and those who have a notice (here).
// This is the highest room that uses it, so it moves the rows of both when the key turns.

const action = 'incidents.index-anew'
/** Batches before other work has its turn. */
const batchesPerTurn = 4

/** Turns every blind index of the house to its newest index key. */
export const houseIndexLoop: Loop = {
  action,
  summary: "Makes the house's own blind indexes anew after its index key was rotated.",
  everyMs: 1_000,
  due: (sql) => hasRotation(sql, ['index'], 'house'),
  async turn(cross) {
    for (const rotation of await rotationsIn(cross, action, ['index'], 'house'))
      await turnIndex(cross, rotation)
  },
}

export const houseIndexJob: Job = {
  action: 'incidents.tidy-index',
  summary:
    "Begins a lost rotation of the house's index key again, and destroys what nothing needs.",
  cron: '34 3 * * *',
  async run(cross) {
    await cross({ action: 'incidents.tidy-index' }, tidyHouseIndex)
  },
}

async function turnIndex(cross: HouseCross, { rotationId, state }: Rotation): Promise<void> {
  const ask = { action }
  if (state === 'proven') {
    await cross(ask, async (act) => {
      // Neither begins to write under an old version any more: that is settled.
      await finishRotation(act, rotationId, await underOther(act))
    })
    return
  }
  for (let left = batchesPerTurn; left > 0; left -= 1) {
    const emails = await cross({ action, effect: 'read' }, indexEmailsAnew)
    const recipients = await cross({ action, effect: 'read' }, indexRecipientsAnew)
    const { leftOver } = await cross(ask, async (act) => {
      const rotation = await heldRotation(act, rotationId)
      if (rotation.state !== 'running') return rotation
      const placed = await placeEmails(act, emails)
      await placeRecipients(act, recipients)
      const other = await underOther(act)
      const moved = rotation.moved + placed + recipients.anew.length
      const total = Math.max(rotation.total, await emailsToFind(act))
      // Killed here, all of this batch is undone, and what it moved is not counted.
      return advance(act, rotation, {
        moved,
        total,
        ...(placed > 0 && other > 0 ? {} : { leftOver: other }),
      })
    })
    if (leftOver !== null) return
  }
}

/** Rows made under another version than the one that writes now. */
async function underOther(act: Act): Promise<number> {
  const version = houseIndexVersion(act)
  return (await emailsUnderOther(act, version)) + (await countOtherRecipients(act.sql, version))
}

/**
 * Begins the rotation of the house's index key that a restored backup, or a fault between file and
 * database, has left undone, and destroys retired index keys whose time has come and that nothing needs.
 */
export async function tidyHouseIndex(act: Act): Promise<void> {
  const left = await underOther(act)
  for (const version of indexKeysToGo(act)) await destroyIndexKey(act, version, left)
  if (left > 0) await resumeRotation(act, 'index')
}
