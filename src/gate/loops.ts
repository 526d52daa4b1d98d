import type { HouseCross, Loop } from '#kernel'
import { tellRefused } from './acts.ts'
import { doorTally, type RefusalTally } from './tally.ts'

/** Flushes a tally: one act and one entry per client and code. What could not be told stays gathered. */
export async function tellRefusals(cross: HouseCross, tally: RefusalTally): Promise<void> {
  const waiting = tally.take()
  try {
    for (let bucket = waiting[0]; bucket !== undefined; bucket = waiting[0]) {
      const told = bucket
      await cross({ action: 'gate.tell-refusals' }, (act) => tellRefused(act, told))
      waiting.shift()
    }
  } finally {
    tally.giveBack(waiting)
  }
}

/**
 * Loops turn again at once while there is work. Here the pause is the point: gathering for ten
 * seconds is what makes one entry out of a flood. So a look right after a turn says no.
 */
function gathering(tally: RefusalTally): Pick<Loop, 'due' | 'turn'> {
  let justTold = false
  return {
    due: async () => {
      const due = !justTold && !tally.isEmpty
      justTold = false
      return due
    },
    turn: async (cross) => {
      justTold = true
      await tellRefusals(cross, tally)
    },
  }
}

export const loops: readonly Loop[] = [
  {
    action: 'gate.tell-refusals',
    summary: 'Tells the trail what the door has refused, gathered by client and code.',
    everyMs: 10_000,
    everywhere: true,
    ...gathering(doorTally),
  },
]
