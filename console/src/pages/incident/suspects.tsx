import { Link } from '@tanstack/react-router'
import { ActorName, useActors } from '../../actors.tsx'
import { call } from '../../api.ts'
import { yes } from '../../ui/form/choices.tsx'
import { choice, text } from '../../ui/form/entries.tsx'
import { optional } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { shortId } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { incidentPath, renewed, type WholeIncident } from './wire.ts'

/** Whom the incident is about. What they touched is what is counted. */
export const Suspects = ({ incident }: { readonly incident: WholeIncident }) => (
  <Section
    title="Suspects"
    does={
      <>
        {incident.suspects.length > 0 && (
          <May ask="incidents.incident.trail">
            <Link className="button quiet" to="/trail" search={{ incidentId: incident.incidentId }}>
              Their entries
            </Link>
          </May>
        )}
        {incident.state !== 'closed' && (
          <May ask="incidents.suspect.name">
            <NameSuspect incidentId={incident.incidentId} />
          </May>
        )}
      </>
    }
  >
    <DataTable
      caption="Suspects"
      heads={['Who', 'Credential', 'Session', 'Source', 'What they did is', 'First', 'Last']}
      rows={incident.suspects}
      keyOf={({ actorId, credentialId, sessionId, source }) =>
        `${actorId} ${credentialId} ${sessionId} ${source}`
      }
      empty={<p className="soft">Nobody is suspected yet.</p>}
    >
      {(suspect) => (
        <>
          <td>
            {suspect.actorKind} <ActorName id={suspect.actorId} />
          </td>
          <td>
            <AnyOrOne id={suspect.credentialId} />
          </td>
          <td>
            <AnyOrOne id={suspect.sessionId} />
          </td>
          <td className="mono" title="Keyed hash of the address, shortened">
            {suspect.source ?? 'any'}
          </td>
          <td>
            <State
              word={suspect.certain ? 'certainly hostile' : 'possibly hostile'}
              tone={suspect.certain ? 'bad' : 'warn'}
            />
          </td>
          <td>{suspect.firstAt !== null && <Time at={suspect.firstAt} absolute />}</td>
          <td>{suspect.lastAt !== null && <Time at={suspect.lastAt} absolute />}</td>
        </>
      )}
    </DataTable>
  </Section>
)

const AnyOrOne = ({ id }: { readonly id: string | null }) =>
  id === null ? (
    <span className="soft">any</span>
  ) : (
    <span className="mono" title={id}>
      {shortId(id)}
    </span>
  )

interface Naming {
  who: string
  credentialId?: string
  certain?: boolean
}

function NameSuspect({ incidentId }: { readonly incidentId: string }) {
  const { people, programs } = useActors()
  const name = useCall<Naming>({
    deed({ who, ...rest }) {
      const [kind, id] = who.split(' ')
      return call('POST', `${incidentPath(incidentId)}/suspects`, { body: { kind, id, ...rest } })
    },
    said: 'Suspect named',
    renews: renewed,
  })
  return (
    <FormDialog
      verb="Name a suspect"
      title="Name a suspect"
      lead="The house then counts what they touched. Cutting them off is a step of its own."
      form={{
        who: choice(
          'Who',
          Object.fromEntries([
            ...programs.map((one) => [`workload ${one.workloadId}`, `workload ${one.name}`]),
            ...people.map((one) => [`person ${one.personId}`, `person ${one.name}`]),
          ]),
        ),
        credentialId: optional(text('Only by this credential', { hint: 'Its id.' })),
        certain: optional(yes('Everything done so is hostile, not only possibly')),
      }}
      call={name}
    />
  )
}
