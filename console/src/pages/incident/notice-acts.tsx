import { useState } from 'react'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { May } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'
import { WordNotice } from './word-notice.tsx'
import { type Notice, noticePath, type NoticeSummary, renewed } from './wire.ts'

/** What can be done with a notice as it stands: word, approve, send, record the answer. */
export function NoticeActs({ notice }: { readonly notice: NoticeSummary }) {
  const { state } = notice
  return (
    <div className="row">
      {state === 'draft' && (
        <>
          <May ask="incidents.notice.word">
            <WordNotice noticeId={notice.noticeId} />
          </May>
          <May ask="incidents.notice.approve">
            <Approve notice={notice} />
          </May>
        </>
      )}
      {state === 'approved' && (
        <May ask="incidents.notice.send">
          <Send notice={notice} />
        </May>
      )}
      {state === 'sent' && (
        <May ask="incidents.notice.acknowledge">
          <Acknowledge notice={notice} />
        </May>
      )}
    </div>
  )
}

function Approve({ notice: { noticeId, reference, missing } }: { readonly notice: NoticeSummary }) {
  const [asPhase, setAsPhase] = useState(false)
  const isWhole = missing.length === 0
  const approve = useCall<void, Notice>({
    deed: () =>
      call('POST', `${noticePath(noticeId)}/approve`, { body: isWhole ? {} : { asPhase } }),
    said: `Notice ${reference} approved`,
    renews: renewed,
  })
  return (
    <ConfirmDialog
      verb="Approve"
      title={`Approve notice ${reference}`}
      pending={approve.isPending}
      error={approve.error}
      onOpen={() => {
        approve.reset()
        setAsPhase(false)
      }}
      onConfirm={() => approve.mutateAsync()}
    >
      <p>
        You approve it in your name: its text, its numbers, as they stand. Afterwards it does not
        change any more; it is not sent yet.
      </p>
      {!isWhole && (
        <>
          <p>It lacks {missing.join(', ')}.</p>
          <label className="row check">
            <input
              type="checkbox"
              checked={asPhase}
              onChange={(event) => setAsPhase(event.target.checked)}
            />
            Approve it as a phase; the rest follows (GDPR Art. 33(4)).
          </label>
        </>
      )}
    </ConfirmDialog>
  )
}

function Send({ notice: { noticeId, reference } }: { readonly notice: NoticeSummary }) {
  const send = useCall<void, Notice>({
    deed: () => call('POST', `${noticePath(noticeId)}/send`),
    said: ({ state }) =>
      state === 'withheld'
        ? `Notice ${reference} withheld: it is an exercise`
        : `Notice ${reference} given to the mail server`,
    renews: renewed,
  })
  return (
    <ConfirmDialog
      verb="Send"
      title={`Send notice ${reference}`}
      typed={reference}
      tone="danger"
      pending={send.isPending}
      error={send.error}
      onOpen={send.reset}
      onConfirm={() => send.mutateAsync()}
    >
      <p>
        It goes by mail to the breach contacts of the contract, with the PDF and the data. What is
        sent cannot be called back. A notice of an exercise is withheld instead.
      </p>
    </ConfirmDialog>
  )
}

function Acknowledge({ notice: { noticeId, reference } }: { readonly notice: NoticeSummary }) {
  const acknowledge = useCall<void, Notice>({
    deed: () => call('POST', `${noticePath(noticeId)}/acknowledge`),
    said: `Notice ${reference} acknowledged`,
    renews: renewed,
  })
  return (
    <>
      <ErrorNotice error={acknowledge.error} />
      <Button tone="quiet" pending={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
        The controller has confirmed it
      </Button>
    </>
  )
}
