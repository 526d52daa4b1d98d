import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FileDown, Sheet } from 'lucide-react'
import { useLive } from '../attended.ts'
import { Choice } from '../ui/choice.tsx'
import { Empty } from '../ui/empty.tsx'
import { useMay } from '../ui/may.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Time } from '../ui/time.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { annexQuery, needsAttention, type Summary } from './overview/annex-query.ts'
import { AnnexSection, MeasureRows } from './overview/annex-section.tsx'
import { Contents, placeOf } from './overview/contents.tsx'
import { RequestsDue } from './overview/requests-due.tsx'
import { SummarySentence } from './overview/summary.tsx'
import { WithoutAnnex } from './overview/without-annex.tsx'
import './overview/annex.css'

const here = getRouteApi('/house/')

/** The first page: the annex for whoever may read it, and for others where they can go. */
export default function Overview() {
  return useMay('measures.annex.read') ? <Annex /> : <WithoutAnnex />
}

/** The security annex, alive: every promise with the state of its proof. */
function Annex() {
  const { show = 'all' } = here.useSearch()
  const navigate = here.useNavigate()
  const annex = useQuery({ ...annexQuery, refetchInterval: useLive(30_000) })
  const attention = show === 'attention'
  return (
    <>
      <PageHead
        title="What we promise, and whether it holds"
        tab={tabOf(annex.data?.summary)}
        lead="The security annex of our data-processing agreements. Each state is derived from checks, and typed by nobody."
      >
        <a className="button quiet" href="/v1/annex.pdf" download>
          <FileDown aria-hidden />
          PDF
        </a>
        <a className="button quiet" href="/v1/annex.csv" download>
          <Sheet aria-hidden />
          Table
        </a>
      </PageHead>
      <RequestsDue />
      <Loaded query={annex} what="Reading the annex">
        {({ summary, headings, beyond, preparedAt }) => (
          <>
            <section className="sheet annex-head stack">
              <SummarySentence summary={summary} />
              <div className="row spread">
                <Choice
                  label="Which lines"
                  value={show}
                  options={{ all: 'All lines', attention: 'Needs attention' }}
                  onChange={(next) =>
                    void navigate({ search: next === 'all' ? {} : { show: next }, replace: true })
                  }
                />
                <span className="soft">
                  Prepared <Time at={preparedAt} />
                </span>
              </div>
              <Contents
                headings={
                  attention
                    ? headings.filter(({ lines }) =>
                        lines.some(({ state }) => needsAttention(state)),
                      )
                    : headings
                }
              />
            </section>
            {headings.map((heading) => (
              <AnnexSection key={placeOf(heading)} heading={heading} attention={attention} />
            ))}
            <Beyond
              measures={attention ? beyond.filter(({ state }) => needsAttention(state)) : beyond}
            />
            {attention &&
              ![...headings.flatMap(({ lines }) => lines), ...beyond].some(({ state }) =>
                needsAttention(state),
              ) && <Empty title="Nothing needs attention" />}
          </>
        )}
      </Loaded>
    </>
  )
}

/** The tab says how it stands, for whoever keeps it in a corner of the screen. */
const tabOf = (summary: Summary | undefined): string =>
  summary === undefined ? 'Overview' : `${summary.proven} proven, ${summary.failing} failing`

const Beyond = ({
  measures,
}: {
  readonly measures: Parameters<typeof MeasureRows>[0]['measures']
}) =>
  measures.length > 0 && (
    <section className="annex-section">
      <header>
        <h2>Beyond the annex</h2>
        <span className="soft">because the law asks for it</span>
      </header>
      <MeasureRows measures={measures} />
    </section>
  )
