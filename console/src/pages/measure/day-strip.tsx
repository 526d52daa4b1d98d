import { useId } from 'react'
import type { MeasureState } from '../../ui/state.tsx'
import type { MeasureDetail } from './wire.ts'

const width = 9
const height = 34

/** Height tells the state where colour cannot. */
const heights: Readonly<Record<MeasureState, number>> = {
  proven: 34,
  failing: 24,
  stale: 16,
  excepted: 12,
  'not-applicable': 8,
  unknown: 4,
}

/** Ninety days, one bar a day, oldest first; and the same in words. */
export function DayStrip({ days }: { readonly days: MeasureDetail['days'] }) {
  const id = useId()
  const counts = new Map<MeasureState, number>()
  for (const { state } of days) counts.set(state, (counts.get(state) ?? 0) + 1)
  const words = [...counts]
    .map(([state, count]) => `${count} ${state.replace('-', ' ')}`)
    .join(', ')
  return (
    <figure className="day-strip">
      <svg viewBox={`0 0 ${days.length * width} ${height}`} aria-labelledby={id}>
        <title id={id}>{`${days.length} days: ${words}`}</title>
        {days.map(({ day, state, observations }, place) => (
          <rect
            key={day}
            data-state={state}
            x={place * width}
            y={height - heights[state]}
            width={width - 2}
            height={heights[state]}
          >
            <title>{`${day}: ${state.replace('-', ' ')}, ${observations} observations`}</title>
          </rect>
        ))}
      </svg>
      <figcaption className="soft">
        {days[0]?.day} to {days.at(-1)?.day}, in days: {words}
      </figcaption>
    </figure>
  )
}
