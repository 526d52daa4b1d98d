import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import type { Form } from '../../ui/form/entry.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useMay } from '../../ui/may.tsx'
import { Once } from '../../ui/once.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { NewRecovery, RecoveryBegun, RecoveryLink } from './shapes.ts'

const form: Form<NewRecovery> = {
  lost: choice('What was lost', {
    password: 'The password: a second factor is still there',
    everything: 'Everything: second factors and recovery codes, too',
  }),
  proofing: long('How you know that it is this person', {
    most: 1000,
    hint: 'Met in person, or called back on a number you knew before; never on one they just told you. Kept sealed.',
  }),
}

/** Lets a person back in who cannot sign in any more. */
export function LetBackIn({
  personId,
  name,
}: {
  readonly personId: string
  readonly name: string
}) {
  const isAllowed = useMay('identity.recovery.begin')
  const begin = useCall<NewRecovery, RecoveryBegun>({
    deed: (body) => call('POST', `/v1/persons/${part(personId)}/recoveries`, { body }),
    said: ({ needsApproval }) =>
      needsApproval ? 'Asked for; somebody else has to approve' : 'A link was made',
    renews: [keyOf('/v1/recoveries')],
  })
  if (!isAllowed) return null
  return (
    <FormDialog
      verb="Let back in"
      title={`Let ${name} back in?`}
      lead="Makes a link that is good once, for an hour. The person and all administrators are told. Of a privileged account somebody else has to approve first."
      form={form}
      call={begin}
    >
      {({ link, expiresAt, lapsesAt }) =>
        link === null || expiresAt === null ? (
          <p>
            This account is privileged: somebody else has to approve, until{' '}
            <Time at={lapsesAt} absolute />. You are told, and give out the link from the list below
            the people.
          </p>
        ) : (
          <LinkOnce link={link} expiresAt={expiresAt} />
        )
      }
    </FormDialog>
  )
}

/** A link of recovery, while it can be seen. */
export const LinkOnce = ({ link, expiresAt }: RecoveryLink) => (
  <>
    <Once label="Link, shown now and never again" text={link} />
    <p className="soft">
      Good once, <Time at={expiresAt} absolute /> at the latest. Give it to the person the way you
      recognised them.
    </p>
  </>
)
