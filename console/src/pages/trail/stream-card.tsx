import type { ReactNode } from 'react'
import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { ActorName } from '../../actors.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { countText, counted } from '../../ui/figures.ts'
import type { Form } from '../../ui/form/entry.ts'
import { text, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { spanText, Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { LogName } from './entries.tsx'
import type { Stream } from './shapes.ts'

const path = '/v1/trail/streams'
const renews = [keyOf(path)]
const kinds = { otlp: 'OTLP', syslog: 'syslog over TLS', webhook: 'webhook' } as const

/** One receiver: what it gets, how far behind it is, and what can be done about it. */
export function StreamCard({ stream }: { readonly stream: Stream }) {
  const { name, kind, address, content, logs, waiting, delivered, rejected } = stream
  const [word, tone] = standing(stream)
  return (
    <section className="sheet stream" aria-label={`Stream ${name}`}>
      <div className="row spread">
        <h3>{name}</h3>
        <State word={word} tone={tone} />
      </div>
      <dl className="kv">
        <Line name="Goes to">
          {kinds[kind]}, <span className="mono">{address}</span>
        </Line>
        <Line name="What leaves">
          {content === 'leaf'
            ? 'leaves, which name nobody'
            : 'whole events, with names and addresses'}
        </Line>
        <Line name="Of">
          {logs === undefined
            ? 'every log'
            : logs.map((log, i) => (
                <span key={log}>
                  {i > 0 && ', '}
                  <LogName log={log} />
                </span>
              ))}
        </Line>
        <Line name="Behind">
          {stream.behindSeconds === 0
            ? 'nothing waits'
            : `${spanText(stream.behindSeconds)}, ${counted(waiting, 'entry', 'entries')} waiting`}
          <span className="soft"> (an alarm after {spanText(stream.lagSeconds)})</span>
        </Line>
        <Line name="Taken over">
          {countText(delivered)}
          {stream.deliveredAt !== undefined && (
            <>
              , last <Time at={stream.deliveredAt} />
            </>
          )}
          {rejected > 0 && `, ${countText(rejected)} rejected`}
        </Line>
        <Line name="Set up">
          <Time at={stream.addedAt} /> by <ActorName id={stream.addedBy} />
        </Line>
      </dl>
      {stream.lastError !== undefined && (
        <p className="notice stream-error" data-tone="bad">
          Last error
          {stream.failedAt !== undefined && (
            <>
              {' '}
              <Time at={stream.failedAt} />
            </>
          )}
          : {stream.lastError}.
        </p>
      )}
      <Does stream={stream} />
    </section>
  )
}

function standing({ state, behindSeconds, lagSeconds, failures }: Stream): [string, Tone] {
  if (state === 'halted') return ['halted', 'bad']
  if (behindSeconds > lagSeconds) return [state === 'paused' ? 'paused, late' : 'late', 'bad']
  if (state === 'paused') return ['paused', 'warn']
  return failures > 0 ? ['trying again', 'warn'] : ['running', 'good']
}

function Does({ stream: { streamId, name, state } }: { readonly stream: Stream }) {
  const one = `${path}/${part(streamId)}`
  const pause = useCall({
    deed: () => call('POST', `${one}/pause`, { body: {} }),
    said: `Stream ${name} paused`,
    renews,
  })
  const resume = useCall({
    deed: () => call('POST', `${one}/resume`, { body: {} }),
    said: `Stream ${name} resumed`,
    renews,
  })
  return (
    <>
      <div className="row">
        {state === 'active' ? (
          <May ask="trail.stream.pause">
            <Button tone="quiet" pending={pause.isPending} onClick={() => pause.mutate()}>
              Pause
            </Button>
          </May>
        ) : (
          <May ask="trail.stream.resume">
            <Button pending={resume.isPending} onClick={() => resume.mutate()}>
              Resume
            </Button>
          </May>
        )}
        <May ask="trail.stream.rewind">
          <RewindStream one={one} name={name} />
        </May>
        <May ask="trail.stream.remove">
          <RemoveStream one={one} name={name} />
        </May>
      </div>
      <ErrorNotice error={pause.error ?? resume.error} />
    </>
  )
}

interface Target {
  readonly one: string
  readonly name: string
}

const rewindForm: Form<{ index: number }> = {
  index: whole('From place', {
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    first: 0,
    hint: 'In every log it sends; 0 sends everything again',
  }),
}

function RewindStream({ one, name }: Target) {
  const rewind = useCall<{ index: number }>({
    deed: (body) => call('POST', `${one}/rewind`, { body }),
    said: `Stream ${name} sends again`,
    renews,
  })
  return (
    <FormDialog verb="Send again" title={`Send again to ${name}`} form={rewindForm} call={rewind} />
  )
}

const removeForm: Form<{ reason: string }> = {
  reason: text('Reason', { most: 500, hint: 'It goes into the entry' }),
}

function RemoveStream({ one, name }: Target) {
  const remove = useCall<{ reason: string }>({
    deed: ({ reason }) => call('DELETE', one, { reason }),
    said: `Stream ${name} removed`,
    renews,
  })
  return (
    <FormDialog
      verb="Remove"
      tone="danger"
      title={`Remove the stream ${name}`}
      lead="Nothing is sent any more, and its secret is forgotten."
      form={removeForm}
      call={remove}
    />
  )
}

const Line = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
)
