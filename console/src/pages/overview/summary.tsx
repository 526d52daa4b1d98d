import type { MeasureState } from '../../ui/state.tsx'
import type { Summary } from './annex-query.ts'
import './summary.css'

const order: readonly MeasureState[] = [
  'proven',
  'failing',
  'stale',
  'unknown',
  'excepted',
  'not-applicable',
]

/** How things stand, as a sentence, and the same as a bar. */
export function SummarySentence({ summary }: { readonly summary: Summary }) {
  const all = order.reduce((sum, state) => sum + summary[state], 0)
  const rest = order
    .slice(1)
    .filter((state) => summary[state] > 0)
    .map((state) => `${summary[state]} ${state.replace('-', ' ')}`)
  return (
    <div className="summary">
      <p className="summary-sentence">
        <strong>
          {summary.proven} of {all}
        </strong>{' '}
        measures are proven{rest.length > 0 && `; ${rest.join(', ')}`}.
      </p>
      <div className="summary-bar" aria-hidden>
        {order
          .filter((state) => summary[state] > 0)
          .map((state) => (
            <span key={state} data-state={state} style={{ flexGrow: summary[state] }} />
          ))}
      </div>
    </div>
  )
}
