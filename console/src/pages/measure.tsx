import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLive } from '../attended.ts'
import { get } from '../api.ts'
import { mayAsk, useSelf } from '../self.ts'
import { Empty } from '../ui/empty.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { MeasureStateBadge } from '../ui/state.tsx'
import { Time } from '../ui/time.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { CheckNow } from './measure/check-now.tsx'
import { DayStrip } from './measure/day-strip.tsx'
import { Evidence } from './measure/evidence.tsx'
import { Exceptions } from './measure/exceptions.tsx'
import { Observations } from './measure/observations.tsx'
import { Serves } from './measure/serves.tsx'
import type { MeasureDetail } from './measure/wire.ts'
import './measure/measure.css'

const here = getRouteApi('/house/measures/$measureId')

/** The proof of one measure: what was seen, what was tried, and where it is written down. */
export default function Measure() {
  const { measureId } = here.useParams()
  const measure = useQuery({
    queryKey: ['measure', measureId],
    queryFn: ({ signal }) =>
      get<MeasureDetail>(`/v1/measures/${encodeURIComponent(measureId)}`, { signal }),
    refetchInterval: useLive(60_000),
  })
  return (
    <>
      <p className="crumb">
        <Link to="/">The annex</Link>
      </p>
      <Loaded query={measure} what="Reading the measure">
        {(found) => <Proof measure={found} />}
      </Loaded>
    </>
  )
}

function Proof({ measure }: { readonly measure: MeasureDetail }) {
  const self = useSelf()
  const [newest] = measure.observations
  return (
    <div className="stack">
      <PageHead title={measure.statement} tab={measure.id}>
        {measure.hasCheck && mayAsk(self, 'measures.measure.check') && (
          <CheckNow measureId={measure.id} />
        )}
      </PageHead>
      <section className="sheet stack">
        <div className="row">
          <MeasureStateBadge state={measure.state} />
          <p>{measure.why}</p>
        </div>
        <p className="soft">{measure.spoken}</p>
        <DayStrip days={measure.days} />
        <dl className="kv">
          <dt>Measure</dt>
          <dd className="mono">{measure.id}</dd>
          <dt>Class</dt>
          <dd>{measure.class}</dd>
          <dt>Checked</dt>
          <dd>{cadence(measure)}</dd>
          {measure.nextDue !== undefined && (
            <>
              <dt>Next check</dt>
              <dd>
                <Time at={measure.nextDue} />
              </dd>
            </>
          )}
        </dl>
      </section>
      {newest === undefined ? (
        <Empty title={measure.hasCheck ? 'No check has looked yet' : 'No check proves it yet'}>
          <p>
            {measure.hasCheck
              ? 'Press "Check now", or wait for its turn.'
              : 'Its state stays unknown until this version of Holdfast, or a later one, has a check for it.'}
          </p>
        </Empty>
      ) : (
        <Evidence observation={newest} />
      )}
      <Serves measure={measure} />
      <Exceptions measure={measure} />
      {measure.observations.length > 0 && <Observations items={measure.observations} />}
    </div>
  )
}

function cadence({ hasCheck, everyMinutes, freshForHours }: MeasureDetail): string {
  if (!hasCheck) return 'never'
  const every = everyMinutes < 120 ? `${everyMinutes} minutes` : `${everyMinutes / 60} hours`
  return `every ${every}; counts for ${freshForHours} hours`
}
