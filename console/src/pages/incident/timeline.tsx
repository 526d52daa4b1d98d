import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { incidentPath, renewed, type WholeIncident } from './wire.ts'

/** What happened, in order. Lines are added, and never changed. */
export const Timeline = ({ incident }: { readonly incident: WholeIncident }) => (
  <Section
    title="Timeline"
    does={
      incident.state !== 'closed' && (
        <May ask="incidents.note.add">
          <AddNote incidentId={incident.incidentId} />
        </May>
      )
    }
  >
    <ol className="timeline">
      {incident.timeline.map((line) => (
        <li key={`${line.at} ${line.kind} ${line.sentence}`} data-kind={line.kind}>
          <div className="soft">
            <Time at={line.at} absolute /> · <ActorName id={line.actorId} />
          </div>
          <p>
            <Sentence>{line.sentence}</Sentence>
          </p>
          {line.text !== null && <blockquote>{line.text}</blockquote>}
        </li>
      ))}
    </ol>
  </Section>
)

function AddNote({ incidentId }: { readonly incidentId: string }) {
  const add = useCall<{ text: string }>({
    deed: (body) => call('POST', `${incidentPath(incidentId)}/notes`, { body }),
    said: 'Note added',
    renews: renewed,
  })
  return (
    <FormDialog
      verb="Add a note"
      title="Add a note"
      lead="It is stored encrypted and cannot be changed afterwards."
      form={{ text: long('Note', { most: 20_000 }) }}
      call={add}
    />
  )
}
