import { dayMs, hourMs } from '#ground'
import type { Job } from '#kernel'
import { forgetHabits } from './habit-store.ts'

/** Longer than the thirty days a habit looks back. */
const habitDays = 40
/** The sets serve only the hour that is counted; entries come a little late at most. */
const setHours = 3

export const jobs: readonly Job[] = [
  {
    action: 'watch.forget-habits',
    summary: 'Forgets counts of hours that no habit looks back to any more.',
    cron: '17 * * * *',
    async run(cross) {
      await cross({ action: 'watch.forget-habits' }, async (act) => {
        const ago = (ms: number) => new Date(act.now.getTime() - ms)
        const before = { habits: ago(habitDays * dayMs), sets: ago(setHours * hourMs) }
        act.tell({ forgotten: await forgetHabits(act.sql, before) })
      })
    },
  },
]
