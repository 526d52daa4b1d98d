import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import type { Form } from '../../ui/form/entry.ts'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type RegisterName, type RegisterState, renewed } from './shapes.ts'

interface Statement {
  readonly reason: string
}

const form: Form<Statement> = {
  reason: long('Why there is none', {
    placeholder: 'We run everything ourselves; no vendor touches personal data.',
  }),
}

/** States, as oneself, that there is nothing to enter. Counts for a year. */
export function DeclareNone({
  register,
  title,
}: {
  readonly register: RegisterName
  readonly title: string
}) {
  const declare = useCall<Statement>({
    deed: (body) => call('POST', `/v1/registers/${register}/none`, { body }),
    said: 'It is stated that there is none',
    renews: renewed(register),
  })
  return (
    <FormDialog
      verb="State that there is none"
      title={`${title}: state that there is none`}
      lead="You state it in your own name, and it counts for a year. An empty register alone proves nothing."
      form={form}
      call={declare}
    />
  )
}

/** Somebody has stated that the register is empty because there is nothing. */
export const NoneDeclared = ({ none }: { readonly none: NonNullable<RegisterState['none']> }) => (
  <p className="notice">
    <ActorName id={none.byPerson} /> stated <Time at={none.at} /> that there is none: “{none.reason}
    ”. It counts until <Time at={none.expiresAt} absolute />.
  </p>
)
