import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { endOfDay } from '../../ui/form/among.tsx'
import { Command } from '../../ui/empty.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { dueDay, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { Once } from '../../ui/once.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Issued } from './shapes.ts'

interface Issuing {
  readonly label: string
  readonly lastDay: string
}

/** A token for a workload: in this answer and nowhere else. */
export function IssueCredential({ path, name }: { readonly path: string; readonly name: string }) {
  const issue = useCall<Issuing, Issued>({
    deed: ({ label, lastDay }) =>
      call('POST', path, { body: { label, expiresAt: endOfDay(lastDay) } }),
    said: `A credential of ${name} was issued`,
    renews: [keyOf(path)],
  })
  const form: Form<Issuing> = {
    label: text('Label', { most: 100, hint: 'Where it will live: a host, a deployment' }),
    lastDay: dueDay('Good until', 90, 'A year at most; renew it before'),
  }
  return (
    <FormDialog
      verb="Issue a credential"
      title={`Issue a credential to ${name}`}
      tone="plain"
      form={form}
      call={issue}
    >
      {({ token }) => (
        <>
          <Once label="Token, shown now and never again" text={token} />
          <p className="soft">Your application sends it with each request:</p>
          <Command>{'authorization: Bearer hf_…'}</Command>
        </>
      )}
    </FormDialog>
  )
}
