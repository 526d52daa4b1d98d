import { Download } from 'lucide-react'
import { useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { choice } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { save } from '../../ui/save.ts'
import { Section } from '../../ui/section.tsx'
import { utcText } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type AllClear, incidentPath, renewed, type WholeIncident } from './wire.ts'

/** For controllers that ask and were not reached: a statement, refused where it would not be true. */
export function AllClears({ incident }: { readonly incident: WholeIncident }) {
  if (incident.scope === null) return null
  return (
    <Section
      title="Controllers it did not reach"
      lead="On request, the house states to a controller that the count found nothing of its data. It refuses where that is not so."
      does={
        <May ask="incidents.all-clear.state">
          <StateAllClear incident={incident} />
        </May>
      }
    >
      {null}
    </Section>
  )
}

function StateAllClear({ incident: { incidentId, scope } }: { readonly incident: WholeIncident }) {
  const { controllers } = useControllers()
  const reached = new Set(scope?.controllers.map(({ controllerId }) => controllerId))
  const state = useCall<{ controllerId: string }, AllClear>({
    deed: (body) => call('POST', `${incidentPath(incidentId)}/all-clear`, { body }),
    said: ({ statement }) => `All-clear stated to ${statement.controller.name}`,
    renews: renewed,
  })
  return (
    <FormDialog
      verb="State an all-clear"
      title="State an all-clear"
      lead="The statement names the count it rests on and is kept in the timeline."
      form={{
        controllerId: choice(
          'To the controller',
          Object.fromEntries(
            controllers
              .filter(({ controllerId }) => !reached.has(controllerId))
              .map(({ controllerId, name }) => [controllerId, name]),
          ),
        ),
      }}
      call={state}
    >
      {(allClear) => <Stated allClear={allClear} />}
    </FormDialog>
  )
}

const Stated = ({ allClear: { statement, pdfBase64 } }: { readonly allClear: AllClear }) => (
  <>
    <p>
      Stated {utcText(statement.statedAt)}: {statement.reference} did not reach data of{' '}
      <strong>{statement.controller.name}</strong>, by count {statement.basis.scopeVersion} of{' '}
      {countText(statement.basis.entries)} entries.
    </p>
    <div>
      <Button
        tone="quiet"
        onClick={() =>
          save(
            `all-clear-${statement.reference}.pdf`,
            new Blob([Uint8Array.from(atob(pdfBase64), (char) => char.charCodeAt(0))], {
              type: 'application/pdf',
            }),
          )
        }
      >
        <Download aria-hidden />
        PDF
      </Button>
    </div>
  </>
)
