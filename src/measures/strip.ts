import type { MeasureClass } from '#kernel'
import { judge, type Seen } from './verdict.ts'

/** How often one day's observations said the same. */
export interface DayCount extends Seen {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  readonly times: number
}

export interface StripDay {
  readonly day: string
  readonly state: 'proven' | 'failing' | 'unknown'
  readonly observations: number
}

const dayMs = 86_400_000

/**
 * One state a day, oldest first: the worst any observation of that day said. A day on which nobody
 * looked is unknown.
 */
export function stripOf(
  kind: MeasureClass,
  counts: readonly DayCount[],
  now: Date,
  days = 90,
): StripDay[] {
  const byDay = Map.groupBy(counts, ({ day }) => day)
  return Array.from({ length: days }, (_, i) => {
    const day = new Date(now.getTime() - (days - 1 - i) * dayMs).toISOString().slice(0, 10)
    const mine = byDay.get(day) ?? []
    const states = new Set(mine.map((one) => judge(kind, one).state))
    const state = states.has('failing')
      ? 'failing'
      : states.has('unknown') || states.size === 0
        ? 'unknown'
        : 'proven'
    return { day, state, observations: mine.reduce((sum, { times }) => sum + times, 0) }
  })
}
