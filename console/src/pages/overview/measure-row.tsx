import { Link } from '@tanstack/react-router'
import { needsAttention, type ShownMeasure } from './annex-query.ts'
import { MeasureStateBadge } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'

/** A measure as a sentence: its state, what it promises, how it is proven, how much of it, how long ago. */
export const MeasureRow = ({ measure }: { readonly measure: ShownMeasure }) => (
  <li className="annex-measure">
    <div>
      <MeasureStateBadge state={measure.state} />
    </div>
    <div>
      <Link to="/measures/$measureId" params={{ measureId: measure.id }}>
        {measure.statement}
      </Link>
      <div className="facts">
        <span>{measure.class}</span>
        {measure.n !== undefined && (
          <span>
            {measure.n} of {measure.of}
          </span>
        )}
        {measure.lookedAt === undefined ? (
          <span>not verified yet</span>
        ) : (
          <span>
            {measure.state === 'proven' ? 'verified' : 'looked at'} <Time at={measure.lookedAt} />
          </span>
        )}
      </div>
      {needsAttention(measure.state) && (
        <p className="why soft">
          {measure.why} {measure.finding}
        </p>
      )}
    </div>
  </li>
)
