import { FileDown } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { State, type Tone } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { NoticeActs } from './notice-acts.tsx'
import { NoticeText } from './notice-text.tsx'
import { noticePath, type NoticeSummary } from './wire.ts'

const states: Readonly<Record<NoticeSummary['state'], Tone>> = {
  draft: 'warn',
  approved: 'warn',
  sent: 'good',
  withheld: 'plain',
  acknowledged: 'good',
  superseded: 'plain',
}

/** A notice: to whom, how far, what it lacks, and what can be done with it. */
export function NoticeCard({
  notice,
  isClosed,
  to,
}: {
  readonly notice: NoticeSummary
  readonly isClosed: boolean
  readonly to: ReactNode
}) {
  const [shown, setShown] = useState(false)
  const { reference, phase, partial, state, missing, noticeId, createdAt } = notice
  return (
    <article className="sheet stack notice-card" aria-label={`Notice ${reference}`}>
      <div className="row spread">
        <div className="row">
          <h3>To {to}</h3>
          <State word={state} tone={states[state]} />
          <span className="soft">
            {reference}, {phase}
            {partial && ', as a phase'}
          </span>
        </div>
        <a className="button quiet" href={`${noticePath(noticeId)}.pdf`} download>
          <FileDown aria-hidden />
          PDF
        </a>
      </div>
      <p className="soft">
        Drafted <Time at={createdAt} />
        {notice.approvedAt !== null && (
          <>
            , approved <Time at={notice.approvedAt} />
          </>
        )}
        {notice.sentAt !== null && (
          <>
            , sent <Time at={notice.sentAt} />
          </>
        )}
        {notice.acknowledgedAt !== null && (
          <>
            , acknowledged <Time at={notice.acknowledgedAt} />
          </>
        )}
        .
      </p>
      {missing.length > 0 && (
        <div className="notice" data-tone="warn">
          <p>It lacks {missing.join(', ')}.</p>
        </div>
      )}
      <div className="row spread">
        <button
          type="button"
          className="as-link"
          aria-expanded={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? 'Hide the text' : 'Read the text'}
        </button>
        {!isClosed && <NoticeActs notice={notice} />}
      </div>
      {shown && <NoticeText noticeId={noticeId} />}
    </article>
  )
}
