import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask } from '../../ask.ts'
import { counted } from '../../ui/figures.ts'
import { useMay } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { Time, useNow } from '../../ui/time.tsx'
import { kindWords, RequestStateBadge } from '../controller/request-words.tsx'
import type { ListedRequest } from '../controller/shapes.ts'

const shown = 5

/** What data subjects asked for and is not done yet, soonest due first. Nothing where nothing waits. */
export function RequestsDue() {
  const isAllowed = useMay('vault.request.list')
  const requests = useQuery({
    ...ask<{ items: readonly ListedRequest[] }>('/v1/subject-requests', { open: true }),
    enabled: isAllowed,
  })
  const now = useNow()
  const items = requests.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section className="sheet stack" aria-label="Requests of data subjects">
      <h2>{counted(items.length, 'request')} of data subjects to answer</h2>
      <ul className="task-list">
        {items.slice(0, shown).map((request) => (
          <li key={request.requestId}>
            <Link
              to="/vault/{-$controllerId}/{-$part}"
              params={{ controllerId: request.controllerId, part: 'requests' }}
            >
              {request.controller}: {kindWords[request.kind]}
            </Link>
            <RequestStateBadge state={request.state} />
            <span>
              {Date.parse(request.dueAt) < now && <State word="overdue" tone="bad" />} due{' '}
              <Time at={request.dueAt} />
            </span>
          </li>
        ))}
      </ul>
      {items.length > shown && <p className="soft">and {items.length - shown} more</p>}
    </section>
  )
}
