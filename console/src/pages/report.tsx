import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Static } from 'typebox'
import type { ReportReceipt } from '../../../src/incidents/wire.ts'
import { post } from '../api.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Field } from '../ui/field.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { utcText } from '../ui/time.tsx'

type Receipt = Static<typeof ReportReceipt>

/** Anybody may report that something is wrong. What they write opens an incident. */
export default function Report() {
  const [text, setText] = useState('')
  const [contact, setContact] = useState('')
  const file = useMutation({
    mutationFn: () =>
      post<Receipt>('/public/reports', {
        text: text.trim(),
        ...(contact.trim() === '' ? {} : { contact: contact.trim() }),
      }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    file.mutate()
  }
  if (file.data !== undefined) return <Filed receipt={file.data} />
  return (
    <>
      <PageHead
        title="Report a security problem"
        lead="Leaked data, a stranger in an account, a hole: tell us, with or without a name. No account is needed."
      />
      <form className="sheet stack" onSubmit={submit}>
        <Field
          label="What have you seen?"
          hint="What, where and when. Leave out other people's data where you can. It is stored encrypted."
        >
          {(control) => (
            <textarea
              {...control}
              required
              rows={8}
              maxLength={20_000}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Field label="How can we reach you? (optional)" hint="E-mail or telephone, if we may ask.">
          {(control) => (
            <input
              {...control}
              maxLength={300}
              value={contact}
              onChange={(event) => setContact(event.target.value)}
            />
          )}
        </Field>
        <ErrorNotice error={file.error} />
        <div>
          <Button type="submit" pending={file.isPending} disabled={text.trim() === ''}>
            Send the report
          </Button>
        </div>
      </form>
    </>
  )
}

const Filed = ({ receipt: { receipt, receivedAt } }: { readonly receipt: Receipt }) => (
  <>
    <PageHead title="We have your report" lead={`Received ${utcText(receivedAt)}.`} />
    <section className="sheet stack">
      <p>An incident is open and somebody is looking. Keep this receipt: it names your report.</p>
      <p className="mono receipt">{receipt}</p>
    </section>
  </>
)
