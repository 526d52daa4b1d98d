import { useState } from 'react'
import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Field } from '../../ui/field.tsx'
import { counted } from '../../ui/figures.ts'
import { useCall } from '../../ui/use-call.ts'
import { type ControllerRead, pathOf } from './shapes.ts'

/** The end of a contract: everything is erased, and the keys with it. */
export function Leave({ controller }: { readonly controller: ControllerRead }) {
  const { controllerId, name, subjects, records, state } = controller
  const [waiver, setWaiver] = useState('')
  const leave = useCall({
    deed: () =>
      call('POST', `${pathOf(controllerId)}/leave`, {
        body: { name, ...(waiver.trim() === '' ? {} : { waiver }) },
      }),
    said: `${name} has left; its data and keys are destroyed`,
    renews: [keyOf('/v1/controllers'), keyOf('/v1/keys')],
  })
  return (
    <section className="sheet stack danger-zone">
      <h2>{state === 'leaving' ? 'This controller is leaving' : 'End of the contract'}</h2>
      <p>
        Leaving erases all of this controller’s data and destroys its keys, here and, within weeks,
        in every backup. Its data is handed back first:{' '}
        <code>holdfast vault controller offboard</code> closes the controller, fetches everything,
        and ends it. Here it ends only with the reason why nothing is handed back.
      </p>
      <div>
        <ConfirmDialog
          verb={state === 'leaving' ? 'Finish leaving' : 'Let the controller leave'}
          title={`Erase ${counted(subjects, 'subject')} of ${name} for ever?`}
          tone="danger"
          typed={name}
          pending={leave.isPending}
          error={leave.error}
          onOpen={leave.reset}
          onConfirm={() => leave.mutateAsync()}
        >
          <p>
            {counted(records, 'record')} of {counted(subjects, 'subject')} and the ring of keys are
            destroyed. Nothing brings them back: no backup, no recovery share. The trail keeps that
            it happened.
          </p>
          {state !== 'leaving' && (
            <Field
              label="Why nothing is handed back"
              hint="What the controller chose, and where it says so."
            >
              {(control) => (
                <input
                  {...control}
                  value={waiver}
                  maxLength={500}
                  onChange={(event) => setWaiver(event.target.value)}
                />
              )}
            </Field>
          )}
        </ConfirmDialog>
      </div>
    </section>
  )
}
