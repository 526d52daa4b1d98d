import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileDown } from 'lucide-react'
import type { Static } from 'typebox'
import type { PublicAnnex as Shape } from '../../../src/measures/wire.ts'
import { get } from '../api.ts'
import { PageHead } from '../ui/page-head.tsx'
import { MeasureStateBadge } from '../ui/state.tsx'
import { Time, utcText } from '../ui/time.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { SummarySentence } from './overview/summary.tsx'
import './overview/annex.css'

type PublicAnnex = Static<typeof Shape>
type PublicMeasure = PublicAnnex['beyond'][number]

/** What anybody may see of the annex: the same states as inside, without findings and counts. */
export default function PublicAnnexPage() {
  const annex = useQuery({
    queryKey: ['public-annex'],
    queryFn: ({ signal }) => get<PublicAnnex>('/public/annex', { signal }),
    staleTime: 60_000,
  })
  return (
    <Loaded query={annex} what="Reading the annex">
      {({ processor, preparedAt, summary, headings, beyond }) => (
        <>
          <PageHead
            title={processor === '' ? 'Security measures' : `Security measures of ${processor}`}
            lead={
              <>
                Each state comes from checks of the running system, and is no better than its last
                one. Prepared {utcText(preparedAt)}.
              </>
            }
          >
            <a className="button quiet" href="/public/annex.pdf" download>
              <FileDown aria-hidden />
              PDF
            </a>
          </PageHead>
          <section className="sheet annex-head">
            <SummarySentence summary={summary} />
          </section>
          {headings.map(({ document, title, lines }) => (
            <section className="annex-section" key={`${document} ${title}`}>
              <header>
                <h2>{title}</h2>
                <span className="soft">{document}</span>
              </header>
              <ul className="annex-lines">
                {lines.map(({ id, promise, measures }) => (
                  <li className="annex-line" key={id}>
                    <span className="line-id">{id}</span>
                    <div>
                      <p className="promise">{promise}</p>
                      <PublicMeasures measures={measures} />
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          ))}
          {beyond.length > 0 && (
            <section className="annex-section">
              <header>
                <h2>Beyond the annex</h2>
              </header>
              <PublicMeasures measures={beyond} />
            </section>
          )}
          <p className="annex-section soft">
            Have you seen something wrong? <Link to="/report">Report it</Link>.
          </p>
        </>
      )}
    </Loaded>
  )
}

const PublicMeasures = ({ measures }: { readonly measures: readonly PublicMeasure[] }) => (
  <ul className="annex-measures">
    {measures.map((measure) => (
      <li className="annex-measure" key={measure.statement}>
        <div>
          <MeasureStateBadge state={measure.state} />
        </div>
        <div>
          {measure.statement}
          <div className="facts">
            <span>{measure.class}</span>
            {measure.lookedAt === undefined ? (
              <span>not verified yet</span>
            ) : (
              <span>
                {measure.state === 'proven' ? 'verified' : 'looked at'}{' '}
                <Time at={measure.lookedAt} />
              </span>
            )}
          </div>
        </div>
      </li>
    ))}
  </ul>
)
