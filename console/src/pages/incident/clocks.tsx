import { Hourglass } from 'lucide-react'
import { ControllerLink } from '../../actors.tsx'
import { call } from '../../api.ts'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { hoursText, Time, useNow, utcText } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Clock, incidentPath, renewed, type WholeIncident } from './wire.ts'

const kinds: Readonly<Record<Clock['kind'], string>> = {
  contract: 'the contract',
  target: 'our own target',
  bound: 'the outer bound',
}

const states: Readonly<Record<Clock['state'], [word: string, tone: Tone]>> = {
  running: ['running', 'warn'],
  overdue: ['overdue', 'bad'],
  met: ['met', 'good'],
  'met-late': ['met late', 'bad'],
}

/** Until when each controller is to be told. A clock is never moved, and never taken away. */
export function Clocks({ incident }: { readonly incident: WholeIncident }) {
  const { clocks } = incident
  if (clocks.length === 0) return null
  return (
    <Section title="Deadlines">
      <Foremost clocks={clocks} />
      <DataTable
        caption="Clocks"
        heads={['Controller', 'By', 'Due', 'State', 'Started', { unseen: 'Explain' }]}
        rows={clocks}
        keyOf={({ clockId }) => clockId}
        empty={null}
      >
        {(clock) => (
          <>
            <td>
              <ControllerLink id={clock.controllerId} />
            </td>
            <td>
              {kinds[clock.kind]}, {clock.hours} h after it was {clock.basis}
            </td>
            <td>
              {utcText(clock.dueAt)}
              <div className="soft">{clock.metAt === null && <Left dueAt={clock.dueAt} />}</div>
            </td>
            <td>
              <State word={states[clock.state][0]} tone={states[clock.state][1]} />
            </td>
            <td>
              <Time at={clock.startedAt} />
            </td>
            <td>
              {(clock.state === 'overdue' || clock.state === 'met-late') && (
                <May ask="incidents.clock.explain">
                  <ExplainDelay incidentId={incident.incidentId} clock={clock} />
                </May>
              )}
            </td>
          </>
        )}
      </DataTable>
    </Section>
  )
}

/** The deadline that comes first, as a sentence. */
function Foremost({ clocks }: { readonly clocks: readonly Clock[] }) {
  const [first] = clocks
    .filter(({ metAt }) => metAt === null)
    .sort((one, other) => one.dueAt.localeCompare(other.dueAt))
  if (first === undefined)
    return (
      <p className="deadline" data-tone="good">
        <Hourglass aria-hidden />
        <span>Every controller concerned has been told.</span>
      </p>
    )
  return (
    <p
      className="deadline"
      data-tone={first.state === 'overdue' ? 'bad' : 'warn'}
      {...(first.state === 'overdue' ? { role: 'alert' } : {})}
    >
      <Hourglass aria-hidden />
      <span>
        Notify <ControllerLink id={first.controllerId} /> by <strong>{utcText(first.dueAt)}</strong>
        , <Left dueAt={first.dueAt} />.
      </span>
    </p>
  )
}

function Left({ dueAt }: { readonly dueAt: string }) {
  const seconds = (Date.parse(dueAt) - useNow()) / 1000
  return seconds >= 0 ? `${hoursText(seconds)} left` : `${hoursText(-seconds)} overdue`
}

function ExplainDelay({
  incidentId,
  clock: { clockId },
}: {
  readonly incidentId: string
  readonly clock: Clock
}) {
  const explain = useCall<{ reason: string }>({
    deed: (body) => call('POST', `${incidentPath(incidentId)}/clocks/${clockId}/delay`, { body }),
    said: 'The delay is explained',
    renews: renewed,
  })
  return (
    <FormDialog
      verb="Say why"
      title="Why this clock was missed"
      lead="GDPR Art. 33(1) wants reasons for a delay. The clock itself stays as it is."
      form={{ reason: long('Reason', { hint: 'It is stored encrypted.' }) }}
      call={explain}
    />
  )
}
