import { call } from '../../api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { incidentPath, renewed, type WholeIncident } from './wire.ts'

const steps = {
  snapshot: 'Secure evidence',
  'probe-before': 'Try the access',
  cut: 'Cut',
  'probe-after': 'Try it again',
} as const

/** The cut, step by step: what was done, how long it took, whether it held. */
export function Containment({ incident }: { readonly incident: WholeIncident }) {
  const { containment, containedAt, openedAt, suspects, state } = incident
  const seconds =
    containedAt === null ? undefined : (Date.parse(containedAt) - Date.parse(openedAt)) / 1000
  return (
    <Section
      title="Containment"
      lead={
        seconds === undefined
          ? 'Nobody has been cut off yet.'
          : `Contained ${seconds.toFixed(seconds < 10 ? 2 : 0)} seconds after it was opened.`
      }
      does={
        state !== 'closed' &&
        suspects.length > 0 && (
          <May ask="incidents.contain">
            <Contain incident={incident} />
          </May>
        )
      }
    >
      <DataTable
        caption="Steps of the cut"
        heads={['Step', 'When', { number: 'Seconds' }, 'Held', 'What happened']}
        rows={containment}
        keyOf={({ step, actorId, startedAt }) => `${step} ${actorId} ${startedAt}`}
        empty={null}
      >
        {(step) => (
          <>
            <td>{steps[step.step]}</td>
            <td>
              <Time at={step.startedAt} absolute />
            </td>
            <td className="number">{step.seconds.toFixed(3)}</td>
            <td>
              <State word={step.held ? 'yes' : 'no'} tone={step.held ? 'good' : 'bad'} />
            </td>
            <td>
              <Sentence>{step.sentence}</Sentence>
            </td>
          </>
        )}
      </DataTable>
    </Section>
  )
}

function Contain({ incident }: { readonly incident: WholeIncident }) {
  const { incidentId, name, suspects, containedAt } = incident
  const actors = [...new Set(suspects.map(({ actorKind, actorId }) => `${actorKind} ${actorId}`))]
  const contain = useCall({
    deed: () => call('POST', `${incidentPath(incidentId)}/contain`),
    said: `${name}: the suspects are cut off`,
    renews: renewed,
  })
  return (
    <ConfirmDialog
      verb={containedAt === null ? 'Cut off' : 'Cut off again'}
      title={`Cut off everybody ${name} is about`}
      tone="danger"
      pending={contain.isPending}
      error={contain.error}
      onOpen={contain.reset}
      onConfirm={() => contain.mutateAsync()}
    >
      <p>
        Evidence is secured first. Then all sessions end, all credentials are revoked for good, and
        the account is locked, of:
      </p>
      <ul>
        {actors.map((actor) => (
          <li key={actor}>
            <Sentence>{actor}</Sentence>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  )
}
