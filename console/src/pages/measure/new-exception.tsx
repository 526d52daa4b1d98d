import { useState } from 'react'
import { call } from '../../api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Field } from '../../ui/field.tsx'
import { useCall } from '../../ui/use-call.ts'

type Kind = 'accepted' | 'not-applicable'

/** Accepts, as a person and for a time, that a measure is not proven or does not apply. */
export function NewException({ measureId }: { readonly measureId: string }) {
  const [kind, setKind] = useState<Kind>('accepted')
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const enter = useCall({
    deed: () =>
      call('POST', `/v1/measures/${measureId}/exceptions`, {
        body: { kind, reason: reason.trim(), expires: `${until}T00:00:00.000Z` },
      }),
    said: 'Exception entered',
    renews: [['measure', measureId], ['annex']],
  })
  return (
    <ConfirmDialog
      verb="Enter an exception"
      title="Enter an exception"
      tone="quiet"
      pending={enter.isPending}
      error={enter.error}
      onOpen={enter.reset}
      onConfirm={() => enter.mutateAsync()}
    >
      <p>
        It stands under your name in the trail and in the annex, at most a year. An exception is
        never shown as proven.
      </p>
      <Field label="What you say">
        {(control) => (
          <select
            {...control}
            value={kind}
            onChange={(event) => setKind(event.target.value as Kind)}
          >
            <option value="accepted">It is accepted for now that this is not proven</option>
            <option value="not-applicable">It does not apply here</option>
          </select>
        )}
      </Field>
      <Field label="Reason">
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
      <Field label="Until (UTC)">
        {(control) => (
          <input
            {...control}
            type="date"
            required
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  )
}
