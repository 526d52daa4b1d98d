import { useNavigate } from '@tanstack/react-router'
import { call } from '../../api.ts'
import { yes } from '../../ui/form/choices.tsx'
import { choice, long } from '../../ui/form/entries.tsx'
import { optional } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Incident, renewed } from '../incident/wire.ts'

interface Opening {
  text: string
  severity?: 'high' | 'medium' | 'low'
  synthetic?: boolean
}

/** Opens an incident by hand: what a person has seen or was told. */
export function OpenIncident() {
  const navigate = useNavigate()
  const open = useCall<Opening, Incident>({
    async deed(body) {
      const told = await call<Incident>('POST', '/v1/incidents', { body })
      await navigate({
        to: '/incidents/$incidentId',
        params: { incidentId: told.value.incidentId },
      })
      return told
    },
    said: ({ name }) => `${name} opened`,
    renews: renewed,
  })
  return (
    <FormDialog
      verb="Open an incident"
      title="Open an incident"
      lead="The clocks of the controllers start when it is certain that their data was reached, not before."
      tone="plain"
      form={{
        text: long('What happened', { hint: 'It is stored encrypted.', most: 20_000 }),
        severity: optional(choice('Severity', { high: 'high', medium: 'medium', low: 'low' })),
        synthetic: optional(yes('This is an exercise; nothing of it is sent out')),
      }}
      call={open}
    />
  )
}
