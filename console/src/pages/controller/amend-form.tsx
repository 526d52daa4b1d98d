import { type FormEvent, useState } from 'react'
import type { Static } from 'typebox'
import type { AmendController } from '../../../../src/vault/wire.ts'
import { call, Refused } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { useCall } from '../../ui/use-call.ts'
import { ContractForm } from '../controllers/contract-form.tsx'
import { draftOf, termsOf } from '../controllers/draft.ts'
import { Judge } from '../controllers/judge.tsx'
import { type ControllerRead, pathOf } from './shapes.ts'

type Amendment = Static<typeof AmendController>

/** Another version of the contract. What weakens it wants a reason; what may hold data stays. */
export function AmendForm({
  controller,
  onDone,
}: {
  readonly controller: ControllerRead
  readonly onDone: () => void
}) {
  const [draft, setDraft] = useState(() => draftOf(controller))
  const [reason, setReason] = useState('')
  const amend = useCall<Amendment>({
    deed: (body) => call('PATCH', pathOf(controller.controllerId), { body }),
    said: 'The contract was amended',
    renews: [keyOf('/v1/controllers')],
  })

  async function send(event: FormEvent) {
    event.preventDefault()
    await amend.mutateAsync({
      ...termsOf(draft),
      version: controller.version,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    })
    onDone()
  }

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        // The mutation keeps the refusal; it stands above the button.
        send(event).catch(() => undefined)
      }}
    >
      <ContractForm draft={draft} at={pathOf(controller.controllerId)} onChange={setDraft} />
      <Judge draft={draft} at={pathOf(controller.controllerId)} />
      <section className="sheet stack">
        <Field
          label="Reason (needed where the amendment weakens what was promised)"
          hint="Kept in the trail, with every weakening by name"
        >
          {(control) => (
            <input
              {...control}
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        <ErrorNotice error={amend.error} />
        <Weakenings error={amend.error} />
        <div className="row">
          <Button type="submit" pending={amend.isPending}>
            Put version {controller.version + 1} in force
          </Button>
          <Button tone="quiet" disabled={amend.isPending} onClick={onDone}>
            Cancel
          </Button>
        </div>
      </section>
    </form>
  )
}

/** What the house says an amendment would take away. */
function Weakenings({ error }: { readonly error: unknown }) {
  if (!(error instanceof Refused)) return null
  const weakenings = error.facts['weakenings']
  if (!Array.isArray(weakenings)) return null
  return (
    <ul>
      {weakenings.map((weakening) => (
        <li key={String(weakening)}>{String(weakening)}</li>
      ))}
    </ul>
  )
}
