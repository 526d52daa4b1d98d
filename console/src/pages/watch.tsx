import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useAttended, useLive } from '../attended.ts'
import { Choice } from '../ui/choice.tsx'
import { Empty } from '../ui/empty.tsx'
import { counted } from '../ui/figures.ts'
import { Pages } from '../ui/more.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Canaries } from './watch/canaries.tsx'
import { FindingCard } from './watch/finding-card.tsx'
import { type FindingState, findingsQuery } from './watch/findings-query.ts'
import './watch/watch.css'

const here = getRouteApi('/house/watch')

const states: Readonly<Record<FindingState | 'all', string>> = {
  all: 'All',
  open: 'Open',
  incident: 'Incident',
  dismissed: 'Dismissed',
  closed: 'Closed',
}

/** What was noticed in the trail. Every entry of it is evaluated, within a second or so. */
export default function Watch() {
  const { state } = here.useSearch()
  const navigate = here.useNavigate()
  const findings = useInfiniteQuery({ ...findingsQuery(state), refetchInterval: useLive(5000) })
  const attended = useAttended()
  return (
    <div className="stack">
      <PageHead
        title="Watch"
        lead="Every entry of the trail is looked at as it is written. What stands out is said here in one sentence; what is certain or high opens an incident by itself."
      />
      <div className="row spread">
        <Choice
          label="Which findings"
          value={state ?? 'all'}
          options={states}
          onChange={(next) =>
            void navigate({ search: next === 'all' ? {} : { state: next }, replace: true })
          }
        />
        <span className="soft">
          {attended ? 'Asked anew every 5 s' : 'Paused, because nobody is here'}
        </span>
      </div>
      <Pages query={findings} what="Reading the findings">
        {(items) => (
          <>
            <p className="visually-hidden" aria-live="polite">
              {counted(items.length, 'finding')}
            </p>
            {items.length === 0 ? (
              <NoFindings state={state} />
            ) : (
              <ul className="finding-list">
                {items.map((finding) => (
                  <FindingCard key={finding.findingId} finding={finding} />
                ))}
              </ul>
            )}
          </>
        )}
      </Pages>
      <Canaries />
    </div>
  )
}

const NoFindings = ({ state }: { readonly state: FindingState | undefined }) =>
  state === undefined ? (
    <Empty title="Nothing stands out">
      <p>
        To see the watch at work, plant canaries below and read one as a workload, or run{' '}
        <code>holdfast drill breach</code> on made-up people.
      </p>
    </Empty>
  ) : (
    <Empty title={`No finding is ${states[state].toLowerCase()}`} />
  )
