import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { picks } from '../../ui/form/choices.tsx'
import { email } from '../../ui/form/entries.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { Once } from '../../ui/once.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { usePersonalRoles } from './roles.ts'
import type { Invitation, Invited } from './shapes.ts'

/** A link by which one person enrols, with the roles given. Shown once. */
export function Invite() {
  const roles = usePersonalRoles() ?? []
  const invite = useCall<Invitation, Invited>({
    deed: (body) => call('POST', '/v1/enrolments', { body }),
    said: ({ mailed }) => (mailed ? 'An invitation was mailed' : 'An enrolment link was made'),
    renews: [keyOf('/v1/enrolments')],
  })
  const form: Form<Invitation> = {
    roleNames: picks(
      'Roles',
      roles,
      'What the person may do from the first sign-in on, for all controllers. Narrower rights are granted afterwards.',
    ),
    email: optional(
      email(
        'E-mail',
        'Where mail is set up the link is sent there. It is good for no other address.',
      ),
    ),
  }
  return (
    <FormDialog
      verb="Invite a person"
      title="Invite a person"
      lead="Makes a link that is good once. Hand it over in a way you trust: whoever opens it first enrols."
      tone="plain"
      form={form}
      call={invite}
    >
      {({ link, expiresAt }) => (
        <>
          {link === null ? (
            <p>The link is on its way by mail. Nobody else has seen it.</p>
          ) : (
            <Once label="Enrolment link, shown now and never again" text={link} />
          )}
          <p className="soft">
            Good once, <Time at={expiresAt} absolute /> at the latest.
          </p>
        </>
      )}
    </FormDialog>
  )
}
