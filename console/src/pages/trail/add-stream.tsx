import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { choice, long, text, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { Once } from '../../ui/once.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { AddedStream, NewStream } from './shapes.ts'

const path = '/v1/trail/streams'

type Asked = Pick<NewStream, 'name' | 'kind' | 'address' | 'content' | 'ca' | 'token'> & {
  readonly lagMinutes: number
  readonly begins: 'next' | 'first'
  readonly reason?: string
}

const form: Form<Asked> = {
  name: text('Name', { most: 80, placeholder: 'SIEM of the security team' }),
  kind: choice<Asked['kind']>(
    'Speaks',
    { otlp: 'OTLP/HTTP (JSON)', syslog: 'syslog over TLS', webhook: 'Standard Webhooks' },
    { first: 'otlp' },
  ),
  address: text('Address', {
    most: 500,
    placeholder: 'https://siem.example/v1/logs',
    hint: 'https:// for OTLP and webhooks, tls://host:6514 for syslog; nothing secret in it',
  }),
  content: choice<Asked['content']>(
    'What leaves',
    { leaf: 'leaves: they name nobody', event: 'whole events: names, addresses, reasons' },
    { first: 'leaf' },
  ),
  reason: optional(text('Reason', { most: 500, hint: 'Needed where whole events leave' })),
  begins: choice<Asked['begins']>(
    'Begins with',
    { next: 'the next entry', first: 'the first entry ever' },
    { first: 'next' },
  ),
  lagMinutes: starting(whole('Alarm when behind, minutes', { least: 1, most: 1440 }), 5),
  token: optional(text('Token', { most: 2000, hint: 'For OTLP: sent as bearer, kept sealed' })),
  ca: optional(
    long('Certificates to trust', { hint: 'PEM; empty: those of the system', most: 100_000 }),
  ),
}

/** A new destination; the secret of a webhook is shown once. */
export function AddStream() {
  const add = useCall<Asked, AddedStream>({
    deed: ({ lagMinutes, begins, reason, ...body }) =>
      call('POST', path, {
        body: { ...body, lagSeconds: lagMinutes * 60, fromStart: begins === 'first' },
        ...(reason === undefined ? {} : { reason }),
      }),
    said: 'Stream added',
    renews: [keyOf(path)],
  })
  return (
    <FormDialog verb="Add a stream" title="Send entries on" tone="plain" form={form} call={add}>
      {({ secret }) =>
        secret === undefined ? (
          <p>It begins within seconds. Here stands how far it has come.</p>
        ) : (
          <>
            <Once label="Signing secret, shown now and never again" text={secret} />
            <p className="soft">
              The receiver checks each request with it, as Standard Webhooks tells.
            </p>
          </>
        )
      }
    </FormDialog>
  )
}
