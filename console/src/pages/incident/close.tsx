import { useState } from 'react'
import { call } from '../../api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Field } from '../../ui/field.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { incidentPath, isWaiting, renewed, type WholeIncident } from './wire.ts'

/** The end of an incident. It does not open again. */
export function CloseIncident({ incident }: { readonly incident: WholeIncident }) {
  const { incidentId, name, notices, closedAt } = incident
  const [reason, setReason] = useState('')
  const close = useCall({
    deed: () =>
      call('POST', `${incidentPath(incidentId)}/close`, { body: { reason: reason.trim() } }),
    said: `${name} closed`,
    renews: renewed,
  })
  if (closedAt !== null)
    return (
      <p className="soft">
        Closed <Time at={closedAt} absolute />.
      </p>
    )
  const waiting = notices.filter(isWaiting).length
  return (
    <May ask="incidents.incident.close">
      <Section
        title="Close"
        lead={
          waiting === 0
            ? 'No notice waits to be sent.'
            : `It cannot be closed: ${waiting} ${waiting === 1 ? 'notice waits' : 'notices wait'} to be sent.`
        }
        does={
          <ConfirmDialog
            verb="Close the incident"
            title={`Close ${name}`}
            typed={name}
            tone="danger"
            disabled={waiting > 0}
            pending={close.isPending}
            error={close.error}
            onOpen={() => {
              close.reset()
              setReason('')
            }}
            onConfirm={() => close.mutateAsync()}
          >
            <p>
              Its findings close with it. A closed incident takes no more notes and no more counts.
            </p>
            <Field label="Reason" hint="It is stored encrypted.">
              {(control) => (
                <textarea
                  {...control}
                  required
                  maxLength={4000}
                  value={reason}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </Field>
          </ConfirmDialog>
        }
      >
        {null}
      </Section>
    </May>
  )
}
