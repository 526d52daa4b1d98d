import { State } from '../../ui/state.tsx'
import { useNow } from '../../ui/time.tsx'
import type { Review } from './shapes.ts'

/** How many of the grants have their answer. */
export const ReviewProgress = ({ review: { decided, items } }: { readonly review: Review }) => (
  <>
    <progress aria-label="Answered" value={decided} max={Math.max(1, items)} />
    <div className="soft">
      {decided} of {items}
    </div>
  </>
)

export function ReviewState({ review: { closedAt, dueAt } }: { readonly review: Review }) {
  const now = useNow()
  if (closedAt !== null) return <State word="closed" tone="good" />
  if (Date.parse(dueAt) < now) return <State word="overdue" tone="bad" />
  return <State word="open" tone="warn" />
}
